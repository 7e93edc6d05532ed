// Tiles: together they cover what is seen, each pixel once, nearest to the focus first.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import type { Camera, Size } from '../../src/world/camera.js'
import { type Item, visibleRect } from '../../src/world/item.js'
import { layoutSingle } from '../../src/world/layout.js'
import {
  BLOCK_ALIGNMENT,
  MIN_TILE_EDGE,
  planTiles,
  type Tile,
  tileEdgeFor,
  tileEvaluations,
} from '../../src/world/tiles.js'

const RUNS = process.env.VEXEL_FULL ? 5_000 : 400

const CAMERA: Camera = { x: 0.1, y: -0.2, scale: 37 }
const anySize = fc.record({ width: fc.integer({ min: 1, max: 700 }), height: fc.integer({ min: 1, max: 500 }) })
const anyStep = fc.constantFrom(1, 2, 4, 8, 16, 32)
const anyEdge = fc.constantFrom(8, 16, 32, 64, 128, 1024)
const anyFocus = fc.tuple(
  fc.double({ min: -50, max: 750, noNaN: true }),
  fc.double({ min: -50, max: 550, noNaN: true }),
)

/** How often each block of the viewport is covered, in rows; blocks beyond it fail. */
function blockCounts(tiles: readonly Tile[], viewport: Size, step: number): Uint8Array {
  const columns = Math.ceil(viewport.width / step)
  const rows = Math.ceil(viewport.height / step)
  const counts = new Uint8Array(columns * rows)
  for (const { blocks } of tiles) {
    if (blocks.x + blocks.width > columns || blocks.y + blocks.height > rows)
      expect.fail(`${JSON.stringify(blocks)} reaches beyond the ${columns} x ${rows} blocks of the viewport`)
    for (let y = blocks.y; y < blocks.y + blocks.height; y++)
      for (let x = blocks.x; x < blocks.x + blocks.width; x++) counts[y * columns + x]++
  }
  return counts
}

/** Pixels from a focus to the nearest pixel of a tile. */
function distance({ blocks, step }: Tile, focus: readonly [number, number]): number {
  const gap = (start: number, length: number, at: number) =>
    Math.max(start * step - at, at - (start + length) * step, 0)
  return Math.hypot(gap(blocks.x, blocks.width, focus[0]), gap(blocks.y, blocks.height, focus[1]))
}

describe('the tiles of a flag with its surroundings', () => {
  const items = [layoutSingle(0, DEFAULT_FRAME)]

  test('cover every block of the viewport, and so every pixel, exactly once', () => {
    const property = fc.property(anySize, anyStep, anyEdge, anyFocus, (viewport, step, edge, focus) => {
      const tiles = planTiles(items, CAMERA, viewport, { step, samples: 1 }, edge, focus)
      const counts = blockCounts(tiles, viewport, step)
      expect(counts.findIndex(count => count !== 1)).toBe(-1)
      // The last block of a row or column may reach over the edge, but never lies beyond it.
      expect((Math.ceil(viewport.width / step) - 1) * step).toBeLessThan(viewport.width)
    })
    fc.assert(property, { seed: 1, numRuns: RUNS })
  })

  test('are no larger than asked for, begin where four blocks of a row begin, and know their level and item', () => {
    const property = fc.property(anySize, anyStep, anyEdge, (viewport, step, edge) => {
      const level = { step, samples: step === 1 ? 4 : 1 }
      for (const tile of planTiles(items, CAMERA, viewport, level, edge, [0, 0])) {
        const { x, width, height } = tile.blocks
        const isRight =
          width <= edge &&
          height <= edge &&
          width > 0 &&
          height > 0 &&
          x % BLOCK_ALIGNMENT === 0 &&
          tile.item === items[0]
        const isLevel = tile.step === level.step && tile.samples === level.samples
        if (!isRight || !isLevel || tileEvaluations(tile) !== width * height * level.samples)
          expect.fail(`${JSON.stringify(tile.blocks)} at step ${tile.step}, ${tile.samples} samples`)
      }
    })
    fc.assert(property, { seed: 2, numRuns: RUNS })
  })

  test('come nearest to the focus first', () => {
    const property = fc.property(anySize, anyStep, anyEdge, anyFocus, (viewport, step, edge, focus) => {
      const tiles = planTiles(items, CAMERA, viewport, { step, samples: 1 }, edge, focus)
      const distances = tiles.map(tile => distance(tile, focus))
      expect(distances.findIndex((next, i) => i > 0 && next < distances[i - 1] - 1e-9)).toBe(-1)
      const isInside = focus[0] > 0 && focus[1] > 0 && focus[0] < viewport.width && focus[1] < viewport.height
      if (isInside) expect(distances[0]).toBe(0)
    })
    fc.assert(property, { seed: 3, numRuns: RUNS })
  })
})

describe('the tiles of items with edges', () => {
  const side = fc.double({ min: 0.5, max: 12, noNaN: true })
  const place = fc.double({ min: -8, max: 8, noNaN: true })
  const rect = fc.record({ x: place, y: place, width: side, height: side })

  test('show nothing of the neighbour on the left that the alignment made them evaluate', () => {
    const property = fc.property(rect, anySize, anyStep, anyEdge, (r, viewport, step, edge) => {
      const item: Item = { network: 0, tap: null, tone: null, frame: DEFAULT_FRAME, rect: r, cost: 1, unbounded: false }
      const seen = visibleRect(item, CAMERA, viewport)
      for (const { blocks, shown } of planTiles([item], CAMERA, viewport, { step, samples: 1 }, edge, [0, 0])) {
        expect(shown.x).toBe(Math.max(blocks.x, Math.floor((seen?.x ?? 0) / step)))
        expect(shown.x + shown.width).toBe(blocks.x + blocks.width)
        expect([shown.y, shown.height]).toEqual([blocks.y, blocks.height])
      }
    })
    fc.assert(property, { seed: 5, numRuns: RUNS })
  })

  test('cover every pixel an item is seen at once, and little more', () => {
    const property = fc.property(rect, anySize, anyStep, anyEdge, (r, viewport, step, edge) => {
      const item: Item = { network: 0, tap: null, tone: null, frame: DEFAULT_FRAME, rect: r, cost: 1, unbounded: false }
      const seen = visibleRect(item, CAMERA, viewport)
      const tiles = planTiles([item], CAMERA, viewport, { step, samples: 1 }, edge, [0, 0])
      if (!seen) {
        expect(tiles).toEqual([])
        return
      }
      const counts = blockCounts(tiles, viewport, step)
      const columns = Math.ceil(viewport.width / step)
      const wrong = counts.findIndex((count, i) => {
        const [x, y] = [(i % columns) * step, Math.floor(i / columns) * step]
        const isSeen = x + step > seen.x && x < seen.x + seen.width && y + step > seen.y && y < seen.y + seen.height
        // Rows begin at multiples of four blocks, which may lie left of what is seen.
        const isNear = y + step > seen.y && y < seen.y + seen.height && seen.x - x <= BLOCK_ALIGNMENT * step
        return isSeen ? count !== 1 : count > (isNear ? 1 : 0)
      })
      expect(wrong, `block ${wrong % columns}, ${Math.floor(wrong / columns)}: ${counts[wrong]} times`).toBe(-1)
    })
    fc.assert(property, { seed: 4, numRuns: RUNS })
  })

  test('are those of every item that is seen, by distance whatever their order', () => {
    const item = (x: number): Item => ({
      network: x,
      tap: null,
      tone: null,
      frame: DEFAULT_FRAME,
      rect: { x, y: 0, width: 1, height: 1 },
      cost: 1,
      unbounded: false,
    })
    const items = [item(-2), item(0), item(1), item(50)]
    const viewport = { width: 128, height: 64 }
    const camera = { x: 0, y: 0.5, scale: 32 }
    // World 1.5 is 48 pixels right of the middle.
    const tiles = planTiles(items, camera, viewport, { step: 1, samples: 1 }, 32, [112, 32])
    expect(tiles.map(tile => tile.item.network)).toEqual([1, 0, -2])
  })
})

test('the edge of a tile is the largest power of two whose evaluations are allowed, from 8 to 1024', () => {
  expect(tileEdgeFor(1024, 1)).toBe(32)
  expect(tileEdgeFor(1023, 1)).toBe(16)
  expect(tileEdgeFor(4096, 4)).toBe(32)
  expect(tileEdgeFor(1024, 16)).toBe(8)
  expect(tileEdgeFor(0, 1)).toBe(MIN_TILE_EDGE)
  expect(tileEdgeFor(2 ** 20, 1)).toBe(1024)
  expect(tileEdgeFor(2 ** 30, 1)).toBe(1024)
})
