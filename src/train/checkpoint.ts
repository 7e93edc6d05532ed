// The checkpoint: one safetensors file from which a run goes on as if it had never stopped. The network in it is the one of
// that moment, under its usual names, so a checkpoint can be looked at like any other file; optimizer, random numbers,
// snapshots and the plan stand beside it.

import type { Architecture } from '../model/architecture.js'
import { inferArchitecture } from '../model/architecture.js'
import { FormatError } from '../model/errors.js'
import { DEFAULT_FRAME, FRAME_KEY } from '../model/frame.js'
import { shapeText } from '../model/printable.js'
import { encodeValues } from '../model/safetensors/dtype.js'
import type { NewTensor } from '../model/safetensors/write.js'
import { StateDict } from '../model/state-dict.js'
import { assemble } from '../model/strangers/assemble.js'
import { modulesOf } from '../model/strangers/modules.js'
import { wiringFromMetadata, wiringMetadata } from '../model/wiring.js'
import { COLUMNS } from '../kernel/module.js'
import { layoutTraining, type TrainingFeatures } from '../kernel/training-layout.js'
import {
  type CheckpointJson,
  encodeCheckpointJson,
  parseCheckpointJson,
  startJson,
  type StartJson,
} from './checkpoint-json.js'
import { TRAINED_KEYS } from './metadata.js'
import { networkTensors, readTensors } from './network-tensors.js'
import { featuresOf } from './replica.js'
import type { RgbImage } from './rgb-image.js'
import { stackSnapshots, unstackSnapshots } from './snapshots.js'
import type { StartState } from './start-state.js'
import type { RunSettings, RunState } from './trainer.js'

const KEY = 'vexel.checkpoint'
const FIRST = 'optimizer.first_moments'
const SECOND = 'optimizer.second_moments'
const INPUT_MOMENTS = 'optimizer.input_moments'
const ERRORS = 'sampler.errors'
const FILM_PREFIX = 'snapshots.'
/** Of the best of the starts before. */
const BEST_PREFIX = 'best.'
/** What the names of all that is none of the network's begin with. */
const BESIDE = ['optimizer.', 'sampler.', FILM_PREFIX, BEST_PREFIX]

export interface Checkpoint {
  readonly architecture: Architecture
  readonly settings: RunSettings
  readonly state: RunState
  /** Identifies the target's pixels. */
  readonly imageDigest: string
  /** Training time spent so far. */
  readonly seconds: number
}

/** Writes a checkpoint. */
export function encodeCheckpoint(
  { architecture, settings, state, imageDigest, seconds }: Checkpoint,
  image: Pick<RgbImage, 'width' | 'height'>,
): Uint8Array {
  const { schedule, trials } = state
  const { best } = trials
  const json = encodeCheckpointJson({
    ...startJson(state),
    settings,
    schedule,
    trials: { ...trials, best: best && { ...best, state: startJson(best.state) } },
    imageDigest,
    seconds,
  })
  const tensors = [
    ...startTensors(architecture, state, ''),
    ...(best ? startTensors(architecture, best.state, BEST_PREFIX) : []),
  ]
  const metadata = new Map([
    [FRAME_KEY, JSON.stringify({ ...DEFAULT_FRAME, aspect: image.width / image.height })],
    ...wiringMetadata(architecture.wiring),
    [TRAINED_KEYS.width, String(image.width)],
    [TRAINED_KEYS.height, String(image.height)],
    [KEY, json],
  ])
  return StateDict.create(tensors, metadata).serialize()
}

/** @param prefix of the names */
function startTensors(
  architecture: Architecture,
  { replicas, snapshots }: StartState,
  prefix: string,
): readonly NewTensor[] {
  const vector = (name: string, values: Float32Array): NewTensor => ({
    name: prefix + name,
    dtype: 'F32',
    shape: [values.length],
    bytes: encodeValues('F32', values),
  })
  const network = networkTensors(architecture, replicas.tensors, replicas.step)
  return [
    ...network.map(tensor => ({ ...tensor, name: prefix + tensor.name })),
    vector(FIRST, replicas.firstMoments),
    vector(SECOND, replicas.secondMoments),
    vector(INPUT_MOMENTS, replicas.inputMoments),
    vector(ERRORS, replicas.errors),
    ...(snapshots.length > 0 ? stackSnapshots(architecture, snapshots, prefix + FILM_PREFIX) : []),
  ]
}

/**
 * Reads a checkpoint.
 * @throws FormatError when it is none, or of a version that this one does not know
 */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const stateDict = StateDict.parse(bytes)
  const text = stateDict.metadata.get(KEY)
  if (text === undefined) throw new FormatError('not a checkpoint: a safetensors file without a run in its metadata')
  const json = parseRun(text)
  const architecture = architectureOf(stateDict)
  const { settings, schedule, trials, imageDigest, seconds } = json
  const { best } = trials
  const features = featuresOf(settings.recipe)
  const read = (start: StartJson, prefix: string) => readStart(architecture, features, stateDict, start, prefix)
  return {
    architecture,
    settings,
    state: {
      ...read(json, ''),
      schedule,
      trials: { ...trials, best: best && { ...best, state: read(best.state, BEST_PREFIX) } },
    },
    imageDigest,
    seconds,
  }
}

/** The network's, whose tensors stand beside those of the run. */
function architectureOf(stateDict: StateDict): Architecture {
  const wiring = wiringFromMetadata(stateDict.metadata)
  const isOwn = wiring
    ? (name: string) => !BESIDE.some(prefix => name.startsWith(prefix))
    : (name: string) => /^(?:dense|bn)/.test(name)
  const entries = new Map(stateDict.names.filter(isOwn).map(name => [name, stateDict.entry(name)]))
  if (wiring) return assemble(modulesOf(entries), wiring)
  return inferArchitecture(new Map([...entries].map(([name, { shape }]) => [name, shape])))
}

function readStart(
  architecture: Architecture,
  features: TrainingFeatures,
  stateDict: StateDict,
  { step, randomStates, landing, curve, snapshotSteps, pending }: StartJson,
  prefix: string,
): StartState {
  const snapshots =
    snapshotSteps.length > 0 ? unstackSnapshots(architecture, snapshotSteps, stateDict, prefix + FILM_PREFIX) : []
  const size = { width: 1, height: 1 }
  const { parameterCount, whitenedCount } = layoutTraining(architecture, COLUMNS, size, features)
  return {
    replicas: {
      step,
      tensors: readTensors(architecture, stateDict, prefix),
      firstMoments: readVector(stateDict, prefix + FIRST, parameterCount),
      secondMoments: readVector(stateDict, prefix + SECOND, parameterCount),
      inputMoments: readVector(stateDict, prefix + INPUT_MOMENTS, whitenedCount),
      errors: readVector(stateDict, prefix + ERRORS, null),
      randomStates: randomStates.map(words => Uint32Array.from(words)),
    },
    landing,
    curve,
    snapshots,
    pending,
  }
}

/** Reads a vector: empty before the first step, else as long as the kernel's. @param count null: any */
function readVector(stateDict: StateDict, name: string, count: number | null): Float32Array {
  const { dtype, shape } = stateDict.entry(name)
  if (dtype !== 'F32' || shape.length !== 1 || (count !== null && shape[0] !== count && shape[0] !== 0))
    throw new FormatError(`${name}: expected F32 [${count ?? 'any length'}], got ${dtype} ${shapeText(shape)}`)
  return Float32Array.from(stateDict.values(name))
}

function parseRun(text: string): CheckpointJson {
  try {
    return parseCheckpointJson(text)
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${KEY}: ${error.message}`)
    throw error
  }
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
