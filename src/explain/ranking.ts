// Sensitivities in other units, and in order.

import { listParameters, tensorValues } from '../edit/parameters.js'
import type { Network } from '../model/network.js'

/** What a parameter's change is measured by: one, or the standard deviation of the values of its tensor. */
export type SensitivityUnit = 'unit' | 'deviation'

/**
 * Brings sensitivities from "per unit" to "per standard deviation of the parameter's tensor", so that tensors whose values are
 * of other sizes can be compared. A tensor of equal values has deviation 0, and so has no say.
 * @param sensitivities [count] per unit; not written to
 */
export function perDeviation(sensitivities: Float64Array, network: Network): Float64Array {
  const out = sensitivities.slice()
  for (const tensor of listParameters(network.architecture).tensors) {
    const deviation = deviationOf(tensorValues(network, tensor))
    for (let p = tensor.start; p < tensor.start + tensor.count; p++) out[p] *= deviation
  }
  return out
}

function deviationOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}

/** Flat indices of all parameters, the most sensitive first; equals in the order of the list, what is no number last. */
export function rankParameters(sensitivities: Float64Array): Uint32Array {
  const key = (p: number) => (Number.isNaN(sensitivities[p]) ? -1 : sensitivities[p])
  return Uint32Array.from(sensitivities, (_, p) => p).sort((a, b) => key(b) - key(a) || a - b)
}
