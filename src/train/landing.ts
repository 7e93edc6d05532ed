// Stopping early at a wanted PSNR. Most decibels come while the rate falls to zero, so a run that has reached the target
// in mid-run is longer than it must be, and one that looks far from it may be there already. The plan: guess from the
// loss of the batches what a landing from here would give; when that is the target, land; learn from the outcome.

import { landFrom, type Schedule } from './schedule.js'

export interface LandingState {
  /** Decibels expected between the batches' loss now and the network after a landing from here. */
  readonly gain: number
  /** Batch loss, smoothed over the measurements, as dB; null before the first. */
  readonly batchPsnr: number | null
  /** The smoothed loss with which the landing under way began. */
  readonly begunAt: number | null
}

// A careful guess. Two landings of Japan's flag brought 13 dB each, so an easy run ends above its target; a guess too high would
// cost a landing that falls short.
export const NO_LANDING: LandingState = { gain: 4, batchPsnr: null, begunAt: null }

const SMOOTHING = 0.5
// Of the steps done so far: shorter landings lose decibels, longer ones bring little more.
const LANDING_SHARE = 0.2
const MIN_LANDING_STEPS = 50
// After a landing that fell short, only a guess that is clearly better is worth another.
const MARGIN_DB = 0.2

// 120 dB: beyond what float32 can tell. A picture of nothing but black and white may have a displayed loss of exactly 0.
const LEAST_LOSS = 1e-12

/** Takes in the mean loss since the last measurement. */
export function observeLoss(state: LandingState, loss: number): LandingState {
  const now = -10 * Math.log10(Math.max(LEAST_LOSS, loss))
  const { batchPsnr } = state
  return { ...state, batchPsnr: batchPsnr === null ? now : batchPsnr + SMOOTHING * (now - batchPsnr) }
}

/** The schedule of a landing from this step when it should begin now, else null. */
export function beginLanding(
  state: LandingState,
  schedule: Schedule,
  step: number,
  targetPsnr: number,
): { schedule: Schedule; state: LandingState } | null {
  const { batchPsnr, gain } = state
  if (schedule.landing || batchPsnr === null || batchPsnr + gain < targetPsnr + MARGIN_DB) return null
  const length = Math.max(MIN_LANDING_STEPS, Math.ceil(step * LANDING_SHARE))
  if (step + length >= schedule.steps) return null
  return { schedule: landFrom(schedule, step, length), state: { ...state, begunAt: batchPsnr } }
}

/** Learns from a landing that ended below its target. */
export function learnGain(state: LandingState, psnr: number): LandingState {
  return { ...state, gain: psnr - (state.begunAt ?? psnr), begunAt: null }
}
