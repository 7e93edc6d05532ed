// The grid layout: rectangles in their true proportions inside equal cells.

import type { Justified } from './justified.js'

export interface GridOptions {
  readonly columns: number
  /** Of all columns with the gaps between them, above those gaps. */
  readonly width: number
  /** Between neighbouring cells. */
  readonly gap: number
  /** Kept free at the bottom of every cell. Where there is some, rectangles stand on it; else they hang in the middle. */
  readonly captionHeight: number
}

/** A laid out grid. Its top left corner is (0, 0), its size that of the cells. */
export interface Grid extends Justified {
  readonly cellWidth: number
}

/**
 * Lays out rectangles in a grid. The cells have the proportions that the middle one of the rectangles has, so that few
 * differ much from theirs.
 * @param aspects width / height of each, above 0
 */
export function layoutGrid(aspects: readonly number[], options: GridOptions): Grid {
  const { columns, width, gap, captionHeight } = options
  const cellWidth = (width - gap * (columns - 1)) / columns
  if (aspects.length === 0) return { rects: [], width: 0, height: 0, cellWidth }
  const cellAspect = [...aspects].sort((a, b) => a - b)[Math.floor(aspects.length / 2)]
  const cellHeight = cellWidth / cellAspect
  const pitch = cellHeight + captionHeight + gap
  const rects = aspects.map((aspect, i) => {
    const size =
      aspect > cellAspect
        ? { width: cellWidth, height: cellWidth / aspect }
        : { width: cellHeight * aspect, height: cellHeight }
    const free = cellHeight - size.height
    return {
      x: (i % columns) * (cellWidth + gap) + (cellWidth - size.width) / 2,
      y: Math.floor(i / columns) * pitch + (captionHeight > 0 ? free : free / 2),
      ...size,
    }
  })
  return { rects, width, height: Math.ceil(aspects.length / columns) * pitch - gap, cellWidth }
}
