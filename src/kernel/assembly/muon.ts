// Muon (Keller Jordan, https://kellerjordan.github.io/posts/muon/): the Nesterov momentum of a weight matrix, made
// nearly orthogonal by five Newton-Schulz steps with that page's coefficients, is the update.

const STEPS = 5
const A: f32 = 3.4445
const B: f32 = -4.775
const C: f32 = 2.0315

/**
 * @param weight [rows, columns] row-major, both multiples of 4, padded with zeros
 * @param momentum the same shape, the optimizer's state
 * @param scratch six matrices as large as the larger side's square
 * @param rate learning rate times sqrt(max(1, rows / columns))
 */
export function muon(
  weight: usize,
  gradient: usize,
  momentum: usize,
  scratch: usize,
  rows: i32,
  columns: i32,
  beta: f32,
  rate: f32,
): void {
  const bytes = <usize>(rows * columns) * 4
  const side = <usize>max(rows, columns)
  const matrix = side * side * 4
  const update = scratch + 5 * matrix
  nesterov(update, gradient, momentum, bytes, beta)
  orthogonalize(update, scratch, rows, columns)
  const step = f32x4.splat(rate)
  for (let t: usize = 0; t < bytes; t += 16)
    v128.store(weight + t, f32x4.sub(v128.load(weight + t), f32x4.mul(step, v128.load(update + t))))
}

/** momentum = beta momentum + (1 - beta) gradient; to = beta momentum + (1 - beta) gradient once more. */
function nesterov(to: usize, gradient: usize, momentum: usize, bytes: usize, beta: f32): void {
  const keep = f32x4.splat(beta)
  const take = f32x4.splat(1 - beta)
  for (let t: usize = 0; t < bytes; t += 16) {
    const g = f32x4.mul(take, v128.load(gradient + t))
    const m = f32x4.add(f32x4.mul(keep, v128.load(momentum + t)), g)
    v128.store(momentum + t, m)
    v128.store(to + t, f32x4.add(f32x4.mul(keep, m), g))
  }
}

/**
 * Replaces a matrix by the nearly orthogonal one: X = M / |M|, then X <- a X + (b S + c S S) X with S = X X' for the
 * shorter side.
 * @param scratch five square matrices of the longer side
 */
export function orthogonalize(at: usize, scratch: usize, rows: i32, columns: i32): void {
  const side = <usize>max(rows, columns)
  const matrix = side * side * 4
  let x = scratch
  let next = scratch + matrix
  const transposed = scratch + 2 * matrix
  const gram = scratch + 3 * matrix
  const polynomial = scratch + 4 * matrix
  const r = min(rows, columns)
  const c = max(rows, columns)
  if (rows > columns) transpose(x, at, rows, columns)
  else memory.copy(x, at, <usize>(rows * columns) * 4)
  normalize(x, r * c)
  for (let k = 0; k < STEPS; k++) {
    transpose(transposed, x, r, c)
    // A finite base: 0 times what an earlier, failed step left here could be no number.
    multiply(gram, x, transposed, 0, 1, x, r, c, r)
    multiply(polynomial, gram, gram, B, C, gram, r, r, r)
    multiply(next, polynomial, x, A, 1, x, r, r, c)
    const swap = x
    x = next
    next = swap
  }
  if (rows > columns) transpose(at, x, r, c)
  else memory.copy(at, x, <usize>(rows * columns) * 4)
}

function normalize(x: usize, count: i32): void {
  let squares: f64 = 0
  for (let i: usize = 0; i < <usize>count; i++) {
    const value = <f64>load<f32>(x + i * 4)
    squares += value * value
  }
  const factor = f32x4.splat(<f32>(1 / (Math.sqrt(squares) + 1e-7)))
  for (let i: usize = 0; i < <usize>count; i += 4) v128.store(x + i * 4, f32x4.mul(v128.load(x + i * 4), factor))
}

/** to [columns, rows] = from [rows, columns]'. */
function transpose(to: usize, from: usize, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++)
      store<f32>(to + <usize>(j * rows + i) * 4, load<f32>(from + <usize>(i * columns + j) * 4))
}

/** to = own * base + factor * a b, where a is [m, k], b [k, n], base and to [m, n]; m and n multiples of 4. */
function multiply(to: usize, a: usize, b: usize, own: f32, factor: f32, base: usize, m: i32, k: i32, n: i32): void {
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
          s0 = f32x4.add(s0, f32x4.mul(w, left))
          t0 = f32x4.add(t0, f32x4.mul(w, right))
          w = v128.load32_splat(t + stride)
          s1 = f32x4.add(s1, f32x4.mul(w, left))
          t1 = f32x4.add(t1, f32x4.mul(w, right))
          w = v128.load32_splat(t + 2 * stride)
          s2 = f32x4.add(s2, f32x4.mul(w, left))
          t2 = f32x4.add(t2, f32x4.mul(w, right))
          w = v128.load32_splat(t + 3 * stride)
          s3 = f32x4.add(s3, f32x4.mul(w, left))
          t3 = f32x4.add(t3, f32x4.mul(w, right))
          row += rowBytes
        }
      } else {
        for (let t = rows; t < rows + stride; t += 4) {
          const v = v128.load(row)
          s0 = f32x4.add(s0, f32x4.mul(v128.load32_splat(t), v))
          s1 = f32x4.add(s1, f32x4.mul(v128.load32_splat(t + stride), v))
          s2 = f32x4.add(s2, f32x4.mul(v128.load32_splat(t + 2 * stride), v))
          s3 = f32x4.add(s3, f32x4.mul(v128.load32_splat(t + 3 * stride), v))
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
