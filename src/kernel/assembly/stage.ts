// A stage is a linear layer with what follows it: perhaps GELU, and after that perhaps batch norm. The host
// (../training-layout.ts) writes one record of 32-bit words a stage; everything else is found through it. Letters: d units of
// the stage padded to quads, i rows of its input, B blocks, N pixels.

export const STAGE_BYTES: usize = 112

export namespace Stage {
  /** Rows of the input: 2 for the first stage, else the d of the stage before. */
  export function inDim(s: usize): i32 {
    return load<i32>(s)
  }
  export function quads(s: usize): i32 {
    return load<i32>(s, 4)
  }
  export function hasGelu(s: usize): bool {
    return load<i32>(s, 8) !== 0
  }
  export function hasNorm(s: usize): bool {
    return load<i32>(s, 12) !== 0
  }
  /** Parameters: [d, i] row-major and [d]. */
  export function weight(s: usize): usize {
    return load<u32>(s, 16)
  }
  export function bias(s: usize): usize {
    return load<u32>(s, 20)
  }
  /** Folded with the batch norm in front and packed for `linear`: [d / 4, i, 4] and [d]. */
  export function packedWeight(s: usize): usize {
    return load<u32>(s, 24)
  }
  export function packedBias(s: usize): usize {
    return load<u32>(s, 28)
  }
  /** The same weights packed for `propagate`: [i / 4, d, 4]. */
  export function packedTranspose(s: usize): usize {
    return load<u32>(s, 32)
  }
  /** What the next stage reads, before batch norm: [B, d, BLOCK]. */
  export function activation(s: usize): usize {
    return load<u32>(s, 36)
  }
  /** GELU' of the stage, which backward turns into the gradient of the loss by the linear layer's output: [B, d, BLOCK]. */
  export function delta(s: usize): usize {
    return load<u32>(s, 40)
  }
  /** Gradients [d, i] and [d]. */
  export function weightGradient(s: usize): usize {
    return load<u32>(s, 44)
  }
  export function biasGradient(s: usize): usize {
    return load<u32>(s, 48)
  }
  /** Partial sums of the gradients in four lanes: [d / 4, i / 2, 8, 4] and [d, 4]. */
  export function weightLanes(s: usize): usize {
    return load<u32>(s, 52)
  }
  export function biasLanes(s: usize): usize {
    return load<u32>(s, 56)
  }
  /** Batch norm: parameters and their gradients, [d] each. */
  export function gamma(s: usize): usize {
    return load<u32>(s, 60)
  }
  export function beta(s: usize): usize {
    return load<u32>(s, 64)
  }
  export function gammaGradient(s: usize): usize {
    return load<u32>(s, 68)
  }
  export function betaGradient(s: usize): usize {
    return load<u32>(s, 72)
  }
  /** Float64 mean and sum of squared deviations, [d, 2]. */
  export function moments(s: usize): usize {
    return load<u32>(s, 76)
  }
  /** Mean and unbiased variance of the batch, [d] each, for the running statistics. */
  export function batchMean(s: usize): usize {
    return load<u32>(s, 80)
  }
  export function batchVar(s: usize): usize {
    return load<u32>(s, 84)
  }
  /** Float64 [d, 5]: batch norm as scale * x + shift, 1 / sqrt(var + eps), and its gradient as offset + slope * x. */
  export function affine(s: usize): usize {
    return load<u32>(s, 88)
  }
  /** Float32 [d] each: offset and slope of the gradient. */
  export function offset(s: usize): usize {
    return load<u32>(s, 92)
  }
  export function slope(s: usize): usize {
    return load<u32>(s, 96)
  }
  export function eps(s: usize): f64 {
    return load<f64>(s, 104)
  }
}
