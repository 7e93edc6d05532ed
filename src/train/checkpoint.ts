// The checkpoint: one safetensors file from which a run goes on as if it had never stopped. The network in it is the one of
// that moment, under its usual names, so a checkpoint can be looked at like any other file; optimizer, random numbers,
// snapshots and the plan stand beside it.

import type { Architecture } from '../model/architecture.js'
import { inferArchitecture } from '../model/architecture.js'
import { FormatError } from '../model/errors.js'
import { DEFAULT_FRAME, FRAME_KEY } from '../model/frame.js'
import { encodeValues } from '../model/safetensors/dtype.js'
import type { NewTensor } from '../model/safetensors/write.js'
import { StateDict } from '../model/state-dict.js'
import type { LandingState } from './landing.js'
import { TRAINED_KEYS } from './metadata.js'
import { networkTensors, readTensors } from './network-tensors.js'
import { parseRecipe } from './recipe.js'
import type { RgbImage } from './rgb-image.js'
import type { Schedule } from './schedule.js'
import { stackSnapshots, unstackSnapshots } from './snapshots.js'
import type { CurvePoint, RunSettings, RunState } from './trainer.js'

const KEY = 'vexel.checkpoint'
const VERSION = 1
const FIRST = 'optimizer.first_moments'
const SECOND = 'optimizer.second_moments'
const FILM_PREFIX = 'snapshots.'

export interface Checkpoint {
  readonly architecture: Architecture
  readonly settings: RunSettings
  readonly state: RunState
  /** Identifies the target's pixels. */
  readonly imageDigest: string
  /** Training time spent so far. */
  readonly seconds: number
}

/** Everything of the plan and the run that is no tensor. */
interface CheckpointJson {
  readonly version: number
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

/** Writes a checkpoint. */
export function encodeCheckpoint(
  { architecture, settings, state, imageDigest, seconds }: Checkpoint,
  image: Pick<RgbImage, 'width' | 'height'>,
): Uint8Array {
  const { replicas, schedule, landing, curve, snapshots, pending } = state
  const json: CheckpointJson = {
    version: VERSION,
    settings,
    step: replicas.step,
    randomStates: replicas.randomStates.map(words => [...words]),
    schedule,
    landing,
    curve,
    snapshotSteps: snapshots.map(({ step }) => step),
    pending,
    imageDigest,
    seconds,
  }
  const vector = (name: string, values: Float32Array): NewTensor => ({
    name,
    dtype: 'F32',
    shape: [values.length],
    bytes: encodeValues('F32', values),
  })
  const tensors = [
    ...networkTensors(architecture, replicas.tensors, replicas.step),
    vector(FIRST, replicas.firstMoments),
    vector(SECOND, replicas.secondMoments),
    ...(snapshots.length > 0 ? stackSnapshots(architecture, snapshots, FILM_PREFIX) : []),
  ]
  const metadata = new Map([
    [FRAME_KEY, JSON.stringify({ ...DEFAULT_FRAME, aspect: image.width / image.height })],
    [TRAINED_KEYS.width, String(image.width)],
    [TRAINED_KEYS.height, String(image.height)],
    [KEY, JSON.stringify(json)],
  ])
  return StateDict.create(tensors, metadata).serialize()
}

/**
 * Reads a checkpoint.
 * @throws FormatError when it is none, or of a version that this one does not know
 */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const stateDict = StateDict.parse(bytes)
  const text = stateDict.metadata.get(KEY)
  if (text === undefined) throw new FormatError('not a checkpoint: a safetensors file without a run in its metadata')
  const json = parseJson(text)
  const names = stateDict.names.filter(name => /^(?:dense|bn)/.test(name))
  const architecture = inferArchitecture(new Map(names.map(name => [name, stateDict.entry(name).shape])))
  const snapshots =
    json.snapshotSteps.length > 0
      ? unstackSnapshots(architecture, json.snapshotSteps, name => stateDict.bytes(FILM_PREFIX + name))
      : []
  const { settings, schedule, landing, curve, pending, imageDigest, seconds } = json
  return {
    architecture,
    settings: { ...settings, recipe: parseRecipe(settings.recipe) },
    state: {
      replicas: {
        step: json.step,
        tensors: readTensors(architecture, stateDict),
        firstMoments: Float32Array.from(stateDict.values(FIRST)),
        secondMoments: Float32Array.from(stateDict.values(SECOND)),
        randomStates: json.randomStates.map(words => Uint32Array.from(words)),
      },
      schedule,
      landing,
      curve,
      snapshots,
      pending,
    },
    imageDigest,
    seconds,
  }
}

function parseJson(text: string): CheckpointJson {
  let json: Partial<CheckpointJson>
  try {
    json = JSON.parse(text) as Partial<CheckpointJson>
  } catch {
    throw new FormatError(`${KEY}: expected JSON`)
  }
  if (json.version !== VERSION)
    throw new FormatError(`${KEY}: expected version ${VERSION}, got ${JSON.stringify(json.version)}`)
  const isWhole = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0
  const { settings, step, randomStates, schedule, curve, snapshotSteps, pending } = json
  const isSound =
    settings !== undefined &&
    isWhole(settings.seed) &&
    isWhole(settings.steps) &&
    isWhole(settings.frames) &&
    isWhole(step) &&
    isWhole(schedule?.steps) &&
    Array.isArray(randomStates) &&
    randomStates.length === settings.threads &&
    randomStates.every(words => Array.isArray(words) && words.length === 4) &&
    Array.isArray(curve) &&
    Array.isArray(snapshotSteps) &&
    typeof pending?.loss === 'number' &&
    typeof json.landing === 'object' &&
    typeof json.imageDigest === 'string' &&
    typeof json.seconds === 'number'
  if (!isSound) throw new FormatError(`${KEY}: the run in it is damaged`)
  return json as CheckpointJson
}

/** Identifies a target by its size and the bits of its colours: two 32-bit multiplicative hashes (FNV-1a and its like). */
export function digestOf({ width, height, data }: RgbImage): string {
  let a = 0x811c9dc5
  let b = 0x9e3779b9
  const take = (word: number) => {
    a = Math.imul(a ^ word, 0x01000193)
    b = Math.imul(b ^ (word >>> 16) ^ (word << 16), 0x85ebca6b)
  }
  take(width)
  take(height)
  for (const word of new Uint32Array(data.buffer, data.byteOffset, data.length)) take(word)
  return [a, b].map(half => (half >>> 0).toString(16).padStart(8, '0')).join('')
}
