// How near a net's picture is to the image it was trained on. Both are floats, sRGB-encoded; values outside [0, 1] are
// taken as they would be shown, clamped, and nothing is rounded to levels.
//
// SSIM: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to structural similarity"
// (2004), with the paper's window and constants, on luma.

import { gaussianWeights, windowMeans } from './gaussian.js'
import type { RgbImage } from './rgb-image.js'

/** How near two pictures are. */
export interface Comparison {
  /** Peak signal-to-noise ratio in dB over all pixels and channels, peak 1; Infinity for equal pictures. */
  readonly psnr: number
  /** Mean structural similarity of luma, 1 for equal pictures. */
  readonly ssim: number
  /** Largest difference of a channel, in [0, 1]. */
  readonly maxError: number
  /** Share of pixels whose largest channel difference is above BAD_ERROR, in [0, 1]. */
  readonly badShare: number
}

/** A pixel with a larger channel difference is bad. */
export const BAD_ERROR = 0.1

/**
 * Compares two pictures of one size. The order does not matter.
 * @throws RangeError when the sizes differ
 */
export function compareImages(a: RgbImage, b: RgbImage): Comparison {
  checkSameSize(a, b)
  let maxError = 0
  let badCount = 0
  for (let i = 0; i < a.data.length; i += 3) {
    let worst = 0
    for (let channel = i; channel < i + 3; channel++) {
      const error = Math.abs(shown(a.data[channel]) - shown(b.data[channel]))
      worst = Math.max(worst, error)
    }
    maxError = Math.max(maxError, worst)
    if (worst > BAD_ERROR) badCount++
  }
  return {
    psnr: psnrOf(a, b),
    ssim: ssim(a, b),
    maxError,
    badShare: badCount / (a.width * a.height),
  }
}

/**
 * The PSNR of two pictures alone: as {@link compareImages}, sooner.
 * @throws RangeError when the sizes differ
 */
export function psnrOf(a: RgbImage, b: RgbImage): number {
  checkSameSize(a, b)
  let sumOfSquares = 0
  for (let i = 0; i < a.data.length; i++) sumOfSquares += (shown(a.data[i]) - shown(b.data[i])) ** 2
  return psnrOfMeanSquare(sumOfSquares / a.data.length)
}

/**
 * The PSNR of a mean squared error against a peak of 1, in dB.
 * @returns Infinity for 0
 */
export function psnrOfMeanSquare(meanSquare: number): number {
  return 10 * Math.log10(1 / meanSquare)
}

const WINDOW = 11
const WINDOW_SIGMA = 1.5
// Windows that are taken at a time, about: a picture of many megapixels would be planes of gigabytes.
const BAND_WINDOWS = 2 ** 18
const C1 = 0.01 ** 2
const C2 = 0.03 ** 2

/**
 * The mean SSIM of the luma of two pictures, over all windows of 11 x 11 pixels (Gaussian, sigma 1.5) that lie wholly
 * inside. Along an edge shorter than 11 the window is cut to it: the middle of the Gaussian, normalised again.
 * @throws RangeError when the sizes differ
 */
export function ssim(a: RgbImage, b: RgbImage): number {
  checkSameSize(a, b)
  const { width, height } = a
  const across = gaussianWeights(Math.min(WINDOW, width), WINDOW_SIGMA)
  const down = gaussianWeights(Math.min(WINDOW, height), WINDOW_SIGMA)
  const [columns, rows] = [width - across.length + 1, height - down.length + 1]
  const band = Math.max(1, Math.floor(BAND_WINDOWS / columns))
  let sum = 0
  for (let row = 0; row < rows; row += band) {
    const end = Math.min(rows, row + band) + down.length - 1
    const [planeA, planeB] = [a, b].map(image => lumaOf(image.data.subarray(3 * row * width, 3 * end * width)))
    sum += sumOfSsim(planeA, planeB, width, across, down)
  }
  return sum / (columns * rows)
}

/** The sum of SSIM over all windows of two planes of luma. */
function sumOfSsim(
  lumaA: Float64Array,
  lumaB: Float64Array,
  width: number,
  across: Float64Array,
  down: Float64Array,
): number {
  const means = (plane: Float64Array) => windowMeans(plane, width, plane.length / width, across, down)
  const product = (p: Float64Array, q: Float64Array) => p.map((value, i) => value * q[i])
  const [meanA, meanB] = [means(lumaA), means(lumaB)]
  const [squareA, squareB] = [means(product(lumaA, lumaA)), means(product(lumaB, lumaB))]
  const both = means(product(lumaA, lumaB))
  let sum = 0
  for (let i = 0; i < both.length; i++) {
    const [mA, mB] = [meanA[i], meanB[i]]
    const covariance = both[i] - mA * mB
    const variances = squareA[i] - mA * mA + (squareB[i] - mB * mB)
    sum += ((2 * mA * mB + C1) * (2 * covariance + C2)) / ((mA * mA + mB * mB + C1) * (variances + C2))
  }
  return sum
}

/** Luma as Rec. 601 weighs the encoded channels (the Y' of JPEG). */
function lumaOf(data: Float32Array): Float64Array {
  return Float64Array.from(
    { length: data.length / 3 },
    (_, i) => 0.299 * shown(data[3 * i]) + 0.587 * shown(data[3 * i + 1]) + 0.114 * shown(data[3 * i + 2]),
  )
}

function shown(value: number): number {
  return Math.min(1, Math.max(0, value))
}

function checkSameSize(a: RgbImage, b: RgbImage): void {
  if (a.width !== b.width || a.height !== b.height)
    throw new RangeError(`pictures of one size expected, got ${a.width} x ${a.height} and ${b.width} x ${b.height}`)
}
