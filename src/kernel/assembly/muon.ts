// Muon (Keller Jordan, https://kellerjordan.github.io/posts/muon/): the Nesterov momentum of a weight matrix, made
// nearly orthogonal by five Newton-Schulz steps with that page's coefficients, is the update.

import { multiply, transpose } from './matrix'

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

/**
 * One update of a linear layer's weight and bias together, V = [W | b], on whitened inputs: the Nesterov momentum N is made
 * nearly orthogonal in the coordinates in which the layer's inputs a = (x; 1) have the second moments of white noise,
 *
 *   U = orthogonalize(N C) C,  C = (mean of a a' + damping)^(-1/2),
 *
 * and the step has the size of a matrix with orthonormal rows or columns: Frobenius norm `norm`.
 * @param weight [rows, inDim] row-major, padded with zeros, as its gradient and momentum; bias [rows], as its own
 * @param whitening C [n, n], n the next multiple of four above inDim
 * @param scratch seven matrices as large as the larger side's square
 * @param columns inputs without their padding, whose weights stay 0
 * @param rate learning rate times sqrt(max(1, rows / columns))
 */
export function muonWhitened(
  weight: usize,
  bias: usize,
  gradient: usize,
  biasGradient: usize,
  momentum: usize,
  biasMomentum: usize,
  whitening: usize,
  scratch: usize,
  rows: i32,
  inDim: i32,
  columns: i32,
  beta: f32,
  rate: f32,
  norm: f32,
): void {
  const n = (inDim + 4) & ~3
  const side = <usize>max(rows, n)
  const update = scratch + 5 * side * side * 4
  const whitened = scratch + 6 * side * side * 4
  const rowBytes = <usize>inDim * 4
  memory.fill(update, 0, <usize>(rows * n) * 4)
  for (let row: usize = 0; row < <usize>rows; row++) {
    const to = update + row * <usize>n * 4
    nesterov(to, gradient + row * rowBytes, momentum + row * rowBytes, rowBytes, beta)
    const g: f32 = (<f32>1 - beta) * load<f32>(biasGradient + row * 4)
    const m = beta * load<f32>(biasMomentum + row * 4) + g
    store<f32>(biasMomentum + row * 4, m)
    store<f32>(to + rowBytes, beta * m + g)
  }
  multiply(whitened, update, whitening, 0, 1, update, rows, n, n)
  orthogonalize(whitened, scratch, rows, n)
  multiply(update, whitened, whitening, 0, 1, whitened, rows, n, n)
  // C mixes what is nearly nothing into the padding: through its weights, Adam would make something of it.
  for (let row: usize = 0; row < <usize>rows; row++)
    memory.fill(update + (row * <usize>n + <usize>columns) * 4, 0, <usize>(inDim - columns) * 4)
  const step = (rate * norm) / (frobenius(update, rows * n) + <f32>1e-12)
  for (let row: usize = 0; row < <usize>rows; row++) {
    const from = update + row * <usize>n * 4
    const k = f32x4.splat(step)
    const w = weight + row * rowBytes
    for (let t: usize = 0; t < rowBytes; t += 16)
      v128.store(w + t, f32x4.sub(v128.load(w + t), f32x4.mul(k, v128.load(from + t))))
    store<f32>(bias + row * 4, load<f32>(bias + row * 4) - step * load<f32>(from + rowBytes))
  }
}

function frobenius(at: usize, count: i32): f32 {
  let squares: f64 = 0
  for (let i: usize = 0; i < <usize>count; i++) {
    const value = <f64>load<f32>(at + i * 4)
    squares += value * value
  }
  return <f32>Math.sqrt(squares)
}
