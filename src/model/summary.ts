// What is in a file, as `vexel info --json` prints it and the page lists it.

import { countParameters } from './architecture.js'
import { DEFAULT_FRAME, type Frame, frameFromMetadata } from './frame.js'
import type { Network } from './network.js'
import { FormatError } from './errors.js'
import type { StateDict } from './state-dict.js'

/** A tensor of a file, for people. */
export interface TensorSummary {
  readonly name: string
  readonly dtype: string
  readonly shape: readonly number[]
  /** Smallest and largest value; null for an empty tensor, for one that is not plain numbers, a huge one, and where one is NaN. */
  readonly min: number | null
  readonly max: number | null
}

/** What is in a file, for people. */
export interface FileSummary {
  readonly sizeBytes: number
  readonly architecture: string
  /** Learnable numbers. */
  readonly parameterCount: number
  readonly tensors: readonly TensorSummary[]
  readonly metadata: Readonly<Record<string, string>>
  /** The frame the file states, else the default. */
  readonly frame: Frame
  /** Whether it is the file that states it. */
  readonly isFrameStated: boolean
  readonly warnings: readonly string[]
}

/** What is in a file that no network was read from. */
export interface ForeignSummary extends Omit<FileSummary, 'architecture' | 'parameterCount'> {
  readonly architecture: null
  /** Why it cannot be drawn, or what is missing to draw it. */
  readonly problem: string
}

/** Summarises a state dict whose network was checked. */
export function summarizeFile(stateDict: StateDict, network: Network): FileSummary {
  return {
    architecture: network.architecture.name,
    parameterCount: countParameters(network.architecture),
    ...summarizeTensors(stateDict, network.warnings),
  }
}

/** Summarises a state dict that is no network, or none that is known. */
export function summarizeForeign(stateDict: StateDict, problem: string): ForeignSummary {
  return { architecture: null, problem, ...summarizeTensors(stateDict, []) }
}

function summarizeTensors(
  stateDict: StateDict,
  networkWarnings: readonly string[],
): Omit<FileSummary, 'architecture' | 'parameterCount'> {
  const { frame, isStated, warnings } = readFrame(stateDict)
  return {
    sizeBytes: stateDict.sizeBytes,
    tensors: stateDict.names.map(name => summarizeTensor(stateDict, name)),
    // Names from a file become keys only here, where a null prototype makes every one of them harmless.
    metadata: Object.assign(Object.create(null), Object.fromEntries(stateDict.metadata)),
    frame,
    isFrameStated: isStated,
    warnings: [...networkWarnings, ...warnings],
  }
}

/** The frame that a file states; a broken statement is a warning and the default frame, not a refusal. */
export function readFrame(stateDict: StateDict): { frame: Frame; isStated: boolean; warnings: readonly string[] } {
  try {
    const stated = frameFromMetadata(stateDict.metadata)
    return { frame: stated ?? DEFAULT_FRAME, isStated: stated !== null, warnings: [] }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    return { frame: DEFAULT_FRAME, isStated: false, warnings: [`${error.message}; the default frame is used`] }
  }
}

function summarizeTensor(stateDict: StateDict, name: string): TensorSummary {
  const { dtype, shape } = stateDict.entry(name)
  const { min, max } = rangeOf(stateDict, name)
  return { name, dtype, shape, min, max }
}

const MAX_RANGED_BYTES = 4 * 2 ** 20

function rangeOf(stateDict: StateDict, name: string): { min: number | null; max: number | null } {
  // Not a part of any flag network, and eight bytes a value while it is looked at.
  if (stateDict.entry(name).end - stateDict.entry(name).begin > MAX_RANGED_BYTES) return { min: null, max: null }
  let values: Float64Array
  try {
    values = stateDict.values(name)
  } catch (error) {
    // Complex and sub-byte tensors have no range on a line.
    if (error instanceof FormatError) return { min: null, max: null }
    throw error
  }
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (Number.isNaN(value)) return { min: null, max: null }
    if (value < min) min = value
    if (value > max) max = value
  }
  return values.length === 0 ? { min: null, max: null } : { min, max }
}
