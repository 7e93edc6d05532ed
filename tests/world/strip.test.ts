import { describe, expect, test } from 'vitest'
import { layoutStrip } from '../../src/world/strip.js'

const OPTIONS = { gap: 0.1, captionHeight: 0.2 }

describe('the strip layout', () => {
  test.each([
    [1, 1.5, 1.6],
    [7, 1.5, 1.6],
    [32, 2, 1.6],
    [32, 2, 0.5],
    [48, 0.8, 3],
  ])('of %i pictures of aspect %f in a box of %f keeps their order, size and distance', (count, aspect, boxAspect) => {
    const { rects, width, height } = layoutStrip(count, aspect, boxAspect, OPTIONS)
    expect(rects).toHaveLength(count)
    for (const [i, rect] of rects.entries()) {
      expect(rect.height).toBeCloseTo(1, 12)
      expect(rect.width).toBeCloseTo(aspect, 12)
      expect(rect.x).toBeGreaterThanOrEqual(-1e-12)
      expect(rect.x + rect.width).toBeLessThanOrEqual(width + 1e-9)
      expect(rect.y + rect.height + OPTIONS.captionHeight).toBeLessThanOrEqual(height + 1e-9)
      const before = rects[i - 1]
      if (!before) continue
      const isSameRow = Math.abs(rect.y - before.y) < 1e-9
      if (isSameRow) expect(rect.x - before.x - before.width).toBeCloseTo(OPTIONS.gap, 9)
      else {
        expect(rect.x).toBeCloseTo(0, 12)
        expect(rect.y - before.y).toBeCloseTo(1 + OPTIONS.captionHeight + OPTIONS.gap, 9)
      }
    }
  })

  test('takes the rows in which the pictures are largest', () => {
    const sizeIn = (boxAspect: number) => {
      const { rects, width, height } = layoutStrip(32, 2, boxAspect, OPTIONS)
      const rows = new Set(rects.map(({ y }) => y.toFixed(6))).size
      return { rows, scale: Math.min(boxAspect / width, 1 / height) }
    }
    // Of all numbers of columns, tried by hand.
    for (const boxAspect of [0.5, 1.6, 4]) {
      const scales = Array.from({ length: 32 }, (_, i) => {
        const columns = i + 1
        const rows = Math.ceil(32 / columns)
        return Math.min(boxAspect / (columns * 2.1 - 0.1), 1 / (rows * 1.3 - 0.1))
      })
      expect(sizeIn(boxAspect).scale).toBeCloseTo(Math.max(...scales), 12)
    }
    expect(sizeIn(0.5).rows).toBeGreaterThan(sizeIn(4).rows)
  })

  test('of nothing is nothing', () => {
    expect(layoutStrip(0, 1.5, 1.6, OPTIONS)).toEqual({ rects: [], width: 0, height: 0 })
  })
})
