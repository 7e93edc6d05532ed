// Batch norm in training never touches a pixel. With the batch's statistics it is x -> scale x + shift, which folds into
// the linear layer behind it, as at inference; and what its gradient needs of the batch, the sums of dz and of dz x over
// the pixels, follow from that layer's own gradients:
//
//   forward    z = s x + t,  s = gamma r,  t = beta - mean s,  r = 1 / sqrt(var + eps)  (biased variance)
//   layer      h = W z + b:  dW = G diag(s) + db t',  where G = sum dh x'
//   sums       sum dz = W' db,   sum dz x = diag(W' G)
//   gradient   dgamma = r (sum dz x - mean sum dz),  dbeta = sum dz
//              dx = s dz - s (dbeta + r (x - mean) dgamma) / N = s dz + offset + slope x
//
// The formula of dx is the usual one (Ioffe and Szegedy, arXiv:1502.03167). Statistics are taken block by block in
// float32 around each block's own mean, and joined in float64 (Chan, Golub, LeVeque 1979).

import { QUAD_BYTES, ROW_BYTES } from './block'
import { sumOfLanes } from './lanes'
import { Stage } from './stage'

const AFFINE_BYTES: usize = 24

/** Forgets the batch before. */
export function resetMoments(moments: usize, quads: i32): void {
  memory.fill(moments, 0, <usize>quads * 4 * 16)
}

/**
 * Joins one block to the moments.
 * @param moments float64 mean and sum of squared deviations, [d, 2]
 * @param x activations of the block, d rows
 * @param before pixels of the blocks before
 * @param points pixels of this block
 */
export function addMoments(moments: usize, quads: i32, x: usize, before: i32, points: i32): void {
  const columns = <usize>points * 4
  const count = <f64>points
  const all = <f64>(before + points)
  const end = x + <usize>quads * QUAD_BYTES
  // A picture's last points may fill no vector; those of a batch do.
  const whole = columns & ~15
  for (; x < end; x += ROW_BYTES) {
    let sum = f32x4.splat(0)
    for (let t: usize = 0; t < whole; t += 16) sum = f32x4.add(sum, v128.load(x + t))
    let total = sumOfLanes(sum)
    for (let t = whole; t < columns; t += 4) total += load<f32>(x + t)
    const blockMean = total / <f32>count
    const centre = f32x4.splat(blockMean)
    let squares = f32x4.splat(0)
    for (let t: usize = 0; t < whole; t += 16) {
      const d = f32x4.sub(v128.load(x + t), centre)
      squares = f32x4.add(squares, f32x4.mul(d, d))
    }
    let deviation = sumOfLanes(squares)
    for (let t = whole; t < columns; t += 4) {
      const d = load<f32>(x + t) - blockMean
      deviation += d * d
    }
    const mean = load<f64>(moments)
    const distance = <f64>blockMean - mean
    store<f64>(moments, mean + (distance * count) / all)
    store<f64>(moments, load<f64>(moments, 8) + <f64>deviation + (distance * distance * count * <f64>before) / all, 8)
    moments += 16
  }
}

/** Turns the moments of the whole batch into the affine map and into what the running statistics take. */
export function finishMoments(stage: usize, count: i32): void {
  const moments = Stage.moments(stage)
  const affine = Stage.affine(stage)
  const units = Stage.quads(stage) * 4
  for (let u: usize = 0; u < <usize>units; u++) {
    const mean = load<f64>(moments + u * 16)
    const squares = load<f64>(moments + u * 16, 8)
    const r = 1 / Math.sqrt(squares / <f64>count + Stage.eps(stage))
    const scale = <f64>load<f32>(Stage.gamma(stage) + u * 4) * r
    store<f64>(affine + u * AFFINE_BYTES, scale)
    store<f64>(affine + u * AFFINE_BYTES, <f64>load<f32>(Stage.beta(stage) + u * 4) - mean * scale, 8)
    store<f64>(affine + u * AFFINE_BYTES, r, 16)
    store<f32>(Stage.batchMean(stage) + u * 4, <f32>mean)
    store<f32>(Stage.batchVar(stage) + u * 4, <f32>(squares / <f64>(count - 1)))
  }
}

/** Packs a stage's weights for `linear` and `propagate`, folded with the batch norm in front. */
export function foldAndPack(stage: usize): void {
  const norm = Stage.norm(stage)
  const inDim = <usize>Stage.inDim(stage)
  const units = <usize>Stage.quads(stage) * 4
  const packed = Stage.packedWeight(stage)
  const transpose = Stage.packedTranspose(stage)
  const affine = norm ? Stage.affine(norm) : 0
  let w = Stage.weight(stage)
  for (let o: usize = 0; o < units; o++) {
    let bias = <f64>load<f32>(Stage.bias(stage) + o * 4)
    for (let k: usize = 1; k < <usize>Stage.biasCount(stage); k++)
      bias += <f64>load<f32>(Stage.bias(stage) + (k * units + o) * 4)
    for (let i: usize = 0; i < inDim; i++, w += 4) {
      let value = load<f32>(w)
      if (norm) {
        bias += <f64>value * load<f64>(affine + i * AFFINE_BYTES, 8)
        value = <f32>(<f64>value * load<f64>(affine + i * AFFINE_BYTES))
      }
      store<f32>(packed + (o >> 2) * inDim * 16 + i * 16 + (o & 3) * 4, value)
      if (transpose) store<f32>(transpose + (i >> 2) * units * 16 + o * 16 + (i & 3) * 4, value)
    }
    store<f32>(Stage.packedBias(stage) + o * 4, <f32>bias)
  }
}

/**
 * From the raw gradients G and db of a stage behind batch norm: the gradient of its weights (in place of G), of gamma
 * and beta, and the offset and slope with which `propagate` passes through. Of a diagonal stage they are the sums already.
 */
export function finishNormGradient(stage: usize, count: i32): void {
  const norm = Stage.norm(stage)
  const isDiagonal = Stage.isDiagonal(stage)
  const inDim = <usize>Stage.inDim(stage)
  const units = <usize>Stage.quads(stage) * 4
  for (let i: usize = 0; i < inDim; i++) {
    const scale = load<f64>(Stage.affine(norm) + i * AFFINE_BYTES)
    const shift = load<f64>(Stage.affine(norm) + i * AFFINE_BYTES, 8)
    const r = load<f64>(Stage.affine(norm) + i * AFFINE_BYTES, 16)
    const mean = load<f64>(Stage.moments(norm) + i * 16)
    let sum: f64 = 0
    let sumX: f64 = 0
    if (isDiagonal) {
      sum = <f64>load<f32>(Stage.biasGradient(stage) + i * 4)
      sumX = <f64>load<f32>(Stage.weightGradient(stage) + i * 4)
    } else
      for (let o: usize = 0; o < units; o++) {
        const at = (o * inDim + i) * 4
        const weight = <f64>load<f32>(Stage.weight(stage) + at)
        const g = <f64>load<f32>(Stage.weightGradient(stage) + at)
        const db = <f64>load<f32>(Stage.biasGradient(stage) + o * 4)
        sum += weight * db
        sumX += weight * g
        store<f32>(Stage.weightGradient(stage) + at, <f32>(g * scale + db * shift))
      }
    const dgamma = r * (sumX - mean * sum)
    const slope = (-scale * r * dgamma) / <f64>count
    store<f32>(Stage.gammaGradient(norm) + i * 4, <f32>dgamma)
    store<f32>(Stage.betaGradient(norm) + i * 4, <f32>sum)
    store<f32>(Stage.offset(norm) + i * 4, <f32>((-scale * sum) / <f64>count - slope * mean))
    store<f32>(Stage.slope(norm) + i * 4, <f32>slope)
  }
}
