// The grid layout: proportions, equal cells, order.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { layoutGrid } from '../../src/world/grid.js'

const RUNS = process.env.VEXEL_FULL ? 5000 : 300
const ATOL = 1e-9

test('every rectangle keeps its proportions, fills its cell one way, and stands in the middle or on the caption', () => {
  const property = fc.property(
    fc.array(fc.constantFrom(0.01, 0.82, 1, 1.5, 1.9, 2, 2.55, 100), { minLength: 1, maxLength: 30 }),
    fc.integer({ min: 1, max: 12 }),
    fc.double({ min: 0, max: 0.5, noNaN: true }),
    fc.constantFrom(0, 0.3),
    (aspects, columns, gap, captionHeight) => {
      const grid = layoutGrid(aspects, { columns, width: 20, gap, captionHeight })
      expect(grid.rects.length).toBe(aspects.length)
      expect(Math.abs(grid.cellWidth * columns + gap * (columns - 1) - 20)).toBeLessThan(ATOL)
      const rows = Math.ceil(aspects.length / columns)
      const cellHeight = (grid.height - gap * (rows - 1)) / rows - captionHeight
      const atol = ATOL * (1 + grid.height)
      grid.rects.forEach((rect, i) => {
        const left = (i % columns) * (grid.cellWidth + gap)
        const top = Math.floor(i / columns) * (cellHeight + captionHeight + gap)
        expect(Math.abs(rect.width / rect.height / aspects[i] - 1)).toBeLessThan(1e-12)
        expect(Math.abs(rect.x + rect.width / 2 - left - grid.cellWidth / 2)).toBeLessThan(atol)
        const free = cellHeight - rect.height
        expect(Math.abs(rect.y - top - (captionHeight > 0 ? free : free / 2))).toBeLessThan(atol)
        expect(Math.max(rect.width / grid.cellWidth, rect.height / cellHeight)).toBeCloseTo(1, 6)
      })
    },
  )
  fc.assert(property, { seed: 1, numRuns: RUNS })
})

test('a grid of nothing is nothing', () => {
  expect(layoutGrid([], { columns: 3, width: 9, gap: 0, captionHeight: 0 })).toMatchObject({ rects: [], height: 0 })
})
