// Diagonal stages: y = s x + t of each unit for itself, s and t those of the batch norm in front, or 1 and 0. They are there for what
// follows no linear layer at once: an activation behind batch norm, a batch norm of the inputs, or the last of all.

import { QUAD_BYTES, ROW_BYTES } from './block'
import { sumOfLanes } from './lanes'
import { Stage } from './stage'

const AFFINE_BYTES: usize = 24

/** Writes s and t, [d] float32 each; both 0 of padding. */
export function packDiagonal(stage: usize): void {
  const norm = Stage.norm(stage)
  const units = <usize>Stage.quads(stage) * 4
  for (let u: usize = 0; u < units; u++) {
    const affine = norm ? Stage.affine(norm) + u * AFFINE_BYTES : 0
    const isUnit = u < <usize>Stage.units(stage)
    store<f32>(Stage.packedWeight(stage) + u * 4, norm ? <f32>load<f64>(affine) : isUnit ? <f32>1 : <f32>0)
    store<f32>(Stage.packedBias(stage) + u * 4, norm ? <f32>load<f64>(affine, 8) : <f32>0)
  }
}

/** to = s from + t. @param columns bytes of a row in use */
export function scaleRows(scale: usize, shift: usize, from: usize, to: usize, quads: i32, columns: usize): void {
  const end = to + <usize>quads * QUAD_BYTES
  for (; to < end; to += ROW_BYTES, from += ROW_BYTES, scale += 4, shift += 4) {
    const s = v128.load32_splat(scale)
    const t = v128.load32_splat(shift)
    for (let at: usize = 0; at < columns; at += 16)
      v128.store(to + at, f32x4.add(f32x4.mul(s, v128.load(from + at)), t))
  }
}

/** Adds to the sums of dy and of dy x, [d] of four lanes each. */
export function addDiagonalGradient(stage: usize, delta: usize, x: usize, columns: usize): void {
  let products = Stage.weightLanes(stage)
  let sums = Stage.biasLanes(stage)
  const end = delta + <usize>Stage.quads(stage) * QUAD_BYTES
  for (; delta < end; delta += ROW_BYTES, x += ROW_BYTES, products += 16, sums += 16) {
    let product = v128.load(products)
    let sum = v128.load(sums)
    for (let at: usize = 0; at < columns; at += 16) {
      const d = v128.load(delta + at)
      sum = f32x4.add(sum, d)
      product = f32x4.add(product, f32x4.mul(d, v128.load(x + at)))
    }
    v128.store(products, product)
    v128.store(sums, sum)
  }
}

/** Empties the sums before a batch. */
export function resetDiagonalGradient(stage: usize): void {
  const bytes = <usize>Stage.quads(stage) * 64
  memory.fill(Stage.weightLanes(stage), 0, bytes)
  memory.fill(Stage.biasLanes(stage), 0, bytes)
}

/** Adds the lanes up. */
export function finishDiagonalGradient(stage: usize): void {
  for (let u: usize = 0; u < <usize>Stage.quads(stage) * 4; u++) {
    store<f32>(Stage.weightGradient(stage) + u * 4, sumOfLanes(v128.load(Stage.weightLanes(stage) + u * 16)))
    store<f32>(Stage.biasGradient(stage) + u * 4, sumOfLanes(v128.load(Stage.biasLanes(stage) + u * 16)))
  }
}

/** delta = (s from + offset + slope x) delta. @param offset [d], with slope; 0 where there is no batch norm */
export function propagateDiagonal(
  scale: usize,
  from: usize,
  x: usize,
  delta: usize,
  quads: i32,
  offset: usize,
  slope: usize,
  columns: usize,
): void {
  const end = delta + <usize>quads * QUAD_BYTES
  for (; delta < end; delta += ROW_BYTES, from += ROW_BYTES, x += ROW_BYTES, scale += 4) {
    const s = v128.load32_splat(scale)
    const base = offset ? v128.load32_splat(offset) : f32x4.splat(0)
    const k = slope ? v128.load32_splat(slope) : f32x4.splat(0)
    for (let at: usize = 0; at < columns; at += 16) {
      let d = f32x4.add(f32x4.mul(s, v128.load(from + at)), base)
      d = f32x4.add(d, f32x4.mul(k, v128.load(x + at)))
      v128.store(delta + at, f32x4.mul(d, v128.load(delta + at)))
    }
    if (offset) {
      offset += 4
      slope += 4
    }
  }
}
