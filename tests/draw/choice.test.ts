// Which WebGL counts as slow: decided by the pace that the scheduler keeps, for makers of every speed, seen early or late.

import { expect, test } from 'vitest'
import { isSlowGl } from '../../src/draw/choice.js'
import { adaptPace, SLOWEST_PACE } from '../../src/world/pace.js'

/** Whether a maker of `speed` evaluations a millisecond ever counts as slow, each batch being seen `latencyMs` late. */
function isCaught(speed: number, latencyMs: number): boolean {
  let [pace, workMs] = [SLOWEST_PACE, 0]
  while (workMs < 2000) {
    const elapsedMs = pace.batch / speed + latencyMs
    pace = adaptPace(pace, pace.batch, elapsedMs)
    workMs += elapsedMs
    if (isSlowGl(workMs, pace.perMs)) return true
  }
  return false
}

test.each([0, 1, 4])('software GL does, and no GPU that is faster, with batches seen %i ms late', latencyMs => {
  for (const speed of [30, 100, 170, 500]) expect(isCaught(speed, latencyMs), `${speed} a ms`).toBe(true)
  for (const speed of [3000, 10_000, 1e6]) expect(isCaught(speed, latencyMs), `${speed} a ms`).toBe(false)
})

test('none does before it has worked', () => {
  expect(isSlowGl(0, SLOWEST_PACE.perMs)).toBe(false)
})
