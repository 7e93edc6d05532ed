// The parameters of a network as one list of numbers, so that an edit can name any of them by a flat index: the tensors
// of the layers in their order, running statistics included, each row-major. num_batches_tracked is no parameter: nothing
// that is drawn depends on it.

import { type Architecture, parameterSpecs } from '../model/architecture.js'
import { FormatError } from '../model/errors.js'
import { kindOf, layerWithValues, type NetworkLayer } from '../model/layers/kinds.js'
import type { ParameterRole } from '../model/layers/layer.js'
import type { Network } from '../model/network.js'

/** One tensor of the list: values [start, start + count). */
export interface ParameterTensor {
  /** As in the file, without its prefix: `dense3.weight`. */
  readonly name: string
  /** Index into the architecture's layers. */
  readonly layer: number
  readonly role: ParameterRole
  /** [outDim, inDim] for a linear layer's weight, [dim] for all others. */
  readonly shape: readonly number[]
  readonly start: number
  readonly count: number
}

/** The four tensors of a batch norm. */
export type NormTensors = Readonly<Record<ParameterRole, ParameterTensor>>

/** The tensors of a linear layer, and of the batch norm on either side of its activation; null where there is none. */
export interface LinearTensors {
  readonly name: string
  readonly inDim: number
  readonly outDim: number
  readonly weight: ParameterTensor
  readonly bias: ParameterTensor
  readonly norm: NormTensors | null
  /** Whether that takes what the activation gives; else it takes what the layer does. */
  readonly isNormBehind: boolean
  /** The kind of activation that follows; null for none. */
  readonly activation: string | null
}

export interface ParameterList {
  readonly tensors: readonly ParameterTensor[]
  /** The linear layers in order: those of the folded network, which taps and effects count from 0 as well. */
  readonly linears: readonly LinearTensors[]
  /** Number of parameters: 6,899 for MysteryNet, 6,675 of them learnable. */
  readonly count: number
}

// The list is asked for at every edit, and an architecture never changes.
const lists = new WeakMap<Architecture, ParameterList>()

/** Lists the tensors of an architecture with their places. */
export function listParameters(architecture: Architecture): ParameterList {
  const known = lists.get(architecture)
  if (known) return known
  const tensors: ParameterTensor[] = []
  let start = 0
  architecture.layers.forEach((layer, index) => {
    for (const { name, role, shape } of parameterSpecs(layer)) {
      const count = shape.reduce((product, dim) => product * dim, 1)
      tensors.push({ name, layer: index, role, shape, start, count })
      start += count
    }
  })
  const list = { tensors, linears: listLinears(architecture, tensors), count: start }
  lists.set(architecture, list)
  return list
}

function listLinears({ layers }: Architecture, tensors: readonly ParameterTensor[]): LinearTensors[] {
  const tensorsOf = (layer: number) => tensors.filter(tensor => tensor.layer === layer)
  return layers.flatMap((layer, index): LinearTensors[] => {
    if (layer.kind !== 'linear') return []
    const [weight, bias] = tensorsOf(index)
    const isNorm = (at: number) => layers[at]?.kind === 'batchNorm'
    const isNormBehind = !isNorm(index + 1) && isNorm(index + 2)
    const at = isNorm(index + 1) ? index + 1 : index + 2
    const norm = isNorm(at) ? (Object.fromEntries(tensorsOf(at).map(t => [t.role, t])) as NormTensors) : null
    const next = layers[isNorm(index + 1) ? index + 2 : index + 1]
    const activation = next && kindOf(next).isActivation ? next.kind : null
    const { name, inDim, outDim } = layer
    return [{ name, inDim, outDim, weight, bias, norm, isNormBehind, activation }]
  })
}

/** Finds the tensor that a parameter belongs to. @throws FormatError when the index is no parameter's */
export function tensorAt({ tensors, count }: ParameterList, index: number): ParameterTensor {
  // Tensors are few; the last that starts at or before the index is it.
  const tensor = tensors.findLast(({ start }) => start <= index)
  if (!tensor || !Number.isInteger(index) || index >= count)
    throw new FormatError(`parameter: expected an index from 0 to ${count - 1}, got ${index}`)
  return tensor
}

/** Names a parameter as PyTorch would: `dense3.weight[4, 7]`. */
export function parameterName(list: ParameterList, index: number): string {
  const { name, shape, start } = tensorAt(list, index)
  const offset = index - start
  return shape.length === 2 ? `${name}[${Math.floor(offset / shape[1])}, ${offset % shape[1]}]` : `${name}[${offset}]`
}

/** The values of a tensor in a network: the network's own array, not to be written to. */
export function tensorValues({ layers }: Network, { layer, role }: ParameterTensor): Float64Array {
  const owner: NetworkLayer & Partial<Record<ParameterRole, Float64Array>> = layers[layer]
  const values = owner[role]
  if (!values) throw new RangeError(`${owner.name} has no ${role}`)
  return values
}

/** Copies all parameters of a network: [count]. */
export function readParameters(network: Network): Float64Array {
  const { tensors, count } = listParameters(network.architecture)
  const values = new Float64Array(count)
  for (const tensor of tensors) values.set(tensorValues(network, tensor), tensor.start)
  return values
}

/**
 * Makes a network of other values. Tensors that are what they were are the same arrays as before, so that a comparison by
 * identity finds what was touched.
 * @param values [count], copied
 */
export function withParameters(network: Network, values: Float64Array): Network {
  const { tensors } = listParameters(network.architecture)
  const byName = new Map(tensors.map(tensor => [tensor.name, tensor]))
  const layers = network.layers.map(layer => {
    let isTouched = false
    const changed = layerWithValues(layer, ({ name }) => {
      const tensor = byName.get(name) as ParameterTensor
      const before = tensorValues(network, tensor)
      if (isSame(before, values, tensor.start)) return before
      isTouched = true
      return values.slice(tensor.start, tensor.start + tensor.count)
    })
    return isTouched ? changed : layer
  })
  return layers.every((layer, index) => layer === network.layers[index]) ? network : { ...network, layers }
}

/** Tells -0 from 0: a file does, too. */
function isSame(before: Float64Array, values: Float64Array, start: number): boolean {
  return before.every((value, i) => Object.is(value, values[start + i]))
}
