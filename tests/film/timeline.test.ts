// The timeline: how many frames, what each shows, how long.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FormatError } from '../../src/model/errors.js'
import { createTimeline, frameDurations } from '../../src/film/timeline.js'

const lengths = {
  seconds: fc.double({ min: 0.01, max: 30, noNaN: true }),
  fps: fc.double({ min: 1, max: 60, noNaN: true }),
}

describe('a timeline', () => {
  test('has round(seconds * fps) frames, the first at the first snapshot, the last at the last', () => {
    fc.assert(
      fc.property(fc.record(lengths), ({ seconds, fps }) => {
        const { positions } = createTimeline({ seconds, fps })
        expect(positions).toHaveLength(Math.max(1, Math.round(seconds * fps)))
        if (positions.length > 1) expect(positions[0]).toBe(0)
        expect(positions.at(-1)).toBe(1)
        positions.forEach((position, i) => i > 0 && expect(position).toBeGreaterThan(positions[i - 1]))
      }),
    )
  })

  test('runs evenly', () => {
    expect(createTimeline({ seconds: 1, fps: 5 }).positions).toEqual([0, 0.25, 0.5, 0.75, 1])
  })

  test('holds the last snapshot within its length', () => {
    const { positions } = createTimeline({ seconds: 2, fps: 4, holdSeconds: 0.75 })
    expect(positions).toEqual([0, 0.25, 0.5, 0.75, 1, 1, 1, 1])
  })

  test('to and fro shows every moment twice but the ends, so that it joins its own beginning', () => {
    expect(createTimeline({ seconds: 2, fps: 4, bounce: true }).positions).toEqual([
      0, 0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25,
    ])
    fc.assert(
      fc.property(fc.record(lengths), fc.double({ min: 0, max: 0.9, noNaN: true }), ({ seconds, fps }, share) => {
        const count = Math.max(1, Math.round(seconds * fps))
        fc.pre(count > 3 && Math.round(share * seconds * fps) < count - 2)
        const { positions } = createTimeline({ seconds, fps, holdSeconds: share * seconds, bounce: true })
        expect(positions).toHaveLength(count)
        expect(positions[0]).toBe(0)
        expect(Math.max(...positions)).toBe(1)
        expect(positions.filter(position => position === 0)).toHaveLength(1)
        const top = positions.indexOf(1)
        for (let i = 1; i < top; i++) expect(positions[count - i]).toBeCloseTo(positions[i], 12)
      }),
    )
  })

  test('of one frame shows the last snapshot', () => {
    for (const bounce of [false, true]) expect(createTimeline({ seconds: 0.01, fps: 5, bounce }).positions).toEqual([1])
  })

  test.each([
    { seconds: 0, fps: 5 },
    { seconds: -1, fps: 5 },
    { seconds: Number.NaN, fps: 5 },
    { seconds: 1, fps: 0 },
    { seconds: 1e9, fps: 25 },
    { seconds: Number.POSITIVE_INFINITY, fps: 25 },
    { seconds: 1, fps: 5, holdSeconds: 1 },
    { seconds: 1, fps: 5, holdSeconds: -1 },
    { seconds: 1, fps: 5, holdSeconds: Number.NaN },
  ])('of %o is refused', options => {
    expect(() => createTimeline(options)).toThrow(FormatError)
  })
})

test('durations in whole units never drift: each frame begins within half a unit of its time, and the sum is exact', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.double({ min: 1, max: 50, noNaN: true }), (count, fps) => {
      const durations = frameDurations(count, fps, 100)
      let begin = 0
      durations.forEach((duration, i) => {
        expect(Math.abs(begin - (100 * i) / fps)).toBeLessThanOrEqual(0.5 + 1e-9)
        begin += duration
      })
      expect(begin).toBe(Math.round((100 * count) / fps))
      expect(Math.min(...durations)).toBeGreaterThanOrEqual(1)
    }),
  )
  expect(frameDurations(6, 30, 100)).toEqual([3, 4, 3, 3, 4, 3])
})
