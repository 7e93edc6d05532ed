// Mean squared error over batch and channels, and its gradient by the head's outputs.

import { BLOCK, ROW_BYTES } from './block'
import { sumOfLanes } from './lanes'

const CHANNELS: usize = 3

/**
 * Writes d loss / d output and returns the loss. Where the picture is clamped, what lies beyond a target of 0 or 1
 * is displayed as the target itself: with `clamped` it is no error.
 * @param outputs [B, 4, BLOCK] of the head
 * @param targets [B, 3, BLOCK]
 * @param weights [B, BLOCK] of the pixels; 0: all are 1
 * @param delta [B, 4, BLOCK], written; its fourth row stays 0
 */
export function loss(outputs: usize, targets: usize, weights: usize, delta: usize, count: i32, clamped: bool): f64 {
  const scale = f32x4.splat(<f32>(2 / (3 * <f64>count)))
  const zero = f32x4.splat(0)
  const one = f32x4.splat(1)
  let total: f64 = 0
  for (let start = 0; start < count; start += BLOCK) {
    const columns = <usize>min(BLOCK, count - start) * 4
    let sum = zero
    for (let row: usize = 0; row < CHANNELS * ROW_BYTES; row += ROW_BYTES) {
      for (let t = row; t < row + columns; t += 16) {
        const output = v128.load(outputs + t)
        const target = v128.load(targets + t)
        let error = f32x4.sub(output, target)
        if (clamped) {
          const over = v128.and(f32x4.ge(target, one), f32x4.gt(output, one))
          const under = v128.and(f32x4.le(target, zero), f32x4.lt(output, zero))
          error = v128.andnot(error, v128.or(over, under))
        }
        const weighted = weights ? f32x4.mul(error, v128.load(weights + t - row)) : error
        sum = f32x4.add(sum, f32x4.mul(error, weighted))
        v128.store(delta + t, f32x4.mul(weighted, scale))
      }
    }
    total += <f64>sumOfLanes(sum)
    outputs += 4 * ROW_BYTES
    targets += 3 * ROW_BYTES
    delta += 4 * ROW_BYTES
    if (weights) weights += ROW_BYTES
  }
  return total / (3 * <f64>count)
}
