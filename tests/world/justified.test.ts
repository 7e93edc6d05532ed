// The justified layout: what holds for every wall, and that its rows are the best there are.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Rect } from '../../src/world/camera.js'
import { justify, justifyInto, neighbour } from '../../src/world/justified.js'

const RUNS = process.env.VEXEL_FULL ? 5000 : 300
/** Of the wall's width: sums of at most a thousand float64. */
const ATOL = 1e-10

/** Nepal, the square ones, Belgium, most, the Union's, Qatar. */
const FLAGS = [0.82, 1, 1, 1.15, 1.5, 1.5, 1.5, 1.5, 1.6, 2, 2, 2, 1.9, 2.55]

/** As many flags as asked for, in an order without a pattern. */
const flags = (count: number) => Array.from({ length: count }, (_, i) => FLAGS[(i * 7919 + (i * i * 31) ** 2) % 14])

const flag = fc.constantFrom(...FLAGS)
const extreme = fc.oneof({ weight: 5, arbitrary: flag }, { weight: 1, arbitrary: fc.constantFrom(0.01, 0.1, 10, 100) })
const anyAspects = fc.oneof(fc.array(flag, { maxLength: 60 }), fc.array(extreme, { maxLength: 40 }))
const anyOptions = fc.record({
  width: fc.double({ min: 0.5, max: 40, noNaN: true }),
  rowHeight: fc.double({ min: 0.2, max: 4, noNaN: true }),
  gap: fc.double({ min: 0, max: 0.5, noNaN: true }),
  captionHeight: fc.double({ min: 0, max: 0.5, noNaN: true }),
})

const right = ({ x, width }: Rect) => x + width
const bottom = ({ y, height }: Rect) => y + height

/** The rectangles row by row: those that hang equally high. */
function rowsOf(rects: readonly Rect[]): Rect[][] {
  const rows: Rect[][] = []
  for (const rect of rects)
    if (rows.at(-1)?.[0].y === rect.y) rows.at(-1)?.push(rect)
    else rows.push([rect])
  return rows
}

describe('every wall', () => {
  test('keeps proportions and reading order, overlaps nowhere, and is as large as it says', () => {
    const property = fc.property(anyAspects, anyOptions, (aspects, options) => {
      const { rects, width, height } = justify(aspects, options)
      const atol = ATOL * (options.width + height)
      expect(rects.length).toBe(aspects.length)
      rects.forEach((rect, i) => {
        expect(Math.abs(rect.width / rect.height / aspects[i] - 1)).toBeLessThan(1e-14)
        expect(rect.height).toBeGreaterThan(0)
      })
      const rows = rowsOf(rects)
      rows.forEach((row, r) => {
        expect(row[0].x).toBe(0)
        row.slice(1).forEach((rect, i) => {
          expect(Math.abs(rect.x - right(row[i]) - options.gap)).toBeLessThan(atol)
          expect(rect.height).toBe(row[0].height)
        })
        const above = r === 0 ? 0 : bottom(rows[r - 1][0]) + options.captionHeight + options.gap
        expect(Math.abs(row[0].y - above)).toBeLessThan(atol)
      })
      const last = rows.at(-1)
      expect(Math.abs(height - (last ? bottom(last[0]) + options.captionHeight : 0))).toBeLessThan(atol)
      expect(width).toBe(Math.max(0, ...rects.map(right)))
      expect(width).toBeLessThan(options.width + atol)
    })
    fc.assert(property, { seed: 1, numRuns: RUNS })
  })

  test('has rows that fill the width, but the last, which is no higher than the one before', () => {
    const property = fc.property(anyAspects, anyOptions, (aspects, options) => {
      const rows = rowsOf(justify(aspects, options).rects)
      rows.slice(0, -1).forEach(row => {
        // A row that cannot fill the width at a sane height does not.
        if (row[0].height < 2 * options.rowHeight)
          expect(Math.abs((right(row[row.length - 1]) - options.width) / options.width)).toBeLessThan(ATOL)
        expect(row[0].height).toBeLessThanOrEqual(2 * options.rowHeight)
        if (row.length > 1) expect(row[0].height).toBeGreaterThanOrEqual(options.rowHeight / 2)
      })
      if (rows.length > 1) {
        const [before, last] = rows.slice(-2).map(row => row[0].height)
        // Beside a ribbon of 100:1 nothing would be left of it.
        expect(last).toBeLessThanOrEqual(Math.max(before, options.rowHeight / 2))
      }
    })
    fc.assert(property, { seed: 2, numRuns: RUNS })
  })

  test('grows with its unit', () => {
    const property = fc.property(anyAspects, anyOptions, (aspects, options) => {
      const doubled = Object.fromEntries(Object.entries(options).map(([name, length]) => [name, 2 * length]))
      const twice = justify(aspects, { ...options, ...doubled })
      const once = justify(aspects, options)
      expect(twice.height).toBe(2 * once.height)
      expect(twice.rects).toEqual(
        once.rects.map(rect => ({ x: 2 * rect.x, y: 2 * rect.y, width: 2 * rect.width, height: 2 * rect.height })),
      )
    })
    fc.assert(property, { seed: 3, numRuns: RUNS })
  })
})

test('rows break where the whole wall is most even', () => {
  // Every way to break eleven flags into full rows, by what their heights deviate.
  const aspects = flags(11)
  const width = 5.2
  const deviation = (rows: readonly number[]) => rows.reduce((sum, height) => sum + (height - 1 / height) ** 2, 0)
  const heights = rowsOf(justify(aspects, { width }).rects).map(row => row[0].height)
  let least = Number.POSITIVE_INFINITY
  for (let breaks = 0; breaks < 1 << 10; breaks++) {
    const sums = [aspects[0]]
    for (let i = 1; i < aspects.length; i++)
      if ((breaks >> (i - 1)) & 1) sums.push(aspects[i])
      else sums[sums.length - 1] += aspects[i]
    // A last row that does not fill the width is left out of this: how bad that is is a matter of taste.
    if (sums[sums.length - 1] >= width) least = Math.min(least, deviation(sums.map(sum => width / sum)))
  }
  expect(deviation(heights)).toBeLessThanOrEqual(least + 1e-12)
})

test('rows of a wall of flags are even', () => {
  for (const width of [14, 21, 30]) {
    const heights = rowsOf(justify(flags(250), { width, gap: 0.1, captionHeight: 0.2 }).rects).map(row => row[0].height)
    expect(Math.min(...heights), `${width} wide`).toBeGreaterThan(0.85)
    expect(Math.max(...heights), `${width} wide`).toBeLessThan(1.15)
  }
})

describe('a wall for a box', () => {
  test('is as good as nothing', () => {
    expect(justifyInto([], 1.5)).toEqual({ rects: [], width: 0, height: 0 })
    expect(justify([], { width: 3 })).toEqual({ rects: [], width: 0, height: 0 })
  })

  test('of one flag is the flag', () => {
    for (const aspect of [0.01, 0.82, 1.5, 100]) {
      const { rects, width, height } = justifyInto([aspect], 16 / 9, { gap: 0.1 })
      expect(rects).toEqual([{ x: 0, y: 0, width, height }])
      expect(height).toBeCloseTo(1, 12)
      expect(width / height).toBeCloseTo(aspect, 12)
    }
  })

  test.each([16 / 9, 4 / 3, 1, 9 / 16, 0.46, 4])('comes near to %d', boxAspect => {
    for (const count of [60, 195, 250, 254]) {
      const { width, height, rects } = justifyInto(flags(count), boxAspect, { gap: 0.1, captionHeight: 0.2 })
      expect(rects.length).toBe(count)
      const fit = width / height / boxAspect
      expect(Math.min(fit, 1 / fit), `${count} flags: ${width} x ${height}`).toBeGreaterThan(0.75)
      // Of the box what is neither flag, caption nor gap.
      const used = rects.reduce((sum, rect) => sum + (rect.width + 0.1) * (rect.height + 0.3), 0)
      const box = Math.max(width, height * boxAspect) * Math.max(height, width / boxAspect)
      expect(used / box, `${count} flags: ${width} x ${height}`).toBeGreaterThan(0.8)
    }
  })

  test('stays sane whatever is in it', () => {
    const property = fc.property(
      fc.array(extreme, { minLength: 1, maxLength: 40 }),
      fc.double({ min: 0.05, max: 20, noNaN: true }),
      fc.double({ min: 0, max: 0.5, noNaN: true }),
      (aspects, boxAspect, gap) => {
        const { rects, width, height } = justifyInto(aspects, boxAspect, { gap })
        expect(rects.length).toBe(aspects.length)
        for (const rect of rects) {
          expect(rect.height).toBeGreaterThan(0)
          expect(rect.height).toBeLessThanOrEqual(2)
          expect(right(rect)).toBeLessThanOrEqual(width * (1 + ATOL))
          expect(bottom(rect)).toBeLessThanOrEqual(height * (1 + ATOL))
        }
      },
    )
    fc.assert(property, { seed: 4, numRuns: RUNS })
  })

  test('looks at each flag about as often as a row is long, not at all pairs', () => {
    const readsOf = (count: number) => {
      let reads = 0
      const counted = new Proxy(flags(count), {
        get(target, key, receiver) {
          reads++
          return Reflect.get(target, key, receiver)
        },
      })
      justifyInto(counted, 16 / 9, { gap: 0.1, captionHeight: 0.2 })
      return reads
    }
    // Rows grow with the root of the flags: four times as many are eight times the work; all pairs would be sixteen times.
    expect(readsOf(1200) / readsOf(300)).toBeLessThan(10)
  })
})

describe('the arrow keys', () => {
  const { rects } = justify(flags(40), { width: 9, gap: 0.1, captionHeight: 0.2 })
  const rows = rowsOf(rects)

  test('left and right go through the ends of rows and stop at those of the wall', () => {
    const last = rects.length - 1
    for (let i = 0; i <= last; i++) {
      expect(neighbour(rects, i, 'right')).toBe(Math.min(last, i + 1))
      expect(neighbour(rects, i, 'left')).toBe(Math.max(0, i - 1))
    }
  })

  test('up and down lead to the nearest of the next row, and stop at the first and last', () => {
    const middle = (rect: Rect) => rect.x + rect.width / 2
    rows.forEach((row, r) => {
      for (const rect of row)
        for (const [direction, next] of [
          ['up', rows[r - 1]],
          ['down', rows[r + 1]],
        ] as const) {
          const found = rects[neighbour(rects, rects.indexOf(rect), direction)]
          if (!next) expect(found).toBe(rect)
          else {
            const distance = (other: Rect) => Math.abs(middle(other) - middle(rect))
            expect(next).toContain(found)
            expect(distance(found)).toBe(Math.min(...next.map(distance)))
          }
        }
    })
  })

  test('work where rectangles of a row differ in height', () => {
    // Two columns of equal cells, 1 x 1, each with its flag in the middle.
    const grid = [0.5, 1, 2, 0.5, 4].map((aspect, i) => {
      const [width, height] = aspect > 1 ? [1, 1 / aspect] : [aspect, 1]
      return { x: (i % 2) + (1 - width) / 2, y: Math.floor(i / 2) + (1 - height) / 2, width, height }
    })
    const all = (direction: 'up' | 'down') => grid.map((_, i) => neighbour(grid, i, direction))
    expect(all('down')).toEqual([2, 3, 4, 4, 4])
    expect(all('up')).toEqual([0, 1, 0, 1, 2])
  })
})
