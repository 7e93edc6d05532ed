// A batch: pixels drawn from the picture, evenly or by probabilities, with fresh Gaussian noise on their colours where the recipe asks for it.
// Random numbers: xoshiro128++ 1.0 (Blackman and Vigna, https://prng.di.unimi.it/, public domain).

import { BLOCK, ROW_BYTES } from './block'

/** Entries of the table of normal quantiles: a power of two. */
const QUANTILE_BITS: u32 = 12

/**
 * @param state four 32-bit words, not all zero
 * @param picture [height, width, 3]
 * @param xs [width] and ys [height]: the inputs that columns and rows stand for
 * @param inputs [B, 2, BLOCK], written
 * @param drawn [B * BLOCK] row * 65536 + column of the pixels, written
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
  drawn: usize,
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
    store<u32>(drawn + ((<usize>i) << 2), (row << 16) | column)
    const colour = picture + <usize>pixel * 12
    storeColour(targets + block * 3 * ROW_BYTES + lane, colour, state, quantiles, noise)
  }
}

function storeColour(target: usize, colour: usize, state: usize, quantiles: usize, noise: f32): void {
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

/** 2^64 / golden ratio: the additive recurrence whose consecutive terms cover [0, 1) most evenly. */
const GOLDEN: u64 = ((<u64>0x9e3779b9) << 32) | 0x7f4a7c15

/**
 * A batch drawn by the pixels' probabilities, which stand as cumulative sums: the first pixel whose sum is above u. Its u are
 * consecutive terms of u_k = frac(offset + k / golden ratio), or random ones.
 * @param state four words as for `sample`; behind them the fixed-point u of the next term, 64 bits
 * @param skip terms that other replicas take between this batch and the next; below 0: draw at random
 * @param sums [pixels] float64, ascending, the last 1
 * @param guide [guideCount] the pixel of u = i / guideCount
 * @param places [pixels] row * 65536 + column
 * @param picture [pixels, 3] in the order of the sums, as `places`
 * @param inputs [B, 2, BLOCK], drawn [B * BLOCK] as `places`, targets [B, 3, BLOCK], weights [B, BLOCK]: 1 / (pixels * probability); written
 */
export function draw(
  state: usize,
  skip: i32,
  sums: usize,
  guide: usize,
  guideCount: i32,
  places: usize,
  picture: usize,
  pixels: i32,
  xs: usize,
  ys: usize,
  inputs: usize,
  drawn: usize,
  targets: usize,
  weights: usize,
  count: i32,
  quantiles: usize,
  noise: f32,
): void {
  let term = load<u64>(state, 16)
  const last = <u32>pixels - 1
  for (let i = 0; i < count; i++) {
    let bits: u64
    if (skip >= 0) {
      bits = term
      term += GOLDEN
    } else bits = ((<u64>next(state)) << 32) | (<u64>next(state))
    const u = <f64>(bits >> 11) * (1.0 / 9007199254740992.0)
    let pixel = load<u32>(guide + ((<usize>(u * <f64>guideCount)) << 2))
    while (pixel < last && load<f64>(sums + ((<usize>pixel) << 3)) <= u) pixel++
    const at = sums + ((<usize>pixel) << 3)
    const probability = pixel > 0 ? load<f64>(at) - load<f64>(at - 8) : load<f64>(at)
    const block = <usize>(i / BLOCK)
    const lane = <usize>(i % BLOCK) * 4
    store<f32>(weights + block * ROW_BYTES + lane, <f32>(1 / (<f64>pixels * probability)))
    const place = load<u32>(places + ((<usize>pixel) << 2))
    store<u32>(drawn + ((<usize>i) << 2), place)
    const input = inputs + block * 2 * ROW_BYTES + lane
    store<f32>(input, load<f32>(xs + ((<usize>(place & 0xffff)) << 2)))
    store<f32>(input, load<f32>(ys + ((<usize>(place >> 16)) << 2)), ROW_BYTES)
    storeColour(targets + block * 3 * ROW_BYTES + lane, picture + <usize>pixel * 12, state, quantiles, noise)
  }
  if (skip >= 0) store<u64>(state, term + GOLDEN * <u64>skip, 16)
}
