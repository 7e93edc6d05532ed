// The hue a flag is sorted by.

import type { FoldedNetwork } from '../../model/fold.js'
import type { Frame } from '../../model/frame.js'
import { evaluateFolded } from '../../model/reference.js'
import { applyTone, toneOf } from '../../model/tone.js'

const COLUMNS = 12
const ROWS = 8
/** Hues are counted in so many bins, and of the fullest the mean is taken. */
const BINS = 12
/** A flag with less colour than this is grey. */
const LEAST_CHROMA = 0.04

/**
 * The hue that covers most of a flag, weighed by its chroma.
 * @returns in [0, 1), 0 is red; null for a flag without colour
 */
export function mainHue(folded: FoldedNetwork, frame: Frame): number | null {
  const inputs = new Float64Array(COLUMNS * ROWS * 2)
  for (let i = 0; i < COLUMNS * ROWS; i++) {
    const u = ((i % COLUMNS) + 0.5) / COLUMNS
    const v = (Math.floor(i / COLUMNS) + 0.5) / ROWS
    const x = frame.x[0] + u * (frame.x[1] - frame.x[0])
    const y = frame.y[0] + v * (frame.y[1] - frame.y[0])
    inputs.set(frame.order === 'xy' ? [x, y] : [y, x], 2 * i)
  }
  const rgb = applyTone(evaluateFolded(new Float64Array(COLUMNS * ROWS * 3), folded, inputs), toneOf(frame))
  const weights = new Float64Array(BINS)
  const sums = new Float64Array(BINS)
  let total = 0
  for (let i = 0; i < rgb.length; i += 3) {
    const [r, g, b] = [rgb[i], rgb[i + 1], rgb[i + 2]]
    const chroma = Math.max(r, g, b) - Math.min(r, g, b)
    if (chroma === 0) continue
    // Bins are centred on red, orange, yellow, ...: what lies just beyond the end belongs to red.
    const hue = (hueOf(r, g, b, chroma) + 0.5 / BINS) % 1
    const bin = Math.min(BINS - 1, Math.floor(hue * BINS))
    weights[bin] += chroma
    sums[bin] += chroma * hue
    total += chroma
  }
  if (total < LEAST_CHROMA * COLUMNS * ROWS) return null
  const fullest = weights.indexOf(Math.max(...weights))
  return sums[fullest] / weights[fullest]
}

function hueOf(r: number, g: number, b: number, chroma: number): number {
  const most = Math.max(r, g, b)
  const sixth = most === r ? ((g - b) / chroma + 6) % 6 : most === g ? (b - r) / chroma + 2 : (r - g) / chroma + 4
  return sixth / 6
}
