// Activations with their slopes, over rows of a block: what training needs of them. GELU by the error function has a file of its own.

import { bell, cosine, leakyRelu, relu, sigmoid, sine, tanh } from './activations'
import { ROW_BYTES } from './block'

/**
 * Replaces x by an activation of it and writes the slope beside it.
 * @param opcode 0: nothing changes, slope 1
 * @param slopes rows like those at `at`
 * @param columns bytes of a row in use
 * @param parameter of those that have one
 */
export function activateRowsWithSlope(
  opcode: i32,
  at: usize,
  slopes: usize,
  rows: i32,
  columns: usize,
  parameter: f32,
): void {
  for (let row = 0; row < rows; row++, at += ROW_BYTES, slopes += ROW_BYTES)
    activateRow(opcode, at, slopes, columns, f32x4.splat(parameter))
}

function activateRow(opcode: i32, at: usize, slopes: usize, columns: usize, parameter: v128): void {
  const one = f32x4.splat(1)
  const zero = f32x4.splat(0)
  switch (opcode) {
    case 0:
      for (let t: usize = 0; t < columns; t += 16) v128.store(slopes + t, one)
      break
    case 2:
      for (let t: usize = 0; t < columns; t += 16) {
        const x = v128.load(at + t)
        const square = f32x4.mul(f32x4.mul(x, x), f32x4.splat(0.044715))
        // x (1 + tanh u) / 2 = x sigmoid(2 u)
        const scaled = f32x4.mul(x, f32x4.splat(1.5957691216057308))
        const s = sigmoid(f32x4.mul(scaled, f32x4.add(one, square)))
        const bend = f32x4.mul(scaled, f32x4.add(one, f32x4.mul(f32x4.splat(3), square)))
        // Where s is 1 or 0 what it is multiplied by may have left float32.
        const flat = f32x4.eq(f32x4.sub(one, s), zero)
        const slope = f32x4.add(s, f32x4.mul(f32x4.mul(s, f32x4.sub(one, s)), bend))
        v128.store(slopes + t, v128.bitselect(one, slope, flat))
        v128.store(at + t, f32x4.mul(x, s))
      }
      break
    case 3:
      for (let t: usize = 0; t < columns; t += 16) {
        const x = v128.load(at + t)
        v128.store(slopes + t, v128.and(f32x4.gt(x, zero), one))
        v128.store(at + t, relu(x))
      }
      break
    case 4:
      for (let t: usize = 0; t < columns; t += 16) {
        const x = v128.load(at + t)
        v128.store(slopes + t, v128.bitselect(one, parameter, f32x4.gt(x, zero)))
        v128.store(at + t, leakyRelu(x, parameter))
      }
      break
    case 5:
      for (let t: usize = 0; t < columns; t += 16) {
        const x = v128.load(at + t)
        const s = sigmoid(x)
        const y = f32x4.mul(x, s)
        v128.store(slopes + t, f32x4.add(s, f32x4.mul(y, f32x4.sub(one, s))))
        v128.store(at + t, y)
      }
      break
    case 6:
      for (let t: usize = 0; t < columns; t += 16) {
        const y = tanh(v128.load(at + t))
        v128.store(slopes + t, f32x4.sub(one, f32x4.mul(y, y)))
        v128.store(at + t, y)
      }
      break
    case 7:
      for (let t: usize = 0; t < columns; t += 16) {
        const y = sigmoid(v128.load(at + t))
        v128.store(slopes + t, f32x4.mul(y, f32x4.sub(one, y)))
        v128.store(at + t, y)
      }
      break
    case 8:
      for (let t: usize = 0; t < columns; t += 16) {
        const x = f32x4.mul(parameter, v128.load(at + t))
        v128.store(slopes + t, f32x4.mul(parameter, cosine(x)))
        v128.store(at + t, sine(x))
      }
      break
    case 9:
      for (let t: usize = 0; t < columns; t += 16) {
        const x = f32x4.div(v128.load(at + t), parameter)
        const y = bell(x)
        v128.store(slopes + t, f32x4.div(f32x4.mul(f32x4.neg(x), y), parameter))
        v128.store(at + t, y)
      }
      break
  }
}
