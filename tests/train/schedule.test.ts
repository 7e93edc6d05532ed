// The learning rate over a run, and landing early.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { beginLanding, type LandingState, learnGain, NO_LANDING, observeLoss } from '../../src/train/landing.js'
import { landFrom, rateFactor, type Schedule } from '../../src/train/schedule.js'

const factors = (schedule: Schedule) => Array.from({ length: schedule.steps }, (_, step) => rateFactor(schedule, step))

describe('the rate', () => {
  test('falls in a straight line from 1 to one step above 0', () => {
    expect(factors({ steps: 5, landing: null })).toEqual([1, 0.8, 0.6, 0.4, 0.2])
    expect(rateFactor({ steps: 5, landing: null }, 5)).toBe(0)
  })

  test('lands from where it is, in a straight line, at an earlier step', () => {
    const schedule = landFrom({ steps: 100, landing: null }, 20, 4)
    expect(schedule).toEqual({ steps: 24, landing: { from: 20, factor: 0.8 } })
    const landed = [20, 21, 22, 23, 24].map(step => rateFactor(schedule, step))
    landed.forEach((factor, i) => expect(factor).toBeCloseTo(0.8 * (1 - i / 4), 12))
  })

  test('never rises and stays in [0, 1], landing or not', () => {
    const steps = fc.integer({ min: 1, max: 400 })
    fc.assert(
      fc.property(steps, steps, steps, (total, from, length) => {
        const planned: Schedule = { steps: total, landing: null }
        const flown = factors(planned)
        expect(flown.every((factor, i) => factor > 0 && factor <= (i === 0 ? 1 : flown[i - 1]))).toBe(true)
        if (from >= total) return
        const landed = [...flown.slice(0, from), ...factors(landFrom(planned, from, length)).slice(from)]
        expect(landed).toHaveLength(from + length)
        expect(landed.every((factor, i) => factor > 0 && factor <= (i === 0 ? 1 : landed[i - 1] + 1e-12))).toBe(true)
      }),
      { seed: 3 },
    )
  })
})

describe('landing', () => {
  const schedule: Schedule = { steps: 10_000, landing: null }
  const seen = (batchPsnr: number | null, gain = NO_LANDING.gain): LandingState => ({ gain, batchPsnr, begunAt: null })

  test('begins when the loss and what a landing brings reach the target, and takes a fifth of the steps so far', () => {
    expect(beginLanding(seen(35), schedule, 1000, 40)).toBeNull()
    const begun = beginLanding(seen(37), schedule, 1000, 40)
    expect(begun?.schedule).toEqual({ steps: 1200, landing: { from: 1000, factor: 0.9 } })
    expect(begun?.state.begunAt).toBe(37)
  })

  test('does not begin before anything was measured, while landing, or when the run ends sooner anyway', () => {
    expect(beginLanding(NO_LANDING, schedule, 1000, 1)).toBeNull()
    expect(beginLanding(seen(90), landFrom(schedule, 900, 500), 1000, 40)).toBeNull()
    expect(beginLanding(seen(90), schedule, 9000, 40)).toBeNull()
  })

  test('that falls short teaches what a landing brings', () => {
    const state = learnGain({ gain: 4, batchPsnr: 37, begunAt: 37 }, 38.5)
    expect(state).toEqual({ gain: 1.5, batchPsnr: 37, begunAt: null })
    expect(beginLanding(state, schedule, 2000, 40)).toBeNull()
    expect(beginLanding({ ...state, batchPsnr: 39 }, schedule, 2000, 40)).not.toBeNull()
  })

  test('smooths the loss over the measurements', () => {
    const first = observeLoss(NO_LANDING, 0.001)
    expect(first.batchPsnr).toBeCloseTo(30, 12)
    expect(observeLoss(first, 0.0001).batchPsnr).toBeCloseTo(35, 12)
  })

  test('stays finite when the loss is exactly 0, as the displayed loss of a white picture may be', () => {
    let state = observeLoss(NO_LANDING, 0)
    expect(state.batchPsnr).toSatisfy(Number.isFinite)
    state = observeLoss(observeLoss(state, 0.01), 0)
    expect(state.batchPsnr).toSatisfy(Number.isFinite)
    expect(JSON.parse(JSON.stringify(state))).toEqual(state)
  })
})
