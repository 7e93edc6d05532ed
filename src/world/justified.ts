// The justified layout: rectangles in their true proportions and their order, in rows that fill the same width, all of a row
// equally high. Where rows break is chosen for the whole wall at once, as Knuth and Plass break a paragraph, so that no
// row pays for what a greedy one before it left over.

import type { Rect, Size } from './camera.js'

/** Lengths in any one unit; the world's rows are about 1 high. */
export interface JustifiedOptions {
  /** What every row fills. */
  readonly width: number
  /** What rows are to be high, as nearly as their breaks allow. Default 1. */
  readonly rowHeight?: number
  /** Between neighbours, and between a row with its captions and the next. Default 0. */
  readonly gap?: number
  /** Kept free beneath every rectangle. Default 0. */
  readonly captionHeight?: number
}

/** A laid out wall. Its top left corner is (0, 0). */
export interface Justified extends Size {
  /** One for each aspect, in their order, without the captions. */
  readonly rects: readonly Rect[]
}

/** A row is not made more than this many times as high as wanted; what cannot fill its width then stays short. */
const MAX_STRETCH = 2
/** Rows of several are not considered beyond this many times as low as wanted. */
const MAX_SHRINK = 2
/** What a row that stays short costs: its empty share squared, times this. Enough to avoid a lone flag at the end. */
const EMPTY_COST = 0.2

/**
 * Lays out rectangles in rows. Every row fills the width but the last, which is never higher than the one before it, and
 * those that would have to be more than twice as high as wanted.
 * @param aspects width / height of each, above 0
 */
export function justify(aspects: readonly number[], options: JustifiedOptions): Justified {
  const { width, rowHeight = 1, gap = 0, captionHeight = 0 } = options
  const rects: Rect[] = []
  const starts = rowStarts(aspects, width, rowHeight, gap)
  let y = 0
  let right = 0
  let height = MAX_STRETCH * rowHeight
  starts.forEach((start, row) => {
    const end = starts[row + 1] ?? aspects.length
    let sum = 0
    for (let i = start; i < end; i++) sum += aspects[i]
    const isLast = end === aspects.length
    const before = row === 0 ? rowHeight : Math.max(height, rowHeight / MAX_STRETCH)
    height = Math.min((width - gap * (end - start - 1)) / sum, isLast ? before : MAX_STRETCH * rowHeight)
    if (row > 0) y += gap
    let x = 0
    for (let i = start; i < end; i++) {
      rects.push({ x, y, width: aspects[i] * height, height })
      x += aspects[i] * height
      right = Math.max(right, x)
      x += gap
    }
    y += height + captionHeight
  })
  return { rects, width: right, height: y }
}

/** Row counts tried on either side of the one that ought to fit. */
const ROWS_AROUND = 2
/** Widths tried between the fewest and the most of these rows. */
const WIDTHS = 24

/**
 * Lays out rectangles so that they are as large as they can be when the whole wall is fitted into a box: chooses the width.
 * @param aspects width / height of each, above 0
 * @param boxAspect width / height of the box, above 0
 */
export function justifyInto(
  aspects: readonly number[],
  boxAspect: number,
  options: Omit<JustifiedOptions, 'width'> = {},
): Justified {
  const count = aspects.length
  if (count === 0) return { rects: [], width: 0, height: 0 }
  const { rowHeight = 1, gap = 0, captionHeight = 0 } = options
  const length = aspects.reduce((sum, aspect) => sum + aspect * rowHeight + gap, 0)
  const widthOf = (rows: number) => length / rows - gap
  // All rows as high as wanted and filled: width = boxAspect * height, where height = rows * pitch - gap and
  // rows = length / (width + gap).
  const pitch = rowHeight + captionHeight + gap
  const half = (gap * (1 + boxAspect)) / 2
  const ideal = Math.sqrt(half * half + boxAspect * Math.max(0, length * pitch - gap * gap)) - half
  const rows = Math.min(count, Math.max(1, length / (ideal + gap)))
  const few = Math.max(1, Math.floor(rows) - ROWS_AROUND)
  const many = Math.min(count, Math.ceil(rows) + ROWS_AROUND)
  let best = justify(aspects, { ...options, width: widthOf(few) })
  let bestScore = scoreIn(best, boxAspect)
  for (let i = 1; i <= WIDTHS; i++) {
    const wall = justify(aspects, { ...options, width: widthOf(few + ((many - few) * i) / WIDTHS) })
    const score = scoreIn(wall, boxAspect)
    if (score > bestScore) [best, bestScore] = [wall, score]
  }
  return best
}

/** The share of the box that the rectangles cover once the wall is fitted into it, less a little for uneven rows. */
function scoreIn({ rects, width, height }: Justified, boxAspect: number): number {
  let covered = 0
  let logs = 0
  let squares = 0
  for (const rect of rects) {
    const log = Math.log(rect.height)
    covered += rect.width * rect.height
    logs += log
    squares += log * log
  }
  const box = Math.max(width, height * boxAspect) * Math.max(height, width / boxAspect)
  const variance = squares / rects.length - (logs / rects.length) ** 2
  return covered / box - variance / 2
}

/**
 * Chooses where rows begin, for the least sum over the rows of (r - 1 / r)^2, where r is the row's height over the one
 * wanted: half as high is as bad as twice.
 */
function rowStarts(aspects: readonly number[], width: number, rowHeight: number, gap: number): number[] {
  const count = aspects.length
  // Of the first `end` rectangles: the least cost, and where the last row begins.
  const costs = new Float64Array(count + 1)
  const froms = new Int32Array(count + 1)
  for (let end = 1; end <= count; end++) {
    costs[end] = Number.POSITIVE_INFINITY
    const cap = end === count ? rowHeight : MAX_STRETCH * rowHeight
    let sum = 0
    for (let start = end - 1; start >= 0; start--) {
      sum += aspects[start]
      const filling = (width - gap * (end - start - 1)) / sum
      // Lower still with every one more.
      if (start < end - 1 && filling < rowHeight / MAX_SHRINK) break
      const ratio = Math.min(filling, cap) / rowHeight
      const empty = filling > cap ? 1 - cap / filling : 0
      const cost = costs[start] + (ratio - 1 / ratio) ** 2 + EMPTY_COST * empty * empty
      if (cost < costs[end]) {
        costs[end] = cost
        froms[end] = start
      }
    }
  }
  const starts: number[] = []
  for (let end = count; end > 0; end = froms[end]) starts.push(froms[end])
  return starts.reverse()
}

export type Direction = 'left' | 'right' | 'up' | 'down'

/**
 * The rectangle that an arrow key leads to: left and right go on through the ends of rows, up and down to the one of the next
 * row whose middle is nearest. Where there is none it is the same again.
 * @param rects in reading order, those of a row overlapping in height, as {@link justify} makes them
 */
export function neighbour(rects: readonly Rect[], index: number, direction: Direction): number {
  if (direction === 'left') return Math.max(0, index - 1)
  if (direction === 'right') return Math.min(rects.length - 1, index + 1)
  const startsRow = (i: number) => i === 0 || rects[i].y >= rects[i - 1].y + rects[i - 1].height
  const step = direction === 'up' ? -1 : 1
  // The first of the next row, or the last of the one before.
  let i = index
  if (step > 0)
    do i++
    while (i < rects.length && !startsRow(i))
  else {
    while (!startsRow(i)) i--
    i--
  }
  if (i < 0 || i >= rects.length) return index
  const middle = (rect: Rect) => rect.x + rect.width / 2
  const distance = (j: number) => Math.abs(middle(rects[j]) - middle(rects[index]))
  let best = i
  // Away from there to the row's other end.
  while (step > 0 ? i + 1 < rects.length && !startsRow(i + 1) : !startsRow(i)) {
    i += step
    if (distance(i) < distance(best)) best = i
  }
  return best
}
