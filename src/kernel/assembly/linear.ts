// One linear layer over a block: to = weight from + bias. Tiles of four units by eight pixels: eight accumulators, two
// vectors of pixels and a broadcast weight leave room in the sixteen registers of x64 (unrolled twice or with sixteen
// accumulators it is a quarter slower). Weights are packed so that the four weights of a quad at one input are neighbours:
//
//   quad 0: w[0][0] w[1][0] w[2][0] w[3][0]   w[0][1] w[1][1] w[2][1] w[3][1]   ...   quad 1: w[4][0] ...

import { QUAD_BYTES, ROW_BYTES } from './block'
import { madd } from './madd'

/**
 * @param weight packed [quads, inDim, 4]
 * @param bias [quads, 4]
 * @param columns bytes of a row in use
 */
export function linear(
  weight: usize,
  bias: usize,
  from: usize,
  to: usize,
  inDim: i32,
  quads: i32,
  columns: usize,
): void {
  const weightBytes = <usize>inDim * 16
  for (let quad = 0; quad < quads; quad++) {
    const b0 = v128.load32_splat(bias)
    const b1 = v128.load32_splat(bias, 4)
    const b2 = v128.load32_splat(bias, 8)
    const b3 = v128.load32_splat(bias, 12)
    for (let at: usize = 0; at < columns; at += 32) {
      let a0 = b0
      let a1 = b1
      let a2 = b2
      let a3 = b3
      let c0 = b0
      let c1 = b1
      let c2 = b2
      let c3 = b3
      let x = from + at
      const end = weight + weightBytes
      for (let w = weight; w < end; w += 16) {
        const left = v128.load(x)
        const right = v128.load(x, 16)
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
        x += ROW_BYTES
      }
      const t = to + at
      v128.store(t, a0)
      v128.store(t, c0, 16)
      v128.store(t, a1, ROW_BYTES)
      v128.store(t, c1, ROW_BYTES + 16)
      v128.store(t, a2, 2 * ROW_BYTES)
      v128.store(t, c2, 2 * ROW_BYTES + 16)
      v128.store(t, a3, 3 * ROW_BYTES)
      v128.store(t, c3, 3 * ROW_BYTES + 16)
    }
    weight += weightBytes
    bias += 16
    to += QUAD_BYTES
  }
}
