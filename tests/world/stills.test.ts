// Stills: cells that never overlap, in which an item is placed so that its tile is its picture; and what stands in for what.

import { describe, expect, test } from 'vitest'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import { type Item, itemSampling } from '../../src/world/item.js'
import {
  isOutworn,
  isUnrefined,
  standIns,
  STILL_CELL,
  STILL_PAGE,
  StillAtlas,
  stillBlocks,
  stillStep,
} from '../../src/world/stills.js'
import { BLOCK_ALIGNMENT } from '../../src/world/tiles.js'

const itemOf = (network: number, aspect: number, x = network * 3): Item => ({
  network,
  tap: null,
  tone: null,
  frame: DEFAULT_FRAME,
  rect: { x, y: 1, width: aspect, height: 1 },
  cost: 1,
  unbounded: false,
})

const ASPECTS = [2, 1.5, 0.82, 1, 2.55, 100, 0.01]
const VIEWPORT = { width: 800, height: 600 }

describe('the cells of an atlas', () => {
  test('hold pictures of any proportions, whole, none over another, page after page', () => {
    const atlas = new StillAtlas()
    const taken = new Map<string, number>()
    for (let network = 1; network <= 600; network++) {
      const still = atlas.of(itemOf(network, ASPECTS[network % ASPECTS.length]))
      const { x, y, width, height } = stillBlocks(still)
      expect(x % BLOCK_ALIGNMENT).toBe(0)
      expect(width).toBeLessThanOrEqual(STILL_CELL.width)
      expect(height).toBeLessThanOrEqual(STILL_CELL.height)
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(1)
      expect(x + width).toBeLessThanOrEqual(STILL_PAGE.width)
      expect(y + height).toBeLessThanOrEqual(STILL_PAGE.height)
      const cell = `${still.page}: ${x}, ${y}`
      expect(taken.get(cell), cell).toBeUndefined()
      taken.set(cell, network)
    }
    expect(new Set([...taken.keys()].map(cell => cell.split(':')[0])).size).toBe(3)
  })

  test('sample the frame from edge to edge, at the middles of their pixels', () => {
    const atlas = new StillAtlas()
    const item = itemOf(1, 1.5)
    const still = atlas.of(item)
    const { camera, viewport } = atlas.scene(still.page)
    const sampling = itemSampling(still.placed, camera)
    const { x, width } = still.placed.rect
    const planeAt = (pixel: number) => sampling.x + (pixel + 0.5 - viewport.width / 2) * sampling.stepX
    expect(planeAt(x)).toBeCloseTo(-1 + 1 / width, 12)
    expect(planeAt(x + width - 1)).toBeCloseTo(1 - 1 / width, 12)
  })

  test('that were given back are used again', () => {
    const atlas = new StillAtlas()
    const first = atlas.of(itemOf(1, 2))
    atlas.of(itemOf(2, 2))
    atlas.remove(1)
    const third = atlas.of(itemOf(3, 2))
    expect(third.placed.rect).toEqual(first.placed.rect)
    expect(atlas.has(itemOf(1, 2))).toBe(false)
  })

  test('that were given back leave no page behind on which there is nothing', () => {
    const atlas = new StillAtlas()
    const pages = [atlas.pageCount]
    const cells = (STILL_PAGE.width * STILL_PAGE.height) / (STILL_CELL.width * STILL_CELL.height)
    for (let network = 1; network <= 2 * cells + 1; network++) atlas.of(itemOf(network, 2))
    pages.push(atlas.pageCount)
    // A hole on the first page is filled before there is a third one again.
    atlas.remove(1)
    atlas.remove(2 * cells + 1)
    pages.push(atlas.pageCount)
    expect(atlas.of(itemOf(5000, 2)).page).toBe(0)
    // The last page is kept for the one that is on it.
    for (let network = cells + 1; network < 2 * cells; network++) atlas.remove(network)
    pages.push(atlas.pageCount)
    atlas.remove(2 * cells)
    pages.push(atlas.pageCount)
    atlas.clear()
    pages.push(atlas.pageCount)
    expect(pages).toEqual([0, 3, 2, 2, 1, 0])
  })

  test('another frame, or other weights, want another picture in the same cell', () => {
    const atlas = new StillAtlas()
    const item = itemOf(1, 2)
    const still = atlas.of(item)
    still.state = 'made'
    expect(atlas.has(item)).toBe(true)
    atlas.outdate(1)
    expect(atlas.of(item).state).toBe('wanted')
    still.state = 'made'
    const other = { ...item, frame: { ...DEFAULT_FRAME, order: 'yx' as const } }
    expect(atlas.has(other)).toBe(false)
    expect(atlas.of(other).placed.rect).toEqual(still.placed.rect)
    expect(atlas.of(other).state).toBe('wanted')
  })
})

describe('the units of one network', () => {
  const unitOf = (unit: number, over: Partial<Item> = {}): Item => ({
    ...itemOf(1, 1.5, unit),
    tap: { layer: 1, unit, stage: 'post' },
    tone: { offset: 0, scale: 2 },
    ...over,
  })

  test('have a cell each, beside the one of its head, and give all of them back with the network', () => {
    const atlas = new StillAtlas()
    const items = [itemOf(1, 1.5), ...Array.from({ length: 227 }, (_, unit) => unitOf(unit))]
    const cells = items.map(item => JSON.stringify(atlas.of(item).placed.rect))
    expect(new Set(cells).size).toBe(228)
    expect(items.map(item => atlas.of(item).placed.tap)).toEqual(items.map(({ tap }) => tap))
    atlas.remove(1)
    const others = items.map(item => JSON.stringify(atlas.of({ ...item, network: 2 }).placed.rect))
    expect(new Set(others)).toEqual(new Set(cells))
  })

  test('keep their stills, to be made anew at leisure, when only weights, tone or stage are others', () => {
    const atlas = new StillAtlas()
    const item = unitOf(3)
    const first = atlas.of(item)
    first.state = 'made'
    atlas.age(1)
    expect(atlas.has(item)).toBe(true)
    expect(isOutworn(atlas.of(item))).toBe(true)
    atlas.of(item).isAged = false
    for (const over of [{ tone: { offset: 1, scale: 2 } }, { tap: { layer: 1, unit: 3, stage: 'pre' as const } }]) {
      const other = unitOf(3, over)
      const still = atlas.of(other)
      expect(still.placed.rect).toEqual(first.placed.rect)
      expect(still.placed).toMatchObject(over)
      expect(isOutworn(still)).toBe(true)
      still.isAged = false
    }
    // What was never there cannot stand in.
    expect(isOutworn(atlas.of(unitOf(4)))).toBe(false)
    expect(atlas.has(unitOf(4))).toBe(false)
    atlas.outdate(1)
    expect(atlas.of(unitOf(3, { tap: { layer: 1, unit: 3, stage: 'pre' } })).state).toBe('wanted')
  })
})

test('a still of one sample a pixel is good enough to stand in, and to be refined; that of a unit stays', () => {
  const atlas = new StillAtlas()
  const still = atlas.of(itemOf(1, 1.5))
  expect(isUnrefined(still)).toBe(false)
  still.state = 'made'
  expect([atlas.has(itemOf(1, 1.5)), isUnrefined(still)]).toEqual([true, true])
  still.samples = 4
  expect(isUnrefined(still)).toBe(false)
  const unit = atlas.of({ ...itemOf(2, 1.5), tap: { layer: 1, unit: 3, stage: 'post' }, tone: { offset: 0, scale: 2 } })
  unit.state = 'made'
  expect(isUnrefined(unit)).toBe(false)
})

describe('what stands in', () => {
  const camera = { x: 5, y: 1.5, scale: 100 }
  const items = [itemOf(1, 2, 0), itemOf(2, 2, 3), itemOf(3, 2, 6), itemOf(4, 2, 500)]
  const atlas = new StillAtlas()
  for (const item of [items[0], items[1], items[3]]) atlas.of(item).state = 'made'
  const networks = (list: readonly { item: Item }[]) => list.map(({ item }) => item.network)

  test('is every still that is made and in sight, while there is no picture', () => {
    expect(networks(standIns(items, atlas, null, camera, VIEWPORT))).toEqual([1, 2])
  })

  test('is nothing where a picture shows the same, and again what has come into sight, or is not in it', () => {
    const shown = { items, camera, viewport: VIEWPORT, samples: 1 }
    expect(standIns(items, atlas, shown, camera, VIEWPORT)).toEqual([])
    expect(networks(standIns(items, atlas, shown, { ...camera, x: 3 }, VIEWPORT))).toEqual([1])
    expect(networks(standIns(items, atlas, { ...shown, items: [items[0]] }, camera, VIEWPORT))).toEqual([2])
    // Nearer, everything that is seen was seen before.
    expect(standIns(items, atlas, shown, { ...camera, scale: 300 }, VIEWPORT)).toEqual([])
    expect(networks(standIns(items, atlas, shown, { ...camera, scale: 40 }, VIEWPORT))).toEqual([1])
  })

  test('is as coarse as it is magnified', () => {
    const still = atlas.of(items[0])
    expect(stillStep(items[0], still, camera)).toBeCloseTo(100 / still.placed.rect.height, 12)
  })
})
