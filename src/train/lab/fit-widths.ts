// Equal parameters: the widths of an architecture made larger or smaller until it has as many learnable numbers as another one.

import { FormatError } from '../../model/errors.js'

/** How far a count may be from the one that is asked for, as a part of it. */
export const TOLERANCE = 0.02

const MAX_WIDTH = 4096
// Finer than any step between two sets of rounded widths that differ.
const SCALE_STEP = 1.002

/**
 * Finds the widths nearest to given proportions that have a number of parameters.
 * @param proportions of the hidden layers, in order
 * @param count of the learnable numbers that widths have; grows with each of them
 * @throws FormatError when none come within {@link TOLERANCE} of it
 */
export function fitWidths(
  proportions: readonly number[],
  count: (widths: readonly number[]) => number,
  parameters: number,
): number[] {
  const distance = (widths: readonly number[]) => Math.abs(count(widths) - parameters)
  const scaled = (scale: number) =>
    proportions.map(width => Math.min(MAX_WIDTH, Math.max(1, Math.round(width * scale))))
  let best = scaled(1 / Math.max(...proportions))
  let widths = best
  for (let scale = 1 / Math.max(...proportions); ; scale *= SCALE_STEP) {
    const next = scaled(scale)
    if (next.every((width, index) => width === widths[index])) continue
    widths = next
    if (distance(widths) < distance(best)) best = widths
    if (count(widths) > 2 * parameters || widths.every(width => width === MAX_WIDTH)) break
  }
  best = nudged(best, distance)
  if (distance(best) > TOLERANCE * parameters)
    throw new FormatError(
      `architecture widths: none near ${proportions.join('-')} have ${parameters} parameters; ${best.join('-')} have ${count(best)}`,
    )
  return best
}

/** One layer at a time a unit more or less, as long as that brings the count nearer. */
function nudged(widths: readonly number[], distance: (widths: readonly number[]) => number): number[] {
  let best = [...widths]
  for (;;) {
    const neighbours = best.flatMap((width, index) =>
      [width + 1, width - 1].filter(other => other >= 1).map(other => best.with(index, other)),
    )
    const nearest = neighbours.reduce((a, b) => (distance(b) < distance(a) ? b : a))
    if (distance(nearest) >= distance(best)) return best
    best = nearest
  }
}
