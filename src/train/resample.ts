// From an image's bytes to the target a net is trained on: alpha over a background, then to size. One resampler for Node
// and the page, so that both train on the same floats; it needs neither a canvas nor a decoder.
//
// Shrinking takes the exact area average: each pixel is the mean of what it covers, pixels at its edges in part. A flag's
// edges are hard: a filter that rings (Lanczos, mks2013) paints stripes beside them, 0.09 to 0.19 of the range on a test
// flag. pica, the library of the field, has no area filter: its box takes whole pixels only (31 dB from the area average at
// 400 -> 320, 34 at 500 -> 320), its best, hamming, stays 40 to 50 dB away and overshoots by up to 0.07, and it returns bytes.
// Enlarging interpolates linearly between pixel centres, which does not ring either.

import type { Rgb } from './colour.js'
import type { ImageSize, RgbImage } from './rgb-image.js'

/**
 * Composites an image over a background, then resamples it to a size; both on the encoded channels, as browsers and SVG do
 * it. An image that has the size comes through exactly: byte / 255.
 * @param rgba [height, width, 4] bytes, alpha not multiplied in, row 0 at the top
 * @param source its size in pixels
 * @param target the size wanted; other proportions stretch the image
 */
export function resample(
  rgba: Uint8Array | Uint8ClampedArray,
  source: ImageSize,
  target: ImageSize,
  background: Rgb,
): RgbImage {
  if (rgba.length !== source.width * source.height * 4)
    throw new RangeError(`rgba: expected ${source.width} x ${source.height} x 4 bytes, got ${rgba.length}`)
  const rowBytes = source.width * 4
  return resampleRows(y => rgba.subarray(y * rowBytes, (y + 1) * rowBytes), source, target, background)
}

/**
 * Does what {@link resample} does with an image that is not in memory as a whole.
 * @param rowAt gives row y [width, 4]; asked for from top to bottom, a row now and then once more
 */
export function resampleRows(
  rowAt: (y: number) => Uint8Array | Uint8ClampedArray,
  source: ImageSize,
  target: ImageSize,
  background: Rgb,
): RgbImage {
  const columnTaps = tapsOf(source.width, target.width)
  const rowTaps = tapsOf(source.height, target.height)
  const data = new Float32Array(target.width * target.height * 3)
  const opaque = new Float64Array(source.width * 3)
  const line = new Float64Array(source.width * 3)
  // Down, then across, one line at a time: an image of 64 megapixels is never held as floats.
  for (let row = 0; row < target.height; row++) {
    line.fill(0)
    const { first, weights } = rowTaps[row]
    weights.forEach((weight, i) => {
      compositeRow(opaque, rowAt(first + i), background)
      for (let x = 0; x < line.length; x++) line[x] += weight * opaque[x]
    })
    for (let column = 0; column < target.width; column++) {
      const { first, weights } = columnTaps[column]
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0
        for (let i = 0; i < weights.length; i++) sum += weights[i] * line[3 * (first + i) + channel]
        data[3 * (row * target.width + column) + channel] = sum
      }
    }
  }
  return { width: target.width, height: target.height, data }
}

/** Writes one row of the image [width, 4] over the background into out [width, 3]. */
function compositeRow(out: Float64Array, rgba: Uint8Array | Uint8ClampedArray, background: Rgb): Float64Array {
  for (let from = 0, to = 0; to < out.length; from += 4, to += 3) {
    const alpha = rgba[from + 3] / 255
    for (let channel = 0; channel < 3; channel++)
      out[to + channel] = (rgba[from + channel] / 255) * alpha + background[channel] * (1 - alpha)
  }
  return out
}

/** What one target pixel takes along an axis: weights of consecutive source pixels, their sum is 1. */
interface Taps {
  readonly first: number
  readonly weights: readonly number[]
}

function tapsOf(sourceCount: number, targetCount: number): Taps[] {
  const tapsAt = targetCount < sourceCount ? areaTaps : linearTaps
  return Array.from({ length: targetCount }, (_, i) => tapsAt(i, sourceCount, targetCount))
}

/** Target pixel i covers [i, i + 1] * sourceCount / targetCount; weights are counted in parts of 1 / sourceCount. */
function areaTaps(i: number, sourceCount: number, targetCount: number): Taps {
  // Whole numbers, so that a pixel that is only touched is not taken in by a rounding error.
  const begin = i * sourceCount
  const end = begin + sourceCount
  const first = Math.floor(begin / targetCount)
  const weights: number[] = []
  for (let pixel = first; pixel * targetCount < end; pixel++) {
    const overlap = Math.min(end, (pixel + 1) * targetCount) - Math.max(begin, pixel * targetCount)
    weights.push(overlap / sourceCount)
  }
  return { first, weights }
}

/** Between the centres of two source pixels; beyond the outermost centres the edge goes on. */
function linearTaps(i: number, sourceCount: number, targetCount: number): Taps {
  const position = Math.min(sourceCount - 1, Math.max(0, ((i + 0.5) * sourceCount) / targetCount - 0.5))
  const first = Math.floor(position)
  const part = position - first
  return { first, weights: part === 0 ? [1] : [1 - part, part] }
}
