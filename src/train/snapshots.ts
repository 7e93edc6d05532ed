// The film of a training: the network at steps evenly spaced in log time, in one safetensors file. Every tensor has a
// leading snapshot axis; weights are float16, batch norm's statistics float32.

import { type Architecture, parameterSpecs } from '../model/architecture.js'
import { FormatError } from '../model/errors.js'
import { kindOf } from '../model/layers/kinds.js'
import type { ParameterSpec } from '../model/layers/layer.js'
import { shapeText } from '../model/printable.js'
import { type Dtype, encodeValues } from '../model/safetensors/dtype.js'
import type { NewTensor } from '../model/safetensors/write.js'
import type { StateDict } from '../model/state-dict.js'
import type { Tensors } from '../kernel/training.js'
import { encodeCount, filed } from './network-tensors.js'

/** One moment. */
export interface Snapshot {
  readonly step: number
  /** Bytes of each tensor, as they stand in the file. */
  readonly bytes: ReadonlyMap<string, Uint8Array>
}

/** Takes a snapshot, rounded as the file will hold it. */
export function takeSnapshot(architecture: Architecture, step: number, tensors: Tensors): Snapshot {
  const bytes = new Map<string, Uint8Array>()
  for (const { name, dtype, spec } of filmTensors(architecture)) {
    const own = spec && filed(spec, encodeValues(dtype, tensors.get(name) ?? []))
    bytes.set(name, own?.bytes ?? encodeCount(step))
  }
  return { step, bytes }
}

/** Stacks snapshots along a new first axis. @param prefix of the names */
export function stackSnapshots(
  architecture: Architecture,
  snapshots: readonly Snapshot[],
  prefix = '',
): readonly NewTensor[] {
  return filmTensors(architecture).map(({ name, dtype, shape }) => {
    const frames = snapshots.map(({ bytes }) => bytes.get(name) as Uint8Array)
    const joined = new Uint8Array(frames.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const frame of frames) {
      joined.set(frame, at)
      at += frame.length
    }
    return { name: prefix + name, dtype, shape: [snapshots.length, ...shape], bytes: joined }
  })
}

/**
 * The inverse of {@link stackSnapshots}.
 * @throws FormatError when a tensor is missing or not what a film has there
 */
export function unstackSnapshots(
  architecture: Architecture,
  steps: readonly number[],
  stateDict: StateDict,
  prefix = '',
): Snapshot[] {
  const stacks = filmTensors(architecture).map(({ name, dtype, shape }) => {
    const entry = stateDict.entry(prefix + name)
    const stacked = [steps.length, ...shape]
    if (entry.dtype !== dtype || `${entry.shape}` !== `${stacked}`)
      throw new FormatError(
        `${prefix}${name}: expected ${dtype} ${shapeText(stacked)}, got ${entry.dtype} ${shapeText(entry.shape)}`,
      )
    return { name, bytes: stateDict.bytes(prefix + name) }
  })
  return steps.map((step, index) => ({
    step,
    bytes: new Map(
      stacks.map(({ name, bytes }) => {
        const frameBytes = bytes.length / steps.length
        return [name, bytes.slice(index * frameBytes, (index + 1) * frameBytes)]
      }),
    ),
  }))
}

interface FilmTensor {
  readonly name: string
  readonly dtype: Dtype
  readonly shape: readonly number[]
  /** Null of a counter of steps. */
  readonly spec: ParameterSpec | null
}

function filmTensors({ layers }: Architecture): FilmTensor[] {
  return layers.flatMap(layer => {
    const tensors = parameterSpecs(layer).map((spec): FilmTensor => {
      const { name, shape, learnable, isTransposed } = spec
      return { name, dtype: learnable ? 'F16' : 'F32', shape: isTransposed ? shape.toReversed() : shape, spec }
    })
    const counter = kindOf(layer).stepCounter(layer)
    return counter === null ? tensors : [...tensors, { name: counter, dtype: 'I64', shape: [], spec: null }]
  })
}
