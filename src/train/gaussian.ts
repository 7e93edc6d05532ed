// The Gaussian, sampled at whole pixels, normalised and applied along each axis in turn: the blur of the trainer's stages
// and the window of SSIM.

import { FormatError } from '../model/errors.js'
import type { RgbImage } from './rgb-image.js'

/** In pixels: wider than this nothing is left of a target. */
export const MAX_SIGMA = 100

// Where the blur's window ends, in sigmas: what lies beyond weighs 6e-5. The same as scipy.ndimage.
const BLUR_TRUNCATE = 4

/**
 * Samples a Gaussian at `count` points one pixel apart, centred on their middle; the sum is 1.
 * @param sigma in pixels, above 0
 */
export function gaussianWeights(count: number, sigma: number): Float64Array {
  const weights = Float64Array.from({ length: count }, (_, i) => Math.exp(-0.5 * ((i - (count - 1) / 2) / sigma) ** 2))
  const sum = weights.reduce((a, b) => a + b, 0)
  return weights.map(weight => weight / sum)
}

/**
 * Blurs a picture with a Gaussian that ends at 4 sigma; beyond its edges the picture goes on as its outermost pixels.
 * @param sigma in pixels; 0 leaves the picture as it is
 * @returns a new picture
 * @throws FormatError when sigma is not from 0 to 100
 */
export function blurImage(image: RgbImage, sigma: number): RgbImage {
  if (!(sigma >= 0 && sigma <= MAX_SIGMA))
    throw new FormatError(`blur: expected a sigma from 0 to ${MAX_SIGMA} pixels, got ${sigma}`)
  const { width, height } = image
  const radius = Math.floor(BLUR_TRUNCATE * sigma + 0.5)
  if (radius === 0) return { width, height, data: image.data.slice() }
  const weights = gaussianWeights(2 * radius + 1, sigma)
  const across = convolveReplicated(Float64Array.from(image.data), height, width, 3, weights)
  return { width, height, data: Float32Array.from(convolveReplicated(across, 1, height, width * 3, weights)) }
}

/**
 * Convolves along the middle axis of values [outer, count, inner], whose ends are replicated.
 * @param weights an odd number of them, centred
 * @returns [outer, count, inner], new
 */
function convolveReplicated(
  values: Float64Array,
  outer: number,
  count: number,
  inner: number,
  weights: Float64Array,
): Float64Array {
  const out = new Float64Array(values.length)
  const radius = (weights.length - 1) / 2
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < count; i++)
      for (let tap = 0; tap < weights.length; tap++) {
        const from = (o * count + Math.min(count - 1, Math.max(0, i + tap - radius))) * inner
        const to = (o * count + i) * inner
        for (let c = 0; c < inner; c++) out[to + c] += weights[tap] * values[from + c]
      }
  return out
}

/**
 * Takes the weighted mean over every window that lies wholly inside a plane ("valid").
 * @param plane [height, width]
 * @param across weights along a row, at most `width` of them
 * @param down weights along a column, at most `height` of them
 * @returns [height - down.length + 1, width - across.length + 1]
 */
export function windowMeans(
  plane: Float64Array,
  width: number,
  height: number,
  across: Float64Array,
  down: Float64Array,
): Float64Array {
  const outWidth = width - across.length + 1
  const outHeight = height - down.length + 1
  const rows = new Float64Array(outWidth * height)
  for (let y = 0; y < height; y++)
    for (let tap = 0; tap < across.length; tap++)
      for (let x = 0; x < outWidth; x++) rows[y * outWidth + x] += across[tap] * plane[y * width + x + tap]
  const means = new Float64Array(outWidth * outHeight)
  for (let y = 0; y < outHeight; y++)
    for (let tap = 0; tap < down.length; tap++)
      for (let x = 0; x < outWidth; x++) means[y * outWidth + x] += down[tap] * rows[(y + tap) * outWidth + x]
  return means
}
