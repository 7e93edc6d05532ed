// The gradient by a linear layer's input, through the batch norm and the GELU in front of it, over a block:
// delta = (W' from + offset + slope x) GELU', in place of GELU'. Tiles and packing are those of `linear`.

import { QUAD_BYTES, ROW_BYTES } from './block'
import { madd } from './madd'

/**
 * @param weight packed transpose [quads, outDim, 4], folded with the batch norm in front
 * @param from gradient by the layer's output, outDim rows
 * @param x the layer's input before batch norm, quads * 4 rows
 * @param delta GELU' of those units, replaced by the gradient before GELU
 * @param offset [quads * 4], with slope; 0 where there is no batch norm
 */
export function propagate(
  weight: usize,
  from: usize,
  outDim: i32,
  x: usize,
  delta: usize,
  quads: i32,
  offset: usize,
  slope: usize,
  columns: usize,
): void {
  const weightBytes = <usize>outDim * 16
  for (let quad = 0; quad < quads; quad++) {
    let b0 = f32x4.splat(0)
    let b1 = b0
    let b2 = b0
    let b3 = b0
    if (offset) {
      b0 = v128.load32_splat(offset)
      b1 = v128.load32_splat(offset, 4)
      b2 = v128.load32_splat(offset, 8)
      b3 = v128.load32_splat(offset, 12)
      offset += 16
    }
    for (let at: usize = 0; at < columns; at += 32) {
      let a0 = b0
      let a1 = b1
      let a2 = b2
      let a3 = b3
      let c0 = b0
      let c1 = b1
      let c2 = b2
      let c3 = b3
      let d = from + at
      const end = weight + weightBytes
      for (let w = weight; w < end; w += 16) {
        const left = v128.load(d)
        const right = v128.load(d, 16)
        let k = v128.load32_splat(w)
        a0 = madd(k, left, a0)
        c0 = madd(k, right, c0)
        k = v128.load32_splat(w, 4)
        a1 = madd(k, left, a1)
        c1 = madd(k, right, c1)
        k = v128.load32_splat(w, 8)
        a2 = madd(k, left, a2)
        c2 = madd(k, right, c2)
        k = v128.load32_splat(w, 12)
        a3 = madd(k, left, a3)
        c3 = madd(k, right, c3)
        d += ROW_BYTES
      }
      const t = delta + at
      if (slope) {
        const v = x + at
        let k = v128.load32_splat(slope)
        a0 = madd(k, v128.load(v), a0)
        c0 = madd(k, v128.load(v, 16), c0)
        k = v128.load32_splat(slope, 4)
        a1 = madd(k, v128.load(v, ROW_BYTES), a1)
        c1 = madd(k, v128.load(v, ROW_BYTES + 16), c1)
        k = v128.load32_splat(slope, 8)
        a2 = madd(k, v128.load(v, 2 * ROW_BYTES), a2)
        c2 = madd(k, v128.load(v, 2 * ROW_BYTES + 16), c2)
        k = v128.load32_splat(slope, 12)
        a3 = madd(k, v128.load(v, 3 * ROW_BYTES), a3)
        c3 = madd(k, v128.load(v, 3 * ROW_BYTES + 16), c3)
      }
      v128.store(t, f32x4.mul(a0, v128.load(t)))
      v128.store(t, f32x4.mul(c0, v128.load(t, 16)), 16)
      v128.store(t, f32x4.mul(a1, v128.load(t, ROW_BYTES)), ROW_BYTES)
      v128.store(t, f32x4.mul(c1, v128.load(t, ROW_BYTES + 16)), ROW_BYTES + 16)
      v128.store(t, f32x4.mul(a2, v128.load(t, 2 * ROW_BYTES)), 2 * ROW_BYTES)
      v128.store(t, f32x4.mul(c2, v128.load(t, 2 * ROW_BYTES + 16)), 2 * ROW_BYTES + 16)
      v128.store(t, f32x4.mul(a3, v128.load(t, 3 * ROW_BYTES)), 3 * ROW_BYTES)
      v128.store(t, f32x4.mul(c3, v128.load(t, 3 * ROW_BYTES + 16)), 3 * ROW_BYTES + 16)
    }
    weight += weightBytes
    if (slope) slope += 16
    x += QUAD_BYTES
    delta += QUAD_BYTES
  }
}
