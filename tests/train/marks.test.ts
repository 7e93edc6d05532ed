// The steps at which something is due.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { logSpacedSteps, nextMeasured } from '../../src/train/marks.js'

const isAscending = (steps: readonly number[]) => steps.every((step, i) => i === 0 || step > steps[i - 1])

/** Every step at which a run is measured. */
function measuredSteps(steps: number): number[] {
  const marks: number[] = []
  for (let step = 0; step < steps;) {
    step = nextMeasured(step, steps)
    marks.push(step)
  }
  return marks
}

describe('steps spaced in log time', () => {
  test('are whole, strictly ascending, as many as asked for where there are as many, from the first to the last', () => {
    const whole = (max: number) => fc.integer({ min: 0, max })
    fc.assert(
      fc.property(whole(5000), whole(1_000_000), fc.integer({ min: 2, max: 200 }), (first, length, count) => {
        const last = first + length
        const steps = logSpacedSteps(first, last, count)
        expect(steps).toHaveLength(Math.min(count, length + 1))
        expect(isAscending(steps) && steps.every(Number.isInteger)).toBe(true)
        expect([steps[0], steps[steps.length - 1]]).toEqual([first, last])
      }),
      { seed: 4, numRuns: 500 },
    )
  })

  test('are the last one alone when one is asked for, none when none is', () => {
    expect(logSpacedSteps(3, 90, 1)).toEqual([90])
    expect(logSpacedSteps(3, 90, 0)).toEqual([])
    expect(logSpacedSteps(0, 0, 5)).toEqual([0])
  })

  test('are even in the logarithm once they are more than a step apart', () => {
    const steps = logSpacedSteps(0, 100_000, 60)
    const apart = Math.log(100_001) / 59
    for (let i = 40; i < 60; i++)
      expect(Math.abs(Math.log((steps[i] + 1) / (steps[i - 1] + 1)) / apart - 1)).toBeLessThan(0.01)
  })
})

describe('measurements', () => {
  test.each([1, 2, 5, 79, 80, 81, 100, 1000, 12_345, 1_000_000])(
    'of a run of %i end with it and begin early',
    steps => {
      const marks = measuredSteps(steps)
      expect(isAscending(marks)).toBe(true)
      expect(marks[0]).toBe(1)
      expect(marks[marks.length - 1]).toBe(steps)
      // Eighty evenly, two dozen early ones, so that measuring is a small part of any run.
      expect(marks.length).toBeLessThanOrEqual(Math.min(steps, 80 + 24))
      expect(marks.length).toBeGreaterThanOrEqual(Math.min(steps, 40))
      const apart = marks.map((mark, i) => mark - (marks[i - 1] ?? 0))
      expect(Math.max(...apart)).toBeLessThanOrEqual(Math.ceil(steps / 80))
    },
  )

  test('do not depend on where the run stands between two of them', () => {
    for (const steps of [60, 1000, 54_321]) {
      const marks = measuredSteps(steps)
      for (let step = 0; step < steps; step += Math.ceil(steps / 1000))
        expect(nextMeasured(step, steps)).toBe(marks.find(mark => mark > step))
    }
  })
})
