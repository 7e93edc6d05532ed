// The strip layout: pictures of one size side by side, in the rows that let them be as large as they can be in a box.

import { layoutGrid } from './grid.js'
import type { Justified } from './justified.js'

export interface StripOptions {
  /** Between neighbours, and between a row with its captions and the next; a picture is 1 high. */
  readonly gap: number
  /** Kept free beneath every picture. */
  readonly captionHeight: number
}

/**
 * Lays out a strip of pictures, each 1 high, in reading order. Its top left corner is (0, 0), its size holds the captions of
 * the last row, too.
 * @param aspect width / height of every picture, above 0
 * @param boxAspect width / height of what the whole strip is fitted into, above 0
 */
export function layoutStrip(count: number, aspect: number, boxAspect: number, options: StripOptions): Justified {
  const { gap } = options
  const aspects = Array.from({ length: count }, () => aspect)
  let best: Justified = { rects: [], width: 0, height: 0 }
  let bestScale = 0
  for (let columns = 1; columns <= count; columns++) {
    // The last row may be short, but none is empty: more columns in as many rows would only be smaller.
    if (columns > 1 && Math.ceil(count / columns) === Math.ceil(count / (columns - 1))) continue
    const laidOut = layoutGrid(aspects, { columns, width: columns * (aspect + gap) - gap, ...options })
    const scale = Math.min(boxAspect / laidOut.width, 1 / laidOut.height)
    if (scale > bestScale) [best, bestScale] = [laidOut, scale]
  }
  return { rects: best.rects, width: best.width, height: best.height }
}
