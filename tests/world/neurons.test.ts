import { describe, expect, test } from 'vitest'
import type { Rect, Size } from '../../src/world/camera.js'
import { layoutNeurons, nearestTowards } from '../../src/world/neurons.js'

const OPTIONS = { gap: 0.1, layerGap: 0.2, captionHeight: 16 }
const MYSTERY_NET = [16, 32, 32, 32, 32, 32, 32, 16]
const CASES: readonly { hidden: readonly number[]; aspect: number; box: Size }[] = [
  { hidden: MYSTERY_NET, aspect: 2, box: { width: 1260, height: 630 } },
  { hidden: MYSTERY_NET, aspect: 1.5, box: { width: 370, height: 600 } },
  { hidden: MYSTERY_NET, aspect: 0.82, box: { width: 900, height: 600 } },
  { hidden: [8, 8], aspect: 1.5, box: { width: 1260, height: 630 } },
  { hidden: [1], aspect: 3, box: { width: 300, height: 900 } },
  { hidden: [128, 7, 64], aspect: 1, box: { width: 800, height: 200 } },
]

const overlaps = (a: Rect, b: Rect) =>
  a.x < b.x + b.width - 1e-9 && b.x < a.x + a.width - 1e-9 && a.y < b.y + b.height - 1e-9 && b.y < a.y + a.height - 1e-9

describe.each(CASES)('the units of $hidden in $box.width x $box.height', ({ hidden, aspect, box }) => {
  const laidOut = layoutNeurons(hidden, 4, aspect, box, OPTIONS)
  const rects = laidOut.layers.flat()

  test('are all there, in their proportions, none over another or over a caption', () => {
    expect(laidOut.layers.map(({ length }) => length)).toEqual([...hidden, 4])
    rects.forEach((rect, i) => {
      expect(rect.width / rect.height).toBeCloseTo(aspect, 9)
      for (const other of [...rects.slice(i + 1), ...laidOut.captions]) expect(overlaps(rect, other)).toBe(false)
    })
  })

  test('lie within the layout, of which every edge is used', () => {
    const all = [...rects, ...laidOut.captions]
    for (const { x, y, width, height } of all) {
      expect(x).toBeGreaterThanOrEqual(0)
      expect(y).toBeGreaterThanOrEqual(0)
      expect(x + width).toBeLessThanOrEqual(laidOut.width + 1e-9)
      expect(y + height).toBeLessThanOrEqual(laidOut.height + 1e-9)
    }
    expect(Math.max(...rects.map(({ y, height }) => y + height))).toBeCloseTo(laidOut.height, 9)
    expect(Math.max(...all.map(({ x, width }) => x + width))).toBeCloseTo(laidOut.width, 9)
  })

  test('are read layer by layer in the net’s order, the last ones larger', () => {
    const along = laidOut.arrangement === 'bands' ? 'y' : 'x'
    const starts = laidOut.layers.map(layer => Math.min(...layer.map(rect => rect[along])))
    expect(starts).toEqual([...starts].sort((a, b) => a - b))
    expect(rects[0].height).toBe(1)
    expect(laidOut.layers.at(-1)?.[0].height).toBeGreaterThanOrEqual(2)
  })

  test('have captions as high as was asked for', () => {
    const scale = Math.min(box.width / laidOut.width, box.height / laidOut.height)
    for (const { height } of laidOut.captions) expect(height * scale).toBeCloseTo(OPTIONS.captionHeight, 0)
  })
})

test('a net fills most of a usual window with its pictures', () => {
  for (const { box, hidden, aspect } of CASES.slice(0, 2)) {
    const { layers, width, height } = layoutNeurons(hidden, 4, aspect, box, OPTIONS)
    const scale = Math.min(box.width / width, box.height / height)
    const covered = layers.flat().reduce((sum, rect) => sum + rect.width * rect.height, 0) * scale * scale
    expect(covered / (box.width * box.height)).toBeGreaterThan(0.5)
  }
})

describe('an arrow key', () => {
  const { layers } = layoutNeurons(MYSTERY_NET, 4, 1.5, { width: 1260, height: 630 }, OPTIONS)
  const rects = layers.flat()

  test('leads in its direction, or nowhere', () => {
    rects.forEach((from, i) => {
      for (const [direction, dx, dy] of [
        ['left', -1, 0],
        ['right', 1, 0],
        ['up', 0, -1],
        ['down', 0, 1],
      ] as const) {
        const to = rects[nearestTowards(rects, i, direction)]
        if (to !== from)
          expect(
            (to.x + to.width / 2 - from.x - from.width / 2) * dx +
              (to.y + to.height / 2 - from.y - from.height / 2) * dy,
          ).toBeGreaterThan(0)
      }
    })
  })

  test('reaches every unit from the first', () => {
    const reached = new Set([0])
    for (const i of reached)
      for (const direction of ['left', 'right', 'up', 'down'] as const) reached.add(nearestTowards(rects, i, direction))
    expect(reached.size).toBe(rects.length)
  })

  test('goes to the neighbour straight ahead', () => {
    const grid = Array.from({ length: 9 }, (_, i) => ({
      x: (i % 3) * 1.6,
      y: Math.floor(i / 3) * 1.1,
      width: 1.5,
      height: 1,
    }))
    expect(nearestTowards(grid, 4, 'left')).toBe(3)
    expect(nearestTowards(grid, 4, 'right')).toBe(5)
    expect(nearestTowards(grid, 4, 'up')).toBe(1)
    expect(nearestTowards(grid, 4, 'down')).toBe(7)
    expect(nearestTowards(grid, 0, 'left')).toBe(0)
    expect(nearestTowards(grid, 8, 'down')).toBe(8)
  })
})
