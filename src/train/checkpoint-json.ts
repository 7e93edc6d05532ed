// The part of a checkpoint that is no tensor, as JSON: the plan and where the run stands. Read as what a stranger wrote.

import { FormatError } from '../model/errors.js'
import { quoted } from '../model/safetensors/quoted.js'
import { RANDOM_WORDS } from '../kernel/training-layout.js'
import type { LandingState } from './landing.js'
import { parsePixelsAStep, parseRecipe } from './recipe.js'
import type { Schedule } from './schedule.js'
import type { CurvePoint, RunSettings, RunState } from './trainer.js'

const VERSION = 2
const MAX_THREADS = 256

/** Everything of the plan and the run that is no tensor. */
export interface CheckpointJson {
  readonly settings: RunSettings
  readonly step: number
  readonly randomStates: readonly (readonly number[])[]
  readonly schedule: Schedule
  readonly landing: LandingState
  readonly curve: readonly CurvePoint[]
  readonly snapshotSteps: readonly number[]
  readonly pending: RunState['pending']
  readonly imageDigest: string
  readonly seconds: number
}

export function encodeCheckpointJson(json: CheckpointJson): string {
  return JSON.stringify({ version: VERSION, ...json })
}

/** @throws FormatError naming the first field that is wrong */
export function parseCheckpointJson(text: string): CheckpointJson {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new FormatError('expected JSON')
  }
  const { version, ...run } = record(json, 'run')
  if (version !== VERSION) throw new FormatError(`expected version ${VERSION}, got ${quoted(String(version))}`)
  const settings = parseSettings(run.settings)
  const schedule = parseSchedule(run.schedule)
  const step = whole(run.step, 'step')
  if (step > schedule.steps) throw new FormatError(`step: ${step} is beyond the run's ${schedule.steps}`)
  const { loss, steps } = record(run.pending, 'pending')
  if (typeof run.imageDigest !== 'string') throw new FormatError('imageDigest: expected a text')
  return {
    settings,
    step,
    randomStates: parseRandomStates(run.randomStates, settings.threads),
    schedule,
    landing: parseLanding(run.landing),
    curve: list(run.curve, 'curve').map(parsePoint),
    snapshotSteps: list(run.snapshotSteps, 'snapshotSteps').map((item, i) => whole(item, `snapshotSteps[${i}]`)),
    pending: { loss: number(loss, 'pending.loss'), steps: whole(steps, 'pending.steps') },
    imageDigest: run.imageDigest,
    seconds: number(run.seconds, 'seconds'),
  }
}

function parseSettings(value: unknown): RunSettings {
  const { recipe, seed, threads, steps, batch, targetPsnr, frames } = record(value, 'settings')
  return {
    recipe: parseRecipe(recipe),
    seed: whole(seed, 'settings.seed'),
    threads: whole(threads, 'settings.threads', 1, MAX_THREADS),
    steps: whole(steps, 'settings.steps', 1),
    batch: parsePixelsAStep(batch),
    targetPsnr: orNull(targetPsnr, 'settings.targetPsnr'),
    frames: whole(frames, 'settings.frames'),
  }
}

function parseSchedule(value: unknown): Schedule {
  const { steps, landing } = record(value, 'schedule')
  const planned = { steps: whole(steps, 'schedule.steps', 1) }
  if (landing === null) return { ...planned, landing }
  const { from, factor } = record(landing, 'schedule.landing')
  return {
    ...planned,
    landing: { from: whole(from, 'schedule.landing.from'), factor: number(factor, 'schedule.landing.factor') },
  }
}

function parseLanding(value: unknown): LandingState {
  const { gain, batchPsnr, begunAt } = record(value, 'landing')
  return {
    gain: number(gain, 'landing.gain'),
    batchPsnr: orNull(batchPsnr, 'landing.batchPsnr'),
    begunAt: orNull(begunAt, 'landing.begunAt'),
  }
}

function parsePoint(value: unknown, index: number): CurvePoint {
  const at = `curve[${index}]`
  const { step, loss, psnr, psnrDetail } = record(value, at)
  return {
    step: whole(step, `${at}.step`),
    loss: number(loss, `${at}.loss`),
    // JSON knows no infinity, which is the PSNR of a picture that is hit exactly.
    psnr: orNull(psnr, `${at}.psnr`) ?? Number.POSITIVE_INFINITY,
    psnrDetail: orNull(psnrDetail, `${at}.psnrDetail`) ?? Number.POSITIVE_INFINITY,
  }
}

function parseRandomStates(value: unknown, threads: number): number[][] {
  const states = list(value, 'randomStates').map((state, i) => {
    const words = list(state, `randomStates[${i}]`).map(word => whole(word, `randomStates[${i}]`, 0, 2 ** 32 - 1))
    if (words.length !== RANDOM_WORDS || words.slice(0, 4).every(word => word === 0))
      throw new FormatError(`randomStates[${i}]: expected ${RANDOM_WORDS} words, not all of the first four 0`)
    return words
  })
  if (states.length !== threads)
    throw new FormatError(`randomStates: expected one for each of ${threads} threads, got ${states.length}`)
  return states
}

function record(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FormatError(`${where}: expected an object`)
  return value as Record<string, unknown>
}

function list(value: unknown, where: string): unknown[] {
  if (!Array.isArray(value)) throw new FormatError(`${where}: expected a list`)
  return value
}

function whole(value: unknown, where: string, low = 0, high = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isSafeInteger(value) || (value as number) < low || (value as number) > high)
    throw new FormatError(`${where}: expected a whole number from ${low} to ${high}`)
  return value as number
}

function number(value: unknown, where: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new FormatError(`${where}: expected a number`)
  return value
}

function orNull(value: unknown, where: string): number | null {
  return value === null ? null : number(value, where)
}
