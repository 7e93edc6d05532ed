// Stills: a small picture of every item that hangs in a world, drawn by its net once and kept. They stand in where nothing
// better is there yet: while the camera flies, while a wall loads. They lie in the cells of pages; a page is a world of its
// own, a pixel a unit, in which an item is placed on its cell, so that whoever makes tiles makes stills.

import { sameTap, sameTone } from '../model/tap.js'
import type { Camera, Rect, Size } from './camera.js'
import { type Item, type NetworkHandle, visibleRect } from './item.js'
import type { Scene } from './scene.js'

/**
 * Samples a pixel of a still when there has been time: its pixels are far coarser than what sharp nets draw. The first ones have
 * one: a wall is to be there soon.
 */
export const STILL_SAMPLES = 4

/** A cell holds the largest picture of an item's proportions that fits into it, pixels. */
export const STILL_CELL: Size = { width: 96, height: 72 }
const COLUMNS = 16
const ROWS = 16
const CELLS = COLUMNS * ROWS
/** A page of cells, pixels: 7 MB in RGBA8. */
export const STILL_PAGE: Size = { width: COLUMNS * STILL_CELL.width, height: ROWS * STILL_CELL.height }
/** The camera under which the pixels of a page are those of its texture. */
const PAGE_CAMERA: Camera = { x: STILL_PAGE.width / 2, y: STILL_PAGE.height / 2, scale: 1 }

/** A place for a still. */
export interface Still {
  readonly page: number
  /** The item, placed on its cell: its rectangle is in pixels of the page and begins at whole ones. */
  readonly placed: Item
  /** Whether it has been asked for, and whether it is there. */
  state: 'wanted' | 'asked' | 'made'
  /** Whether what is there, or under way, is of a moment ago: good enough to stand in, to be made anew in idle times. */
  isAged: boolean
  /** Samples a pixel of what is there, or under way. */
  samples: number
}

/** Whether a still is there that is to be made anew when there is nothing better to do. */
export function isOutworn({ state, isAged }: Still): boolean {
  return state === 'made' && isAged
}

/** Whether a still is there that is to be made with more samples a pixel after all others. Units are smooth enough, and hundreds. */
export function isUnrefined({ state, samples, placed }: Still): boolean {
  return state === 'made' && samples < STILL_SAMPLES && placed.tap === null
}

/** Which of a network's stills an item has: one a unit, whatever the stage. */
function unitKey({ tap }: Item): string {
  return tap ? `${tap.layer}.${tap.unit}` : 'head'
}

/** Where the stills of items are: the cells of pages. */
export class StillAtlas {
  /** By network, and by what is seen of it. */
  readonly #stills = new Map<NetworkHandle, Map<string, { readonly cell: number; still: Still }>>()
  /** Cells below the count that were given back; all from the count on are free. */
  readonly #freeCells = new Set<number>()
  #cellCount = 0
  readonly #scenes: Scene[] = []

  /** The still of an item, which gets a cell if it has none. */
  of(item: Item): Still {
    const known = this.#find(item)
    if (known && isCurrent(known.still, item)) return known.still
    const cell = known?.cell ?? this.#takeCell()
    const still = placeOn(cell, item)
    if (known?.still.state === 'made' && known.still.placed.frame === item.frame) {
      // The same unit in another tone: better than nothing.
      still.state = 'made'
      still.isAged = true
    }
    let stills = this.#stills.get(item.network)
    if (!stills) this.#stills.set(item.network, (stills = new Map()))
    stills.set(unitKey(item), { cell, still })
    return still
  }

  /** Whether an item's picture is there. */
  has(item: Item): boolean {
    const still = this.#find(item)?.still
    return still?.state === 'made' && still.placed.frame === item.frame
  }

  /** Gives the cells of a network back. */
  remove(network: NetworkHandle): void {
    for (const { cell } of this.#stills.get(network)?.values() ?? []) this.#freeCells.add(cell)
    this.#stills.delete(network)
    while (this.#freeCells.delete(this.#cellCount - 1)) this.#cellCount--
  }

  /** How many pages there are stills on: those from this one on are nobody's. */
  get pageCount(): number {
    return Math.ceil(this.#cellCount / CELLS)
  }

  /** The weights of a network have changed: its pictures are wanted anew. */
  outdate(network: NetworkHandle): void {
    for (const { still } of this.#stills.get(network)?.values() ?? []) still.state = 'wanted'
  }

  /** The weights of a network have changed a little, and will again: its pictures stand in until there is time for others. */
  age(network: NetworkHandle): void {
    for (const { still } of this.#stills.get(network)?.values() ?? []) still.isAged = true
  }

  /** What was asked for may never come: it is wanted again. */
  restart(): void {
    for (const stills of this.#stills.values())
      for (const { still } of stills.values()) if (still.state === 'asked') still.state = 'wanted'
  }

  /** Forgets all: whoever held the pages is gone. */
  clear(): void {
    this.#stills.clear()
    this.#freeCells.clear()
    this.#cellCount = 0
  }

  /** The scene in which the tiles of a page are made. */
  scene(page: number): Scene {
    this.#scenes[page] ??= { items: [], camera: PAGE_CAMERA, viewport: STILL_PAGE, samples: 1 }
    return this.#scenes[page]
  }

  /** The first free cell, so that pages empty from the last one on. */
  #takeCell(): number {
    if (this.#freeCells.size === 0) return this.#cellCount++
    const cell = Math.min(...this.#freeCells)
    this.#freeCells.delete(cell)
    return cell
  }

  #find(item: Item): { readonly cell: number; still: Still } | undefined {
    return this.#stills.get(item.network)?.get(unitKey(item))
  }
}

/** Whether a still is what an item looks like, but for its weights. */
function isCurrent({ placed }: Still, { frame, tap, tone }: Item): boolean {
  return placed.frame === frame && sameTap(placed.tap, tap) && sameTone(placed.tone, tone)
}

/** A still of an item on a cell, wanted. */
function placeOn(cell: number, item: Item): Still {
  const x = (cell % COLUMNS) * STILL_CELL.width
  const y = (Math.floor(cell / COLUMNS) % ROWS) * STILL_CELL.height
  const scale = Math.min(STILL_CELL.width / item.rect.width, STILL_CELL.height / item.rect.height)
  // Never thinner than a pixel, whatever the proportions.
  const width = Math.max(1, item.rect.width * scale)
  const height = Math.max(1, item.rect.height * scale)
  const placed = { ...item, rect: { x, y, width, height } }
  return { page: Math.floor(cell / CELLS), placed, state: 'wanted', isAged: false, samples: 1 }
}

/** The whole pixels of the page that a still covers. */
export function stillBlocks({ placed: { rect } }: Still): Rect {
  return { ...rect, width: Math.ceil(rect.width), height: Math.ceil(rect.height) }
}

/** Pixels of the viewport that a pixel of an item's still stands for, along an edge. */
export function stillStep(item: Item, still: Still, camera: Camera): number {
  return (item.rect.height * camera.scale) / still.placed.rect.height
}

/** A still to be shown. */
export interface StandIn {
  readonly item: Item
  readonly still: Still
}

/**
 * What stands in for the items that a picture does not show whole.
 * @param shown the scene of the picture that will lie over them, null for none
 */
export function standIns(
  items: readonly Item[],
  atlas: StillAtlas,
  shown: Scene | null,
  camera: Camera,
  viewport: Size,
): StandIn[] {
  const list: StandIn[] = []
  const inPicture = new Set(shown?.items)
  for (const item of items) {
    if (item.unbounded || !atlas.has(item) || !visibleRect(item, camera, viewport)) continue
    if (shown && inPicture.has(item) && isWithin(item, camera, viewport, shown)) continue
    list.push({ item, still: atlas.of(item) })
  }
  return list
}

/** Whether what the viewport sees of an item lies within the view of a scene. */
function isWithin({ rect }: Item, camera: Camera, viewport: Size, shown: Scene): boolean {
  const isInside = (
    start: number,
    size: number,
    centre: number,
    extent: number,
    other: number,
    otherExtent: number,
  ) => {
    const left = Math.max(start, centre - extent / 2 / camera.scale)
    const right = Math.min(start + size, centre + extent / 2 / camera.scale)
    const half = otherExtent / 2 / shown.camera.scale
    return left >= other - half && right <= other + half
  }
  return (
    isInside(rect.x, rect.width, camera.x, viewport.width, shown.camera.x, shown.viewport.width) &&
    isInside(rect.y, rect.height, camera.y, viewport.height, shown.camera.y, shown.viewport.height)
  )
}
