// From what the last stage gives to the three channels that are compared with the picture, and back: where it has an activation of
// its own, gives a grey value, or an opacity (src/model/layers/grey.ts and alpha.ts).

import { BLOCK, ROW_BYTES } from './block'

const GREY = 1
const ALPHA = 2

/**
 * Writes what is seen.
 * @param kind 0: colours, 1: a grey value, 2: colours and straight alpha over white
 * @param outputs of the last stage, pixelBytes a pixel
 * @param rows four 32-bit words: in which row of them each value stands
 * @param shown [B, 4, BLOCK], the first three rows written
 */
export function showHead(kind: i32, outputs: usize, pixelBytes: usize, rows: usize, shown: usize, count: i32): void {
  for (let start = 0; start < count; start += BLOCK) {
    const columns = <usize>min(BLOCK, count - start) * 4
    const block = outputs + <usize>start * pixelBytes
    for (let c: usize = 0; c < 3; c++) {
      const from = rowOf(block, rows, kind === GREY ? 0 : c)
      const to = shown + c * ROW_BYTES
      if (kind !== ALPHA) {
        memory.copy(to, from, columns)
        continue
      }
      const opacity = rowOf(block, rows, 3)
      for (let t: usize = 0; t < columns; t += 16)
        v128.store(to + t, overGround(v128.load(from + t), v128.load(opacity + t), f32x4.splat(1)))
    }
    shown += 4 * ROW_BYTES
  }
}

/** Replaces three rows of colours by what is seen of them over a ground, the fourth being their opacity. @param columns bytes of a row in use */
export function coverRows(at: usize, columns: usize, ground: f32): void {
  const behind = f32x4.splat(ground)
  for (let t = at; t < at + columns; t += 16) {
    const opacity = v128.load(t, 3 * ROW_BYTES)
    v128.store(t, overGround(v128.load(t), opacity, behind))
    v128.store(t, overGround(v128.load(t, ROW_BYTES), opacity, behind), ROW_BYTES)
    v128.store(t, overGround(v128.load(t, 2 * ROW_BYTES), opacity, behind), 2 * ROW_BYTES)
  }
}

function overGround(colour: v128, opacity: v128, ground: v128): v128 {
  return f32x4.add(ground, f32x4.mul(f32x4.sub(colour, ground), clamped(opacity)))
}

/**
 * Multiplies the last stage's delta, which holds its activation's slope, by the gradient of the loss.
 * @param shownDelta [B, 4, BLOCK]: the gradient by what is seen
 */
export function headGradient(
  kind: i32,
  outputs: usize,
  delta: usize,
  pixelBytes: usize,
  rows: usize,
  shownDelta: usize,
  count: i32,
): void {
  const one = f32x4.splat(1)
  for (let start = 0; start < count; start += BLOCK) {
    const columns = <usize>min(BLOCK, count - start) * 4
    const from = outputs + <usize>start * pixelBytes
    const to = delta + <usize>start * pixelBytes
    for (let t: usize = 0; t < columns; t += 16) {
      const red = v128.load(shownDelta + t)
      const green = v128.load(shownDelta + t, ROW_BYTES)
      const blue = v128.load(shownDelta + t, 2 * ROW_BYTES)
      if (kind === GREY) {
        multiply(rowOf(to, rows, 0) + t, f32x4.add(f32x4.add(red, green), blue))
        continue
      }
      let share = one
      if (kind === ALPHA) {
        const opacity = v128.load(rowOf(from, rows, 3) + t)
        share = clamped(opacity)
        let sum = f32x4.mul(red, f32x4.sub(v128.load(rowOf(from, rows, 0) + t), one))
        sum = f32x4.add(sum, f32x4.mul(green, f32x4.sub(v128.load(rowOf(from, rows, 1) + t), one)))
        sum = f32x4.add(sum, f32x4.mul(blue, f32x4.sub(v128.load(rowOf(from, rows, 2) + t), one)))
        multiply(rowOf(to, rows, 3) + t, v128.and(sum, f32x4.eq(share, opacity)))
      }
      multiply(rowOf(to, rows, 0) + t, f32x4.mul(red, share))
      multiply(rowOf(to, rows, 1) + t, f32x4.mul(green, share))
      multiply(rowOf(to, rows, 2) + t, f32x4.mul(blue, share))
    }
    shownDelta += 4 * ROW_BYTES
  }
}

function rowOf(block: usize, rows: usize, value: usize): usize {
  return block + <usize>load<i32>(rows + value * 4) * ROW_BYTES
}

function clamped(x: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, f32x4.splat(0)), f32x4.splat(1))
}

function multiply(at: usize, factor: v128): void {
  v128.store(at, f32x4.mul(v128.load(at), factor))
}
