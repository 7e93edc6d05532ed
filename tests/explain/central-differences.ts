// Derivatives by central differences of the float64 reference, with one step of Richardson extrapolation: the truth that exact
// derivatives are held against.

import { listParameters, tensorAt, tensorValues } from '../../src/edit/parameters.js'
import type { Network } from '../../src/model/network.js'
import { traceNetwork } from '../../src/model/reference.js'

/** Error h^4 f''''' / 480; the rounding of values around 1 leaves 1e-16 / h. */
function richardson(of: (delta: number) => Float64Array, step: number): Float64Array {
  const central = (h: number) => {
    const [high, low] = [of(h), of(-h)]
    return high.map((value, c) => (value - low[c]) / (2 * h))
  }
  const [coarse, fine] = [central(step), central(step / 2)]
  return fine.map((value, c) => (4 * value - coarse[c]) / 3)
}

const STEP = 1e-4

/** A copy whose arrays may be changed. */
export function mutableCopy(network: Network): Network {
  return { ...network, layers: structuredClone(network.layers) }
}

/**
 * Differentiates any function of a network by one of its parameters.
 * @param network is changed meanwhile, and as before at the end
 */
export function differenceByParameter(
  network: Network,
  index: number,
  of: (network: Network) => Float64Array,
): Float64Array {
  const list = listParameters(network.architecture)
  const tensor = tensorAt(list, index)
  const values = tensorValues(network, tensor)
  const at = index - tensor.start
  const value = values[at]
  // A variance bends things on the scale of itself, and must not fall below zero.
  const step = tensor.role === 'runningVar' ? Math.min(STEP, 1e-3 * value) : STEP * Math.min(1, Math.abs(value) + 0.1)
  const slope = richardson(delta => {
    values[at] = value + delta
    return of(network)
  }, step)
  values[at] = value
  return slope
}

/**
 * Differentiates any function of a network by what one of its GELU units gives, by way of the parameter behind it that moves
 * exactly as much: a batch norm's running mean (the other way), or the next layer's bias through the unit's column of weights.
 */
export function differenceByActivation(
  network: Network,
  geluIndex: number,
  unit: number,
  of: (network: Network) => Float64Array,
): Float64Array {
  const next = network.layers[geluIndex + 1]
  if (next.kind !== 'linear' && next.kind !== 'batchNorm') throw new Error(`no ${next.kind} follows a GELU`)
  const values = next.kind === 'linear' ? next.bias : next.runningMean
  const before = values.slice()
  const slope = richardson(delta => {
    if (next.kind === 'linear')
      for (let o = 0; o < next.outDim; o++) values[o] = before[o] + delta * next.weight[o * next.inDim + unit]
    else values[unit] = before[unit] - delta
    return of(network)
  }, STEP)
  values.set(before)
  return slope
}

/** The raw outputs, unfolded. */
export function rawOutputs(network: Network, [first, second]: readonly [number, number]): Float64Array {
  return traceNetwork(network, first, second).at(-1)?.values ?? new Float64Array()
}
