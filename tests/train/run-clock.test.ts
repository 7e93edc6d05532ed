// The clock of a run.

import { describe, expect, test } from 'vitest'
import { duration, RunClock } from '../../src/train/run-clock.js'

describe('the clock', () => {
  test('counts the sessions before, and the time since', () => {
    let nowMs = 1000
    const clock = new RunClock(50, 12, () => nowMs)
    expect(clock.seconds).toBe(12)
    nowMs += 500
    expect(clock.seconds).toBe(12.5)
  })

  test('takes the speed of the last seconds', () => {
    let nowMs = 0
    const clock = new RunClock(0, 0, () => nowMs)
    expect(clock.estimate({ done: 0, total: 100 }, 1000)).toEqual({
      seconds: 0,
      megapixelsPerSecond: 0,
      secondsLeft: 0,
    })
    let step = 0
    // Slow at first, ten steps a second; then a hundred.
    for (; step < 100; nowMs += 100) clock.tick(++step)
    for (let i = 0; i < 100; i++, nowMs += 100) clock.tick((step += 10))
    const { megapixelsPerSecond, secondsLeft } = clock.estimate({ done: step, total: step + 500 }, 1000)
    expect(megapixelsPerSecond).toBeCloseTo(0.1, 2)
    expect(secondsLeft).toBeCloseTo(5, 1)
    expect(clock.stepsFor(150)).toBe(15)
  })

  test('gives at least one step, and a few before it knows the speed', () => {
    let nowMs = 0
    const clock = new RunClock(0, 0, () => nowMs)
    expect(clock.stepsFor(150)).toBe(4)
    nowMs = 60_000
    clock.tick(1)
    expect(clock.stepsFor(150)).toBe(1)
  })
})

test.each([
  [0, '0:00'],
  [65.4, '1:05'],
  [3599.6, '1:00:00'],
  [7389, '2:03:09'],
  [-3, '0:00'],
])('%f seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text))
