// A stage is a linear layer with what follows it: perhaps an activation, and after that perhaps batch norm. Where an activation or a
// batch norm follows no linear layer at once, it has a diagonal stage: of each unit for itself. Sub-networks side by side are stages
// whose units lie in the same matrix. The host (../training-layout.ts) writes one record of 32-bit words a stage; everything else is
// found through it. Letters: d units of the stage padded to quads, i rows of its input, B blocks, N pixels.

export const STAGE_BYTES: usize = 152

export namespace Stage {
  /** Rows of the input: 2 for a first stage that takes the coordinates, else whole quads. */
  export function inDim(s: usize): i32 {
    return load<i32>(s)
  }
  export function quads(s: usize): i32 {
    return load<i32>(s, 4)
  }
  /** Of the activation (../activation-opcodes.ts); 0 for none. */
  export function opcode(s: usize): i32 {
    return load<i32>(s, 8)
  }
  export function hasNorm(s: usize): bool {
    return load<i32>(s, 12) !== 0
  }
  /** Parameters: [d, i] row-major and [d]; nothing and nothing of a diagonal stage. */
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
  /** What the next stage reads, before batch norm: [B, rows, BLOCK], of which d are its own. */
  export function activation(s: usize): usize {
    return load<u32>(s, 36)
  }
  /** The activation's slope, which backward turns into the gradient of the loss by the linear layer's output: as `activation`. */
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
  /** What it takes, before the batch norm in front: [B, rows, BLOCK], of which i are its own; bytes a pixel of all rows. */
  export function input(s: usize): usize {
    return load<u32>(s, 112)
  }
  export function inputPixelBytes(s: usize): usize {
    return load<u32>(s, 116)
  }
  /** The delta of what it takes; 0 where that is the picture's coordinates. */
  export function inputDelta(s: usize): usize {
    return load<u32>(s, 120)
  }
  /** Bytes a pixel of all rows of `activation` and of `delta`. */
  export function pixelBytes(s: usize): usize {
    return load<u32>(s, 124)
  }
  /** The stage whose batch norm stands in front; 0 for none. */
  export function norm(s: usize): usize {
    return load<u32>(s, 128)
  }
  /** The number that goes with the activation. */
  export function parameter(s: usize): f32 {
    return load<f32>(s, 132)
  }
  /** Units without their padding. */
  export function units(s: usize): i32 {
    return load<i32>(s, 136)
  }
  /** Biases that are added up, one after the other: those of sub-networks that are summed. */
  export function biasCount(s: usize): i32 {
    return load<i32>(s, 140)
  }
  export function isDiagonal(s: usize): bool {
    return load<i32>(s, 144) !== 0
  }
}
