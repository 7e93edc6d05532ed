// A mutation as CPPNs are bred: a few parameters of the whole network, chosen and pushed by the seed. Noise is faint
// and everywhere, a mutation strong and in few places.

import { SplitMix64 } from '../../train/random.js'
import type { MutateEffect } from '../effect.js'
import type { ParameterList } from '../parameters.js'
import { Normals, standardDeviation } from './normals.js'

/** The share of weights and biases that mutate. */
export const MUTATION_RATE = 0.05

/** Adds `amount` times the tensor's standard deviation times a standard normal number to the chosen few. values: [count] */
export function applyMutate(values: Float64Array, { linears }: ParameterList, { amount, seed }: MutateEffect): void {
  const chosen = new SplitMix64(seed)
  const normals = new Normals(~BigInt(seed))
  for (const { weight, bias } of linears)
    for (const { start, count } of [weight, bias]) {
      const step = amount * standardDeviation(values, start, count)
      for (let i = start; i < start + count; i++)
        if (chosen.uniform() < MUTATION_RATE) values[i] += step * normals.next()
    }
}
