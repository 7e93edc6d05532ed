// How much picture is left at a depth: to first order a view shows f(c) + J * offset, so the Jacobian at its centre says
// how many 8-bit levels it spans. Far in, that falls below one and the picture is one colour.

import type { FoldedNetwork } from './fold.js'
import type { Frame } from './frame.js'
import { linearizeFolded } from './reference.js'
import { toneOf } from './tone.js'
import type { Sampling } from './view.js'

/** The displayed colour at a view's centre and how it changes, in 8-bit levels (unclamped). */
export interface LinearView {
  /** [3] level of each channel at the centre. */
  readonly level: readonly number[]
  /** [3] levels a pixel to the right. */
  readonly perPixelX: readonly number[]
  /** [3] levels a pixel down. */
  readonly perPixelY: readonly number[]
}

/** Linearizes the displayed picture at the centre of a view. */
export function linearizeView(folded: FoldedNetwork, frame: Frame, sampling: Sampling): LinearView {
  const isSwapped = frame.order === 'yx'
  const first = isSwapped ? sampling.y : sampling.x
  const second = isSwapped ? sampling.x : sampling.y
  const { value, jacobian } = linearizeFolded(folded, first, second)
  const tone = toneOf(frame)
  const level: number[] = []
  const perPixelX: number[] = []
  const perPixelY: number[] = []
  for (let channel = 0; channel < 3; channel++) {
    const raw = value[channel] * tone.scale + tone.offset
    const logistic = 1 / (1 + Math.exp(-raw))
    const slope = 255 * tone.scale * (tone.logistic ? logistic * (1 - logistic) : 1)
    const xColumn = isSwapped ? 1 : 0
    level.push(255 * (tone.logistic ? logistic : raw))
    perPixelX.push(slope * jacobian[channel * 2 + xColumn] * sampling.stepX)
    perPixelY.push(slope * jacobian[channel * 2 + 1 - xColumn] * sampling.stepY)
  }
  if (tone.swapRedBlue) for (const list of [level, perPixelX, perPixelY]) list.reverse()
  return { level, perPixelX, perPixelY }
}

// Where a view is looked at: a grid over it, edges and corners included.
const GRID = 5

/**
 * The levels a view spans, as far as a 5 x 5 grid of its points and their slopes tell: what lies between two points of
 * the grid is bounded by the steeper of the two only where the picture is smooth, as it is deep in.
 */
export function viewLevelSpan(
  folded: FoldedNetwork,
  frame: Frame,
  sampling: Sampling,
  width: number,
  height: number,
): number {
  let span = 0
  const lowest = [Infinity, Infinity, Infinity]
  const highest = [-Infinity, -Infinity, -Infinity]
  for (let i = 0; i < GRID * GRID; i++) {
    const px = ((i % GRID) / (GRID - 1) - 0.5) * width
    const py = (Math.floor(i / GRID) / (GRID - 1) - 0.5) * height
    const point = { ...sampling, x: sampling.x + px * sampling.stepX, y: sampling.y + py * sampling.stepY }
    const linear = linearizeView(folded, frame, point)
    span = Math.max(span, levelSpan(linear, width, height))
    linear.level.forEach((level, channel) => {
      lowest[channel] = Math.min(lowest[channel], level)
      highest[channel] = Math.max(highest[channel], level)
    })
  }
  return Math.max(span, ...highest.map((level, channel) => level - lowest[channel]))
}

/** The largest number of levels that a channel spans over a view of this size, to first order. */
export function levelSpan(linear: LinearView, width: number, height: number): number {
  return Math.max(...linear.perPixelX.map((dx, c) => Math.abs(dx) * width + Math.abs(linear.perPixelY[c]) * height))
}
