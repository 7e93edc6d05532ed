// The gain of a layer: its weights and biases times a factor.

import type { GainEffect } from '../effect.js'
import type { ParameterList } from '../parameters.js'

/** Multiplies in place. values: [count] */
export function applyGain(values: Float64Array, { linears }: ParameterList, { layer, factor }: GainEffect): void {
  for (const { start, count } of [linears[layer].weight, linears[layer].bias])
    for (let i = start; i < start + count; i++) values[i] *= factor
}
