// A network as a file with nothing in it that the picture does not need: its tensors, its frame, its title. In one of three precisions, of
// which the coarsest is read back by whoever knows its scales: expandFile.

import { isDense, parameterSpecs } from '../../model/architecture.js'
import { type Frame, FRAME_KEY } from '../../model/frame.js'
import { FormatError } from '../../model/errors.js'
import { BATCH_NORM_EPS } from '../../model/layers/batch-norm.js'
import { kindOf, type NetworkLayer } from '../../model/layers/kinds.js'
import type { ParameterSpec } from '../../model/layers/layer.js'
import { type Network, transposed } from '../../model/network.js'
import { decodeValues, encodeValues, type FloatDtype } from '../../model/safetensors/dtype.js'
import type { NewTensor } from '../../model/safetensors/write.js'
import { StateDict } from '../../model/state-dict.js'
import { ARCHITECTURE_KEY, wiringJson } from '../../model/wiring.js'
import { type Round, roundCarefully } from './careful-rounding.js'

/** As the network has them; float16; 8 bits and a scale for each unit of the large matrices, float16 for all else. */
export type CompactPrecision = 'exact' | 'half' | 'byte'

export interface Titled {
  readonly frame: Frame
  /** What the picture is called. */
  readonly title: string
}

/** What a picture is called, in a file's metadata. */
export const TITLE_KEY = 'vexel.title'

const SCALE = '.scale'
/** The largest level of 8 bits with a sign. */
const MOST = 127
/** Smaller matrices stay float16: the first one says where everything is, and the last one costs nothing. */
const MIN_BYTE_VALUES = 128

/**
 * Writes a file that {@link expandFile} makes one of PyTorch's again; but for `byte` it is one. A network that is built as MysteryNet is gets the
 * names of its class; any other keeps its own, and says what stands between its layers.
 */
export function compactFile(network: Network, { frame, title }: Titled, precision: CompactPrecision): Uint8Array {
  const isKnown = isDense(network.architecture)
  if (!isKnown && !network.wiring) throw new FormatError(`${network.architecture.name}: no file says how it is built`)
  const named = isKnown ? withKnownNames(network) : network
  const { layers, scales } = precision === 'exact' ? { ...named, scales: NO_SCALES } : rounded(named, frame, precision)
  const tensors = layers.flatMap((layer): NewTensor[] => {
    const values = layer as unknown as Readonly<Record<string, Float64Array>>
    const own = parameterSpecs(layer).flatMap(spec => {
      const rows = spec.role === 'weight' ? scales.get(layer.name) : undefined
      const own = ownValues(spec, values[spec.role])
      return rows ? byteTensors(spec, own, rows) : [plainTensor(spec, own)]
    })
    const counter = kindOf(layer).stepCounter(layer)
    return counter === null ? own : [...own, { name: counter, dtype: 'I64', shape: [], bytes: new Uint8Array(8) }]
  })
  const metadata = new Map([
    [TITLE_KEY, title],
    [FRAME_KEY, JSON.stringify(frame)],
  ])
  if (!isKnown && network.wiring) metadata.set(ARCHITECTURE_KEY, JSON.stringify(wiringJson(network.wiring)))
  return StateDict.create(tensors, metadata).serialize()
}

/** The values of a tensor, as its file has them, of the field that it may share with others. */
function ownValues({ shape, at = 0, isTransposed }: ParameterSpec, field: Float64Array): Float64Array {
  const values = field.subarray(at, at + shape.reduce((product, size) => product * size, 1))
  return isTransposed ? transposed(values, shape) : values
}

/** The same network by the names of the olympiad's class: those say what stands between its layers. */
function withKnownNames(network: Network): Network {
  const last = network.layers.filter(({ kind }) => kind === 'linear').length
  let k = 0
  const layers = network.layers.map((layer): NetworkLayer => {
    switch (layer.kind) {
      case 'linear': {
        const { kind, inDim, outDim, weight, bias } = layer
        return { kind, name: ++k === last ? 'dense_head' : `dense${k}`, inDim, outDim, weight, bias }
      }
      case 'batchNorm': {
        if (layer.eps !== BATCH_NORM_EPS)
          throw new FormatError(`${layer.name}: expected an eps of ${BATCH_NORM_EPS}, got ${layer.eps}`)
        const { kind, dim, eps, weight, bias, runningMean, runningVar } = layer
        return { kind, name: `bn${k}`, dim, eps, weight, bias, runningMean, runningVar }
      }
      default:
        return layer
    }
  })
  return { ...network, layers }
}

/** The scale of each row, by the names of the layers whose matrices have one. */
type Scales = ReadonlyMap<string, number[]>

const NO_SCALES: Scales = new Map()

/** The network with the values that are written. */
function rounded(
  network: Network,
  frame: Frame,
  precision: 'half' | 'byte',
): { readonly layers: Network['layers']; readonly scales: Scales } {
  const scales = new Map<string, number[]>()
  // Where everything is: frequencies that are a thousandth off draw another picture.
  const first = isDense(network.architecture) ? null : network.layers.find(({ kind }) => kind === 'linear')
  const { layers } = roundCarefully(network, frame, {
    plain: halfOf,
    row: ({ name, weight, isTransposed }, row): Round => {
      if (name === first?.name) return Math.fround
      if (precision === 'half' || isTransposed || weight.length < MIN_BYTE_VALUES) return halfOf
      const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      const scale = Math.fround(largest / MOST)
      scales.set(name, [...(scales.get(name) ?? []), scale])
      return value => (scale > 0 ? scale * Math.max(-MOST, Math.min(MOST, Math.round(value / scale))) : 0)
    },
  })
  return { layers, scales }
}

/** The nearest float16; of a number that is too large the nearest float32. */
function halfOf(value: number): number {
  const half = decodeValues('F16', encodeValues('F16', [value]))[0]
  return Number.isFinite(half) ? half : Math.fround(value)
}

/** As the narrowest floats that have all of its numbers. */
function plainTensor({ name, shape: wanted, isTransposed }: ParameterSpec, values: Float64Array): NewTensor {
  const shape = isTransposed ? wanted.toReversed() : wanted
  const holds = (dtype: FloatDtype) =>
    decodeValues(dtype, encodeValues(dtype, values)).every((value, i) => value === values[i])
  const dtype = (['F16', 'F32'] as const).find(holds) ?? 'F64'
  return { name, dtype, shape, bytes: encodeValues(dtype, values) }
}

/** @param values whole multiples of the scales of their rows */
function byteTensors({ name, shape }: ParameterSpec, values: Float64Array, scales: readonly number[]): NewTensor[] {
  const [rows, columns] = shape
  const levels = Int8Array.from(values, (value, i) => {
    const scale = scales[Math.floor(i / columns)]
    return scale > 0 ? Math.round(value / scale) : 0
  })
  return [
    { name, dtype: 'I8', shape, bytes: new Uint8Array(levels.buffer) },
    { name: name + SCALE, dtype: 'F32', shape: [rows], bytes: encodeValues('F32', scales) },
  ]
}

/**
 * Makes a file of {@link compactFile} one of floats.
 * @returns the same bytes where it is one already
 * @throws FormatError when it is no such file
 */
export function expandFile(bytes: Uint8Array): Uint8Array {
  const stateDict = StateDict.parse(bytes)
  const scaled = new Set(stateDict.names.filter(name => stateDict.entry(name).dtype === 'I8'))
  if (scaled.size === 0) return bytes
  const tensors = stateDict.names
    .filter(name => !(name.endsWith(SCALE) && scaled.has(name.slice(0, -SCALE.length))))
    .map((name): NewTensor => {
      const { dtype, shape } = stateDict.entry(name)
      if (!scaled.has(name)) return { name, dtype, shape, bytes: stateDict.bytes(name) }
      return { name, dtype: 'F32', shape, bytes: encodeValues('F32', scaledValues(stateDict, name)) }
    })
  return StateDict.create(tensors, stateDict.metadata).serialize()
}

function scaledValues(stateDict: StateDict, name: string): Float64Array {
  const { shape } = stateDict.entry(name)
  const scales = stateDict.values(name + SCALE)
  const columns = shape.length === 2 ? shape[1] : 0
  if (columns === 0 || scales.length !== shape[0])
    throw new FormatError(`${name}${SCALE}: expected a scale for each of its rows, got ${scales.length}`)
  return stateDict.values(name).map((value, i) => value * scales[Math.floor(i / columns)])
}
