// Whether a square holds a picture at all. Nets that were never trained, or trained on noise, have no flat areas: flags have
// little else, and other pictures that so small a net can hold, too.

import type { Frame } from '../model/frame.js'
import { applyTone, toneOf } from '../model/tone.js'
import type { RawSquare } from './square.js'

/** What is measured on the displayed picture. */
export interface Likeness {
  /** Share of the first sample's points that differ from their neighbours by at most two hundredths, in [0, 1]. */
  readonly flatShare: number
  /** The largest standard deviation of a channel, displayed as 0 to 1. */
  readonly contrast: number
}

const FLAT = 0.02

export function likenessOf({ size, values }: RawSquare, output: Frame['output']): Likeness {
  const { scale, offset, logistic } = toneOf({ output, channels: 'rgb' })
  // Not clamped: wild values beyond black and white are no flat areas.
  const shown = logistic
    ? applyTone(values.slice(), toneOf({ output, channels: 'rgb' }))
    : values.map(value => value * scale + offset)
  let flat = 0
  for (let row = 0; row < size - 1; row++)
    for (let column = 0; column < size - 1; column++) {
      let slope = 0
      for (let c = 0; c < 3; c++) {
        const at = 3 * (row * size + column) + c
        slope = Math.max(slope, Math.abs(shown[at] - shown[at + 3]), Math.abs(shown[at] - shown[at + 3 * size]))
      }
      if (slope <= FLAT) flat++
    }
  return { flatShare: flat / (size - 1) ** 2, contrast: Math.max(...[0, 1, 2].map(c => deviation(shown, c))) }
}

// Measured on the test set: pictures have 0.57 and more, noise and untrained nets 0.16 and less ...
const LEAST_FLAT = 0.35
// ... and 0.10 and more; what noise leaves has 0.01, or 0.05 where its logits are taken for colours.
const LEAST_CONTRAST = 0.08

export function isPicture({ flatShare, contrast }: Likeness): boolean {
  return flatShare >= LEAST_FLAT && contrast >= LEAST_CONTRAST
}

function deviation(values: Float32Array, channel: number): number {
  let sum = 0
  let squares = 0
  for (let i = channel; i < values.length; i += 3) {
    sum += values[i]
    squares += values[i] * values[i]
  }
  const count = values.length / 3
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2))
}
