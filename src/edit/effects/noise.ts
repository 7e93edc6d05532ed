// Noise on the weights and biases of a layer or of all. A seed is a direction, the amount how far to go along it: the
// numbers drawn for a layer do not depend on the amount, nor on which other layers get noise.

import type { NoiseEffect } from '../effect.js'
import type { ParameterList } from '../parameters.js'
import { Normals, standardDeviation } from './normals.js'

/** Adds `amount` times the tensor's own standard deviation times a standard normal number, in place. values: [count] */
export function applyNoise(
  values: Float64Array,
  { linears }: ParameterList,
  { layer, amount, seed }: NoiseEffect,
): void {
  linears.forEach(({ weight, bias }, index) => {
    if (layer !== null && layer !== index) return
    const normals = new Normals(layerSeed(seed, index))
    for (const { start, count } of [weight, bias]) {
      const step = amount * standardDeviation(values, start, count)
      for (let i = start; i < start + count; i++) values[i] += step * normals.next()
    }
  })
}

/** Seeds are below 2^32, so that no two layers of any two seeds share theirs. */
function layerSeed(seed: number, layer: number): bigint {
  return BigInt(seed) + (BigInt(layer) << 32n)
}
