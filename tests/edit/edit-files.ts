// Files to edit: small nets of every dtype, with a prefix and a tensor of no network, and the list of effects to try.

import fc from 'fast-check'
import { createNetwork, type Network } from '../../src/model/network.js'
import { encodeValues, type FloatDtype } from '../../src/model/safetensors/dtype.js'
import { StateDict } from '../../src/model/state-dict.js'
import type { Effect } from '../../src/edit/effect.js'
import { listParameters, type ParameterList } from '../../src/edit/parameters.js'
import { type Precision, precisionOf } from '../../src/edit/precision.js'
import { randomTensors } from '../model/network-files.js'

export const FLOATS: readonly FloatDtype[] = ['F64', 'F32', 'F16', 'BF16']

/** What is edited: a file, its network, and what follows from them. */
export interface Subject {
  readonly bytes: Uint8Array
  readonly stateDict: StateDict
  readonly network: Network
  readonly list: ParameterList
  readonly precision: Precision
}

export function subjectOf(bytes: Uint8Array): Subject {
  const stateDict = StateDict.parse(bytes)
  const network = createNetwork(stateDict)
  const list = listParameters(network.architecture)
  return { bytes, stateDict, network, list, precision: precisionOf(stateDict, network) }
}

/** A net 2-6-5-4-7-3 with batch norm after the second and fourth layer, all of one dtype. */
export function smallSubject(dtype: FloatDtype, seed = 1, prefix = 'module.'): Subject {
  const tensors = randomTensors([6, 5, 4, 7], [2, 4], seed).map(tensor => {
    const values = new Float64Array(tensor.bytes.buffer, tensor.bytes.byteOffset, tensor.bytes.byteLength / 8)
    return { ...tensor, name: prefix + tensor.name, dtype, bytes: encodeValues(dtype, values) }
  })
  const foreign = { name: 'step', dtype: 'I64' as const, shape: [], bytes: new Uint8Array(8).fill(7) }
  return subjectOf(StateDict.create([...tensors, foreign], new Map([['who', 'a test']])).serialize())
}

const seed = () => fc.integer({ min: 0, max: 2 ** 32 - 1 })
const amount = () => fc.double({ min: -2, max: 2, noNaN: true })

/** Any effect that fits a network, morphs towards `other`. */
export function anyEffect({ linears }: ParameterList): fc.Arbitrary<Effect> {
  const layer = fc.nat(linears.length - 1)
  const hidden = fc.nat(linears.length - 2)
  const orAll = (one: fc.Arbitrary<number>) => fc.option(one, { nil: null })
  return fc.oneof(
    fc.record({ kind: fc.constant('gain' as const), layer, factor: amount() }),
    fc.record({ kind: fc.constant('noise' as const), layer: orAll(layer), amount: amount(), seed: seed() }),
    fc.record({ kind: fc.constant('quantise' as const), layer: orAll(layer), bits: fc.integer({ min: 1, max: 16 }) }),
    fc.record({
      kind: fc.constant('prune' as const),
      layer: orAll(layer),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    fc.record({
      kind: fc.constant('temperature' as const),
      layer: orAll(hidden),
      temperature: fc.double({ min: 0.1, max: 10, noNaN: true }),
    }),
    fc.record({
      kind: fc.constant('morph' as const),
      target: fc.constant('other'),
      amount: fc.double({ min: 0, max: 1, noNaN: true }),
      matched: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('randomise' as const), layer, seed: seed() }),
    fc.record({ kind: fc.constant('mutate' as const), amount: amount(), seed: seed() }),
    layer.chain(layer =>
      fc.record({
        kind: fc.constant('unitGain' as const),
        layer: fc.constant(layer),
        unit: fc.nat(linears[layer].outDim - 1),
        gain: amount(),
      }),
    ),
  )
}
