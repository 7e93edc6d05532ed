// Small dense matrices, row-major float32: what the optimizers compute with.

import { madd } from './madd'

/** to [columns, rows] = from [rows, columns]'. */
export function transpose(to: usize, from: usize, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++)
      store<f32>(to + <usize>(j * rows + i) * 4, load<f32>(from + <usize>(i * columns + j) * 4))
}

/** to = own * base + factor * a b, where a is [m, k], b [k, n], base and to [m, n]; m and n multiples of 4. */
export function multiply(
  to: usize,
  a: usize,
  b: usize,
  own: f32,
  factor: f32,
  base: usize,
  m: i32,
  k: i32,
  n: i32,
): void {
  const keep = f32x4.splat(own)
  const take = f32x4.splat(factor)
  const rowBytes = <usize>n * 4
  const stride = <usize>k * 4
  for (let i = 0; i < m; i += 4) {
    const rows = a + <usize>i * stride
    for (let j: usize = 0; j < rowBytes;) {
      // Four rows by eight columns, and by four where no eight are left.
      const isWide = j + 32 <= rowBytes
      let s0 = f32x4.splat(0)
      let s1 = s0
      let s2 = s0
      let s3 = s0
      let t0 = s0
      let t1 = s0
      let t2 = s0
      let t3 = s0
      let row = b + j
      if (isWide) {
        for (let t = rows; t < rows + stride; t += 4) {
          const left = v128.load(row)
          const right = v128.load(row, 16)
          let w = v128.load32_splat(t)
          s0 = madd(w, left, s0)
          t0 = madd(w, right, t0)
          w = v128.load32_splat(t + stride)
          s1 = madd(w, left, s1)
          t1 = madd(w, right, t1)
          w = v128.load32_splat(t + 2 * stride)
          s2 = madd(w, left, s2)
          t2 = madd(w, right, t2)
          w = v128.load32_splat(t + 3 * stride)
          s3 = madd(w, left, s3)
          t3 = madd(w, right, t3)
          row += rowBytes
        }
      } else {
        for (let t = rows; t < rows + stride; t += 4) {
          const v = v128.load(row)
          s0 = madd(v128.load32_splat(t), v, s0)
          s1 = madd(v128.load32_splat(t + stride), v, s1)
          s2 = madd(v128.load32_splat(t + 2 * stride), v, s2)
          s3 = madd(v128.load32_splat(t + 3 * stride), v, s3)
          row += rowBytes
        }
      }
      const at = <usize>i * rowBytes + j
      combine(to + at, base + at, s0, keep, take)
      combine(to + at + rowBytes, base + at + rowBytes, s1, keep, take)
      combine(to + at + 2 * rowBytes, base + at + 2 * rowBytes, s2, keep, take)
      combine(to + at + 3 * rowBytes, base + at + 3 * rowBytes, s3, keep, take)
      if (isWide) {
        const next = at + 16
        combine(to + next, base + next, t0, keep, take)
        combine(to + next + rowBytes, base + next + rowBytes, t1, keep, take)
        combine(to + next + 2 * rowBytes, base + next + 2 * rowBytes, t2, keep, take)
        combine(to + next + 3 * rowBytes, base + next + 3 * rowBytes, t3, keep, take)
      }
      j += isWide ? 32 : 16
    }
  }
}

function combine(to: usize, base: usize, sum: v128, keep: v128, take: v128): void {
  v128.store(to, f32x4.add(f32x4.mul(keep, v128.load(base)), f32x4.mul(take, sum)))
}
