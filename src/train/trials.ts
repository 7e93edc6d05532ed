// Several starts, of which the best goes on: seeds differ by up to eight decibels in the end, and who is ahead after a tenth of
// a run mostly stays ahead (bench/RESULTS.md). A start is compared by the mean loss of the last quarter of its trial, which
// costs nothing and is what the optimizer sees: measuring the network needs many pixels, and swings with the rate as high as it is.

import type { StartState } from './start-state.js'

/** How a run is shared out among its starts. */
export interface TrialPlan {
  readonly starts: number
  /** Steps of each start before they are compared; 0 where there is one. */
  readonly trialSteps: number
  /** Length of the run of which each trial is the beginning, and the best the whole. */
  readonly runSteps: number
}

// A start's trial as a part of its run.
const TRIAL_SHARE = 0.1
// The part of a trial from which on its losses count.
const LATE_SHARE = 0.75

/** @param steps all starts together: what a run may take does not depend on how many there are */
export function planTrials(steps: number, starts: number): TrialPlan {
  const wanted = Math.round((steps * TRIAL_SHARE) / (1 + (starts - 1) * TRIAL_SHARE))
  // Rounded up, many short trials could take more steps than there are.
  const trialSteps = starts > 1 ? Math.min(wanted, Math.floor(steps / starts)) : 0
  // Too short for so many.
  if (trialSteps === 0) return { starts: 1, trialSteps: 0, runSteps: steps }
  return { starts, trialSteps, runSteps: steps - (starts - 1) * trialSteps }
}

/** Where the choice of a start stands; plain data. */
export interface Trials {
  /** The start under way or, in the end, the one that was chosen; from 0. */
  readonly start: number
  readonly isOver: boolean
  /** Steps spent on other starts. */
  readonly elsewhere: number
  /** Sum and count of the losses that decide about the start under way. */
  readonly late: { readonly loss: number; readonly steps: number }
  /** The best of the starts before. */
  readonly best: Contender | null
}

/** A start that has had its trial. */
export interface Contender {
  readonly start: number
  readonly loss: number
  readonly state: StartState
}

/** @returns trials that are over at once where there is one start */
export function beginTrials({ starts }: TrialPlan): Trials {
  return { ...FIRST, isOver: starts === 1 }
}

const FIRST: Trials = { start: 0, isOver: false, elsewhere: 0, late: { loss: 0, steps: 0 }, best: null }

/** Takes in the loss of the step that came after `step` others. */
export function observeTrial(trials: Trials, { trialSteps }: TrialPlan, step: number, loss: number): Trials {
  if (trials.isOver || step < Math.floor(trialSteps * LATE_SHARE)) return trials
  return { ...trials, late: { loss: trials.late.loss + loss, steps: trials.late.steps + 1 } }
}

/**
 * Ends the trial of the start under way.
 * @param state of it at its end; null when it diverged
 * @returns the trials of the next start, or what was chosen: `best`, which is null when all diverged
 */
export function endTrial(trials: Trials, { starts, trialSteps }: TrialPlan, state: StartState | null): Trials {
  const { start, late, best } = trials
  const loss = late.loss / late.steps
  const isBetter = state !== null && (best === null || loss < best.loss)
  const leader = isBetter ? { start, loss, state } : best
  if (start + 1 < starts) return { ...FIRST, start: start + 1, elsewhere: (start + 1) * trialSteps, best: leader }
  return { ...FIRST, start: leader?.start ?? start, isOver: true, elsewhere: start * trialSteps, best: leader }
}

/** The start under way is taken, whatever the others might bring. */
export function chooseStart(trials: Trials): Trials {
  const { start, elsewhere } = trials
  return { ...FIRST, start, isOver: true, elsewhere }
}

/** The seed of a start: the first one has the run's own, so that one start is the run as it always was. */
export function seedOfStart(seed: number, start: number): number {
  return (seed + start * SEED_STEP) % (Number.MAX_SAFE_INTEGER + 1)
}

// Far from what a person counts in: the starts of two neighbouring seeds are not the same.
const SEED_STEP = 1_000_003
