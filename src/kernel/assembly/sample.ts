// A batch: pixels drawn evenly from the picture, with fresh Gaussian noise on their colours where the recipe asks for it.
// Random numbers: xoshiro128++ 1.0 (Blackman and Vigna, https://prng.di.unimi.it/, public domain).

import { BLOCK, ROW_BYTES } from './block'

/** Entries of the table of normal quantiles: a power of two. */
const QUANTILE_BITS: u32 = 12

/**
 * @param state four 32-bit words, not all zero
 * @param picture [height, width, 3]
 * @param xs [width] and ys [height]: the inputs that columns and rows stand for
 * @param inputs [B, 2, BLOCK], written
 * @param targets [B, 3, BLOCK], written
 * @param quantiles [4096] of the standard normal distribution
 * @param noise standard deviation
 */
export function sample(
  state: usize,
  picture: usize,
  width: i32,
  height: i32,
  xs: usize,
  ys: usize,
  inputs: usize,
  targets: usize,
  count: i32,
  quantiles: usize,
  noise: f32,
): void {
  const pixels = <u64>width * <u64>height
  for (let i = 0; i < count; i++) {
    const pixel = <u32>((<u64>next(state) * pixels) >> 32)
    const row = pixel / <u32>width
    const column = pixel - row * <u32>width
    const block = <usize>(i / BLOCK)
    const lane = <usize>(i % BLOCK) * 4
    const input = inputs + block * 2 * ROW_BYTES + lane
    store<f32>(input, load<f32>(xs + ((<usize>column) << 2)))
    store<f32>(input, load<f32>(ys + ((<usize>row) << 2)), ROW_BYTES)
    const colour = picture + <usize>pixel * 12
    const target = targets + block * 3 * ROW_BYTES + lane
    let red: f32 = 0
    let green: f32 = 0
    let blue: f32 = 0
    if (noise > 0) {
      const high = next(state)
      const low = next(state)
      red = noise * load<f32>(quantiles + ((<usize>(high >> (32 - QUANTILE_BITS))) << 2))
      green = noise * load<f32>(quantiles + ((<usize>(low >> (32 - QUANTILE_BITS))) << 2))
      blue = noise * load<f32>(quantiles + ((<usize>((high << QUANTILE_BITS) >> (32 - QUANTILE_BITS))) << 2))
    }
    store<f32>(target, load<f32>(colour) + red)
    store<f32>(target, load<f32>(colour, 4) + green, ROW_BYTES)
    store<f32>(target, load<f32>(colour, 8) + blue, 2 * ROW_BYTES)
  }
}

function next(state: usize): u32 {
  const s0 = load<u32>(state)
  let s1 = load<u32>(state, 4)
  let s2 = load<u32>(state, 8)
  let s3 = load<u32>(state, 12)
  const result = rotl(s0 + s3, 7) + s0
  const t = s1 << 9
  s2 ^= s0
  s3 ^= s1
  s1 ^= s2
  store<u32>(state, s0 ^ s3)
  store<u32>(state, s1, 4)
  store<u32>(state, s2 ^ t, 8)
  store<u32>(state, rotl(s3, 11), 12)
  return result
}
