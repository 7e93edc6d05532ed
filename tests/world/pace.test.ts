// The pace: whatever the speed of a tile maker, no batch holds the page up, and soon a batch takes about its budget.

import { describe, expect, test } from 'vitest'
import { adaptPace, MIN_BATCH, type Pace, SLOWEST_PACE, TARGET_BATCH_MS } from '../../src/world/pace.js'
import { createRandom } from '../model/network-files.js'

/** The longest draw call that issue 2 allows. */
const LONGEST_MS = 100
/** Evaluations a millisecond, from software GL on a slow core (about 100) with room below, to a large GPU. */
const SPEEDS = Array.from({ length: 81 }, (_, i) => 11 * 10 ** (i / 20))

/** Paces and batch times of a maker that makes `speed` evaluations a millisecond, each batch `latencyMs` longer. */
function run(speed: number, batches: number, latencyMs = 0): { pace: Pace; times: number[] } {
  let pace = SLOWEST_PACE
  const times: number[] = []
  for (let i = 0; i < batches; i++) {
    const elapsedMs = pace.batch / speed + latencyMs
    times.push(pace.batch / speed)
    pace = adaptPace(pace, pace.batch, elapsedMs)
  }
  return { pace, times }
}

describe('a maker of constant speed', () => {
  test('is never given more than 100 ms of work', () => {
    for (const speed of SPEEDS)
      for (const latencyMs of [0, 2, 8])
        expect(Math.max(...run(speed, 200, latencyMs).times), `${speed} a ms, late by ${latencyMs}`).toBeLessThan(
          LONGEST_MS,
        )
  })

  test('that is slower than anything real is given the least there is, and no more', () => {
    for (const speed of [0.05, 0.5, 5]) {
      const { times } = run(speed, 200)
      expect(Math.max(...times), `${speed} a ms`).toBeLessThanOrEqual(MIN_BATCH / speed)
    }
  })

  test('is soon given as much work as fits the budget', () => {
    for (const speed of SPEEDS.filter(speed => speed * TARGET_BATCH_MS > MIN_BATCH)) {
      const { times, pace } = run(speed, 60)
      expect(Math.abs((times.at(-1) ?? 0) / TARGET_BATCH_MS - 1), `${speed} a ms`).toBeLessThan(0.05)
      expect(Math.abs(pace.perMs / speed - 1), `${speed} a ms`).toBeLessThan(0.05)
    }
  })

  test('that is fast is believed within half a second', () => {
    const speed = 100_000
    let elapsedMs = 0
    let pace = SLOWEST_PACE
    while (pace.batch < speed * TARGET_BATCH_MS * 0.9) {
      elapsedMs += pace.batch / speed
      pace = adaptPace(pace, pace.batch, pace.batch / speed)
      expect(elapsedMs).toBeLessThan(500)
    }
  })
})

test('a batch is at most doubled or halved on one measurement', () => {
  const random = createRandom(1)
  let pace = SLOWEST_PACE
  for (let i = 0; i < 10_000; i++) {
    const evaluations = Math.ceil(pace.batch * random())
    const next = adaptPace(pace, evaluations, 10 ** (random() * 8 - 4))
    expect(next.batch).toBeLessThanOrEqual(2 * pace.batch)
    expect(next.batch).toBeGreaterThanOrEqual(Math.max(MIN_BATCH, Math.floor(pace.batch / 2)))
    expect(Number.isInteger(next.batch) && Number.isFinite(next.perMs) && next.perMs > 0).toBe(true)
    pace = next
  }
})

test('a maker that slows down to a tenth is back at its budget within a second of work', () => {
  let { pace } = run(10_000, 60)
  let elapsedMs = 0
  while (pace.batch > 1000 * TARGET_BATCH_MS * 1.5) {
    const batchMs = pace.batch / 1000
    // The first batch after the change is as long as ten budgets; none is longer.
    expect(batchMs).toBeLessThanOrEqual(1.05 * 10 * TARGET_BATCH_MS)
    elapsedMs += batchMs
    pace = adaptPace(pace, pace.batch, batchMs)
    expect(elapsedMs).toBeLessThan(1000)
  }
})

test('the slow rest of a level says nothing of the speed', () => {
  const { pace } = run(10_000, 60)
  expect(adaptPace(pace, 64, 5)).toBe(pace)
})

test('a clock that says no time passed does not make the pace infinite', () => {
  let pace = SLOWEST_PACE
  for (let i = 0; i < 100; i++) pace = adaptPace(pace, pace.batch, 0)
  expect(Number.isFinite(pace.perMs)).toBe(true)
  expect(pace.batch).toBeLessThanOrEqual(2 ** 26)
})
