// The part of a checkpoint that is no tensor, as JSON: the plan and where the run stands. Read as what a stranger wrote.

import { FormatError } from '../model/errors.js'
import { parseJson } from '../model/json.js'
import { quoted } from '../model/safetensors/quoted.js'
import { RANDOM_WORDS } from '../kernel/training-layout.js'
import type { LandingState } from './landing.js'
import { parsePixelsAStep, parseRecipe, parseStartCount } from './recipe.js'
import type { Schedule } from './schedule.js'
import type { CurvePoint, StartState } from './start-state.js'
import type { RunSettings } from './trainer.js'
import type { Contender, Trials } from './trials.js'

const VERSION = 3
const MAX_THREADS = 256

/** Everything of the plan and the run that is no tensor. */
export interface CheckpointJson extends StartJson {
  readonly settings: RunSettings
  readonly schedule: Schedule
  readonly trials: Omit<Trials, 'best'> & { readonly best: ContenderJson | null }
  readonly imageDigest: string
  readonly seconds: number
}

/** Everything of a start that is no tensor. */
export interface StartJson {
  readonly step: number
  readonly randomStates: readonly (readonly number[])[]
  readonly landing: LandingState
  readonly curve: readonly CurvePoint[]
  readonly snapshotSteps: readonly number[]
  readonly pending: StartState['pending']
}

type ContenderJson = Omit<Contender, 'state'> & { readonly state: StartJson }

/** The part of a start's state that is no tensor. */
export function startJson({ replicas, landing, curve, snapshots, pending }: StartState): StartJson {
  return {
    step: replicas.step,
    randomStates: replicas.randomStates.map(words => [...words]),
    landing,
    curve,
    snapshotSteps: snapshots.map(({ step }) => step),
    pending,
  }
}

export function encodeCheckpointJson(json: CheckpointJson): string {
  return JSON.stringify({ version: VERSION, ...json })
}

/** @throws FormatError naming the first field that is wrong */
export function parseCheckpointJson(text: string): CheckpointJson {
  let json: unknown
  try {
    json = parseJson(text)
  } catch {
    throw new FormatError('expected JSON')
  }
  const { version, ...run } = record(json, 'run')
  if (version !== VERSION) throw new FormatError(`expected version ${VERSION}, got ${quoted(String(version))}`)
  const settings = parseSettings(run.settings)
  const schedule = parseSchedule(run.schedule)
  if (typeof run.imageDigest !== 'string') throw new FormatError('imageDigest: expected a text')
  return {
    ...parseStart(run, settings, schedule),
    settings,
    schedule,
    trials: parseTrials(run.trials, settings, schedule),
    imageDigest: run.imageDigest,
    seconds: number(run.seconds, 'seconds'),
  }
}

/** @param at how the names of its fields begin */
function parseStart(run: Record<string, unknown>, { threads }: RunSettings, schedule: Schedule, at = ''): StartJson {
  const step = whole(run.step, `${at}step`)
  if (step > schedule.steps) throw new FormatError(`${at}step: ${step} is beyond the run's ${schedule.steps}`)
  const { loss, steps } = record(run.pending, `${at}pending`)
  return {
    step,
    randomStates: parseRandomStates(run.randomStates, threads, `${at}randomStates`),
    landing: parseLanding(run.landing),
    curve: list(run.curve, `${at}curve`).map(parsePoint),
    snapshotSteps: list(run.snapshotSteps, `${at}snapshotSteps`).map((item, i) =>
      whole(item, `${at}snapshotSteps[${i}]`),
    ),
    pending: { loss: number(loss, `${at}pending.loss`), steps: whole(steps, `${at}pending.steps`) },
  }
}

function parseTrials(value: unknown, settings: RunSettings, schedule: Schedule): CheckpointJson['trials'] {
  const { start, isOver, elsewhere, late, best } = record(value, 'trials')
  if (typeof isOver !== 'boolean') throw new FormatError('trials.isOver: expected true or false')
  const { loss, steps } = record(late, 'trials.late')
  return {
    start: whole(start, 'trials.start', 0, settings.starts - 1),
    isOver,
    elsewhere: whole(elsewhere, 'trials.elsewhere'),
    late: { loss: number(loss, 'trials.late.loss'), steps: whole(steps, 'trials.late.steps') },
    best: best === null ? null : parseContender(best, settings, schedule),
  }
}

function parseContender(value: unknown, settings: RunSettings, schedule: Schedule): ContenderJson {
  const { start, loss, state } = record(value, 'trials.best')
  return {
    start: whole(start, 'trials.best.start', 0, settings.starts - 1),
    loss: number(loss, 'trials.best.loss'),
    state: parseStart(record(state, 'trials.best.state'), settings, schedule, 'trials.best.state.'),
  }
}

function parseSettings(value: unknown): RunSettings {
  const { recipe, seed, threads, steps, batch, starts, targetPsnr, frames, arithmetic } = record(value, 'settings')
  if (arithmetic !== undefined && arithmetic !== 'relaxed')
    throw new FormatError(`settings.arithmetic: expected relaxed or nothing, got ${quoted(String(arithmetic))}`)
  return {
    recipe: parseRecipe(recipe),
    seed: whole(seed, 'settings.seed'),
    threads: whole(threads, 'settings.threads', 1, MAX_THREADS),
    steps: whole(steps, 'settings.steps', 1),
    batch: parsePixelsAStep(batch),
    starts: parseStartCount(starts),
    targetPsnr: orNull(targetPsnr, 'settings.targetPsnr'),
    frames: whole(frames, 'settings.frames'),
    ...(arithmetic && { arithmetic }),
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

function parseRandomStates(value: unknown, threads: number, at: string): number[][] {
  const states = list(value, at).map((state, i) => {
    const words = list(state, `${at}[${i}]`).map(word => whole(word, `${at}[${i}]`, 0, 2 ** 32 - 1))
    if (words.length !== RANDOM_WORDS || words.slice(0, 4).every(word => word === 0))
      throw new FormatError(`${at}[${i}]: expected ${RANDOM_WORDS} words, not all of the first four 0`)
    return words
  })
  if (states.length !== threads)
    throw new FormatError(`${at}: expected one for each of ${threads} threads, got ${states.length}`)
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
