// Cutting a viewport into tiles. A level of refinement evaluates the net once a block of step x step pixels (at the
// block's centre), or once a pixel, or at several samples a pixel; or it shows every pixel, most of them put in between those
// that are evaluated: a coherent one. A tile is a rectangle of blocks of one item.

import type { Camera, Rect, Size } from './camera.js'
import { type Item, visibleRect } from './item.js'

/** How most pixels of a level are put in between. */
export interface CoherentLevel {
  /** How far they may be from the net's, roughly, in levels of colour. */
  readonly tolerance: number
  /** Evaluations a pixel that are expected. */
  readonly share: number
  /** The least edge of its tiles, in blocks. */
  readonly leastEdge: number
}

/** One level of refinement. `step` is a power of two; `samples` is 1 wherever step is above 1. */
export interface Level {
  readonly step: number
  readonly samples: number
  /** Of a coherent level, whose step is 1; absent where all pixels are evaluated. */
  readonly coherent?: CoherentLevel
}

/** A rectangle of blocks of one item at one level. */
export interface Tile extends Level {
  readonly item: Item
  /** What is evaluated, in blocks of step x step pixels counted from the viewport's top left corner; x is aligned. */
  readonly blocks: Rect
  /** The part of `blocks` that belongs to the item: what the alignment added on the left is another item's place. */
  readonly shown: Rect
}

// A fragment invocation evaluates four neighbouring blocks of a row: tiles begin at multiples of this.
export const BLOCK_ALIGNMENT = 4
/** The smallest tile edge, in blocks: with 16 samples a pixel it takes as long as 32 x 32 with one. */
export const MIN_TILE_EDGE = 8

/** The largest edge of coherent tiles, in blocks: every tile has a lattice and a ring of its own, and is drawn at once. */
export const MAX_COHERENT_EDGE = 256

/** The tile edge, in blocks, for a number of net evaluations a tile may take: a power of two from 8 to 1024. */
export function tileEdgeFor(evaluations: number, samples: number): number {
  let edge = MIN_TILE_EDGE
  while (edge < 1024 && (edge * 2) ** 2 * samples <= evaluations) edge *= 2
  return edge
}

/** The tile edge of a coherent level. @param least edge that is worth a lattice */
export function coherentTileEdge(evaluations: number, share: number, least: number): number {
  return Math.max(least, Math.min(MAX_COHERENT_EDGE, tileEdgeFor(evaluations / share, 1)))
}

/**
 * Lists the tiles of one level, those nearest to the focus first.
 * @param focus pixel position, usually the cursor's
 */
export function planTiles(
  items: readonly Item[],
  camera: Camera,
  viewport: Size,
  level: Level,
  tileEdge: number,
  focus: readonly [number, number],
): Tile[] {
  const tiles: { tile: Tile; distance: number }[] = []
  const { step } = level
  for (const item of items) {
    const seen = visibleRect(item, camera, viewport)
    if (!seen) continue
    const right = Math.ceil((seen.x + seen.width) / step)
    const bottom = Math.ceil((seen.y + seen.height) / step)
    const first = Math.floor(seen.x / step)
    const left = Math.floor(first / BLOCK_ALIGNMENT) * BLOCK_ALIGNMENT
    for (let y = Math.floor(seen.y / step); y < bottom; y += tileEdge)
      for (let x = left; x < right; x += tileEdge) {
        const blocks = { x, y, width: Math.min(tileEdge, right - x), height: Math.min(tileEdge, bottom - y) }
        const dx = Math.max(x - focus[0] / step, focus[0] / step - x - blocks.width, 0)
        const dy = Math.max(y - focus[1] / step, focus[1] / step - y - blocks.height, 0)
        const cut = Math.max(0, first - x)
        const shown = { ...blocks, x: x + cut, width: blocks.width - cut }
        tiles.push({ tile: { ...level, item, blocks, shown }, distance: Math.hypot(dx, dy) })
      }
  }
  return tiles.sort((a, b) => a.distance - b.distance).map(({ tile }) => tile)
}

/** What a tile costs, in evaluations of a net as large as MysteryNet. */
export function tileEvaluations({ item, blocks, samples, coherent }: Tile): number {
  return blocks.width * blocks.height * samples * (coherent?.share ?? 1) * item.cost
}
