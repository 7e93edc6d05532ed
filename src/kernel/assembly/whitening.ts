// What a linear layer's inputs are like over a batch, a = (x; 1) with x as it comes out of the batch norm in front, and the
// matrix that makes white noise of them: C = (A / (tr A / count) + damping I)^(-1/2), A the mean of a a'.

import { BLOCK, ROW_BYTES } from './block'
import { eigendecompose } from './eigen'
import { inputOf } from './forward'
import { sumOfLanes } from './lanes'
import { Stage } from './stage'

const AFFINE_BYTES: usize = 24

/**
 * Writes the mean of a a' over the first pixels of the batch.
 * @param stage after `forward`
 * @param to [n, n] float32, n = inDim + 1 and its padding: whole quads; the padding is zeros
 * @param count pixels, a multiple of COLUMNS
 * @param rows scratch of inDim + 1 rows of a block
 * @param sums scratch of n * n float64
 */
export function secondMoments(stage: usize, to: usize, count: i32, rows: usize, sums: usize): void {
  const inDim = Stage.inDim(stage)
  const n = (inDim + 4) & ~3
  const norm = Stage.norm(stage)
  const affine = norm ? Stage.affine(norm) : 0
  memory.fill(sums, 0, <usize>(n * n) * 8)
  for (let start = 0; start < count; start += BLOCK) {
    const columns = <usize>min(BLOCK, count - start) * 4
    normalizeRows(rows, inputOf(stage, start), affine, inDim, columns)
    for (let i: usize = 0; i <= <usize>inDim; i++)
      for (let j: usize = 0; j <= i; j++) {
        let sum = f32x4.splat(0)
        const a = rows + i * ROW_BYTES
        const b = rows + j * ROW_BYTES
        for (let t: usize = 0; t < columns; t += 16) sum = f32x4.add(sum, f32x4.mul(v128.load(a + t), v128.load(b + t)))
        const at = sums + (i * <usize>n + j) * 8
        store<f64>(at, load<f64>(at) + <f64>sumOfLanes(sum))
      }
  }
  memory.fill(to, 0, <usize>(n * n) * 4)
  for (let i: usize = 0; i <= <usize>inDim; i++)
    for (let j: usize = 0; j <= i; j++) {
      const value = <f32>(load<f64>(sums + (i * <usize>n + j) * 8) / <f64>count)
      store<f32>(to + (i * <usize>n + j) * 4, value)
      store<f32>(to + (j * <usize>n + i) * 4, value)
    }
}

/** The layer's inputs in a block, and a row of ones. */
function normalizeRows(to: usize, from: usize, affine: usize, inDim: i32, columns: usize): void {
  for (let i: usize = 0; i < <usize>inDim; i++) {
    const at = i * ROW_BYTES
    if (affine) {
      const scale = f32x4.splat(<f32>load<f64>(affine + i * AFFINE_BYTES))
      const shift = f32x4.splat(<f32>load<f64>(affine + i * AFFINE_BYTES, 8))
      for (let t: usize = 0; t < columns; t += 16)
        v128.store(to + at + t, f32x4.add(f32x4.mul(scale, v128.load(from + at + t)), shift))
    } else memory.copy(to + at, from + at, columns)
  }
  const one = f32x4.splat(1)
  for (let t: usize = 0; t < columns; t += 16) v128.store(to + <usize>inDim * ROW_BYTES + t, one)
}

/**
 * Writes C of an A.
 * @param moments A [n, n] float32 with rows and columns of padding behind `size`
 * @param to [n, n] float32, its padding zeros
 * @param size inDim + 1
 * @param count of inputs that are none of padding, and the 1
 * @param scratch size * size + 2 * size float64
 */
export function whiten(moments: usize, to: usize, size: i32, count: i32, damping: f64, scratch: usize): void {
  const n = (size + 3) & ~3
  const v = scratch
  const d = v + <usize>(size * size) * 8
  const e = d + <usize>size * 8
  let trace: f64 = 0
  for (let i = 0; i < size; i++) trace += <f64>load<f32>(moments + <usize>(i * n + i) * 4)
  const scale = <f64>count / trace
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      store<f64>(v + <usize>(i * size + j) * 8, scale * <f64>load<f32>(moments + <usize>(i * n + j) * 4))
  eigendecompose(v, d, e, size)
  // Rounding may leave a value that should be 0 a little below.
  for (let i: usize = 0; i < <usize>size; i++)
    store<f64>(d + i * 8, 1 / Math.sqrt(Math.max(0, load<f64>(d + i * 8)) + damping))
  memory.fill(to, 0, <usize>(n * n) * 4)
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let sum: f64 = 0
      for (let k = 0; k < size; k++)
        sum +=
          load<f64>(v + <usize>(i * size + k) * 8) *
          load<f64>(d + <usize>k * 8) *
          load<f64>(v + <usize>(j * size + k) * 8)
      store<f32>(to + <usize>(i * n + j) * 4, <f32>sum)
      store<f32>(to + <usize>(j * n + i) * 4, <f32>sum)
    }
}
