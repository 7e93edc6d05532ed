// Whether a square holds a picture or noise. A net that was trained on noise remembers its range of inputs as any other does, and draws
// what it could keep of it: unrest from point to point. White noise has the same power at all frequencies (as many as the net can hold),
// so its variance is small for its roughness; pictures have most of theirs in few, low frequencies, or stand still but for their edges.

import type { Frame } from '../model/frame.js'
import { toneOf, unclampedChannel } from '../model/tone.js'
import { outputRange } from './outputs.js'
import type { RawSquare } from './square.js'

/** What is measured on the displayed picture, on its channel of the largest contrast, not clamped. */
export interface Likeness {
  /** Standard deviation, displayed as 0 to 1. */
  readonly contrast: number
  /**
   * Mean square of the difference of neighbours over twice the variance: 1 less their correlation (von Neumann 1941). 0 is smooth, 1 is
   * noise of the square's own pixels. 0 where there is one colour only.
   */
  readonly roughness: number
  /** Share of points whose slope is less than a fifth of the root mean square slope, in [0, 1]. */
  readonly stillShare: number
}

const STILL = 0.2

/** Measures the first sample of a square. */
export function likenessOf(raw: RawSquare, output: Frame['output']): Likeness {
  const { size } = raw
  const channels = [0, 1, 2].map(c => displayedChannel(raw, output, c))
  const deviations = channels.map(deviation)
  const contrast = Math.max(...deviations)
  const shown = channels[deviations.indexOf(contrast)] ?? channels[0]
  const slopes = new Float64Array((size - 1) ** 2)
  let squares = 0
  for (let row = 0, i = 0; row < size - 1; row++)
    for (let column = 0; column < size - 1; column++) {
      const at = row * size + column
      slopes[i] = Math.hypot(shown[at + 1] - shown[at], shown[at + size] - shown[at])
      squares += slopes[i++] ** 2
    }
  const meanSquare = squares / slopes.length
  const still = STILL * Math.sqrt(meanSquare)
  return {
    contrast,
    // Two differences a slope.
    roughness: contrast > 0 ? meanSquare / 2 / (2 * contrast ** 2) : 0,
    stillShare: slopes.filter(slope => slope <= still).length / slopes.length,
  }
}

/** Less than this is one colour: a level. */
const ONE_COLOUR = 1 / 255
// Measured on nets of noise and of every second ordinary picture (bench/ordinary.ts), whatever their conventions. What training leaves over
// on one colour is smooth: 0.006 at most, noise has 0.014 at least.
const ROUGH = 0.009
// Variance over roughness: noise of a raster W wide has 0.054 (96 / W)^2, pictures that are rough and never still have 0.4 and more.
const MOST_POWER = 0.2
// Noise is still in half of its points at most, pictures of such faint contrast in 0.69 at least.
const MOST_STILL = 0.6
/** Of the range of values: how far its middle may be from 0. */
const AROUND_ZERO = 0.15

/**
 * Whether what is drawn is noise.
 * @param output the likeliest convention. Noise keeps to the middle of its own: values around 0 are taken for logits.
 */
export function isNoise(raw: RawSquare, output: Frame['output']): boolean {
  const { low, high } = outputRange(raw)
  const isAroundZero = Math.abs(low + high) / 2 < AROUND_ZERO * (high - low)
  const { contrast, roughness, stillShare } = likenessOf(raw, isAroundZero ? 'logit' : output)
  return contrast > ONE_COLOUR && roughness > ROUGH && contrast ** 2 < MOST_POWER * roughness && stillShare < MOST_STILL
}

function displayedChannel({ size, values }: RawSquare, output: Frame['output'], channel: number): Float64Array {
  const tone = toneOf({ output, channels: 'rgb' })
  return Float64Array.from({ length: size * size }, (_, i) => unclampedChannel(values[3 * i + channel], tone))
}

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}
