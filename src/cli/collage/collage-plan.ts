// Where the flags of a collage stand, in whole pixels: the layouts of src/world, in pixels and with a margin around.

import { FormatError } from '../../model/errors.js'
import { MAX_PICTURE_EDGE } from '../../model/view.js'
import type { Rect } from '../../world/camera.js'
import { layoutGrid } from '../../world/grid.js'
import { justify, justifyInto } from '../../world/justified.js'
import type { ImageSize } from '../../train/rgb-image.js'

export interface Place extends Rect {
  /** How wide a name beneath may be. */
  readonly captionWidth: number
}

/** A collage's size, and the places of its flags in their order. All in pixels. */
export interface CollagePlan extends ImageSize {
  readonly places: readonly Place[]
  /** Free beneath every place; 0 without captions. */
  readonly captionHeight: number
  readonly fontSize: number
}

export interface PlanOptions {
  readonly width: number
  /** Of a grid; null: justified rows. */
  readonly columns: number | null
  /** Between flags and around them all; null: a part of their height. */
  readonly gap: number | null
  readonly hasCaptions: boolean
}

/** The shape justified rows aim at, when only the width is given: that of a screen. */
const BOX_ASPECT = 16 / 9
/** Of the height of a row. */
const GAP_SHARE = 1 / 12
const FONT_SHARE = 0.11
/** Below this no name can be read; above it nobody steps back far enough. */
const MIN_FONT_SIZE = 10
const MAX_FONT_SIZE = 96
const CAPTION_PER_FONT = 1.5
/** The rows' height decides gap and captions, and those decide what rows fit: a few turns settle it. */
const TURNS = 6

/**
 * Plans a collage of exactly the wanted width.
 * @param aspects width / height of each flag
 * @throws FormatError when it does not fit, or would be higher than a picture may be
 */
export function planCollage(aspects: readonly number[], options: PlanOptions): CollagePlan {
  const { rects, captionWidths, gap, caption } = options.columns
    ? planGrid(aspects, options, options.columns)
    : planRows(aspects, options)
  // Edges are rounded, not sizes: what lines up stays in line.
  const places = rects.map((rect, i): Place => {
    // What is thinner than a pixel takes one all the same, inside the picture.
    const x = Math.min(Math.round(rect.x), options.width - 2 * gap - 1)
    const y = Math.round(rect.y)
    const width = Math.max(1, Math.round(rect.x + rect.width) - x)
    const height = Math.max(1, Math.round(rect.y + rect.height) - y)
    return { x: gap + x, y: gap + y, width, height, captionWidth: captionWidths[i] }
  })
  const bottom = places.reduce((most, place) => Math.max(most, place.y + place.height), 0)
  const height = bottom + caption.height + gap
  if (height > MAX_PICTURE_EDGE)
    throw new FormatError(`the collage would be ${height} pixels high, more than the ${MAX_PICTURE_EDGE} it may be`)
  return { width: options.width, height, places, captionHeight: caption.height, fontSize: caption.fontSize }
}

interface Unrounded {
  readonly rects: readonly Rect[]
  readonly captionWidths: readonly number[]
  readonly gap: number
  readonly caption: Caption
}

function planGrid(aspects: readonly number[], options: PlanOptions, columns: number): Unrounded {
  const gap = options.gap ?? Math.round((options.width / columns / 1.5) * GAP_SHARE)
  const inner = roomWithin(options.width, gap)
  if ((inner - gap * (columns - 1)) / columns < 1)
    throw new FormatError(`${columns} columns with gaps of ${gap} pixels do not fit into ${options.width} pixels`)
  // The cells' height is not known before; their proportions are nearly always about these.
  const caption = captionFor(inner / columns / 1.5, options.hasCaptions)
  const grid = layoutGrid(aspects, { columns, width: inner, gap, captionHeight: caption.height })
  return { rects: grid.rects, captionWidths: aspects.map(() => grid.cellWidth + gap / 2), gap, caption }
}

function planRows(aspects: readonly number[], options: PlanOptions): Unrounded {
  let rowHeight = options.width / 8
  let gap = 0
  let caption = captionFor(rowHeight, options.hasCaptions)
  let isOneRow = false
  for (let turn = 0; turn < TURNS; turn++) {
    gap = options.gap ?? Math.round(rowHeight * GAP_SHARE)
    caption = captionFor(rowHeight, options.hasCaptions)
    const wall = justifyInto(aspects, BOX_ASPECT, { rowHeight, gap, captionHeight: caption.height })
    rowHeight *= roomWithin(options.width, gap) / wall.width
    isOneRow = wall.rects.every(({ y }) => y === 0)
  }
  const width = roomWithin(options.width, gap)
  // One row has none before it to be as high as: it is told how high it has to be to fill the width.
  if (isOneRow) rowHeight = (width - gap * (aspects.length - 1)) / aspects.reduce((sum, aspect) => sum + aspect, 0)
  const { rects } = justify(aspects, { width, rowHeight, gap, captionHeight: caption.height })
  return { rects, captionWidths: rects.map(rect => rect.width + gap / 2), gap, caption }
}

interface Caption {
  readonly fontSize: number
  readonly height: number
}

function captionFor(rowHeight: number, hasCaptions: boolean): Caption {
  if (!hasCaptions) return { fontSize: 0, height: 0 }
  const fontSize = Math.min(MAX_FONT_SIZE, Math.max(MIN_FONT_SIZE, rowHeight * FONT_SHARE))
  return { fontSize, height: Math.ceil(fontSize * CAPTION_PER_FONT) }
}

function roomWithin(width: number, margin: number): number {
  const room = width - 2 * margin
  if (room < 1) throw new FormatError(`margins of ${margin} pixels leave no room in ${width} pixels`)
  return room
}
