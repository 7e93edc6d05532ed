// How a run is shared out among its starts, and which of them goes on.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StartState } from '../../src/train/start-state.js'
import { beginTrials, endTrial, observeTrial, planTrials, seedOfStart } from '../../src/train/trials.js'

const steps = fc.integer({ min: 1, max: 10_000_000 })
const starts = fc.integer({ min: 1, max: 64 })

describe('the plan of a run', () => {
  test('spends no more and no fewer steps than were asked for', () => {
    fc.assert(
      fc.property(steps, starts, (asked, count) => {
        const plan = planTrials(asked, count)
        expect((plan.starts - 1) * plan.trialSteps + plan.runSteps).toBe(asked)
        expect(plan.runSteps).toBeGreaterThan(0)
        expect(plan.trialSteps).toBeLessThanOrEqual(plan.runSteps)
      }),
      {
        numRuns: 2000,
        examples: [
          [55, 64],
          [64, 64],
          [5, 4],
        ],
      },
    )
  })

  test('gives each start a tenth of a run', () => {
    expect(planTrials(13_000, 4)).toEqual({ starts: 4, trialSteps: 1000, runSteps: 10_000 })
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 10_000_000 }), fc.integer({ min: 2, max: 64 }), (asked, count) => {
        const { runSteps, trialSteps } = planTrials(asked, count)
        // Rounding the trials takes up to half a step each from the run.
        expect(Math.abs(trialSteps - runSteps / 10)).toBeLessThanOrEqual(0.5 + 0.05 * count)
      }),
    )
  })

  test('has one start where there is one, or no step for more', () => {
    expect(planTrials(100, 1)).toEqual({ starts: 1, trialSteps: 0, runSteps: 100 })
    expect(planTrials(4, 4)).toEqual({ starts: 1, trialSteps: 0, runSteps: 4 })
    expect(beginTrials(planTrials(4, 4)).isOver).toBe(true)
  })
})

describe('the seed of a start', () => {
  test("is the run's own for the first, and another one for each of the others, in range", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), seed => {
        const seeds = Array.from({ length: 64 }, (_, start) => seedOfStart(seed, start))
        expect(seeds[0]).toBe(seed)
        expect(new Set(seeds).size).toBe(64)
        expect(seeds.every(own => Number.isSafeInteger(own) && own >= 0)).toBe(true)
      }),
    )
  })
})

describe('the choice of a start', () => {
  const plan = planTrials(390, 4)
  const state = (mark: number) => ({ curve: [{ step: mark }] }) as unknown as StartState

  /** The trials at their end, of starts with these mean losses; null: it diverged. */
  function chosen(losses: readonly (number | null)[]) {
    let trials = beginTrials(plan)
    losses.forEach((loss, start) => {
      // The first losses are high, and tell nothing.
      for (let step = 0; step < plan.trialSteps; step++)
        trials = observeTrial(trials, plan, step, step < 20 ? 100 / (start + 1) : (loss ?? 0) + (step % 2 ? 0.1 : -0.1))
      trials = endTrial(trials, plan, loss === null ? null : state(start))
    })
    return trials
  }

  test.each([
    [[0.4, 0.3, 0.2, 0.5], 2],
    [[0.1, 0.3, 0.2, 0.5], 0],
    [[0.4, 0.3, 0.2, 0.15], 3],
    [[null, 0.3, null, 0.5], 1],
    [[0.2, 0.2, 0.2, 0.2], 0],
  ] as const)('among losses of %j is %i', (losses, best) => {
    const trials = chosen(losses)
    expect(trials).toMatchObject({ start: best, isOver: true, elsewhere: 3 * plan.trialSteps })
    expect(trials.best?.state).toEqual(state(best))
  })

  test('is none when all diverged', () => {
    expect(chosen([null, null, null, null])).toMatchObject({ isOver: true, best: null })
  })
})
