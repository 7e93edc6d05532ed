// A layer drawn anew, as an untrained one is: what training made of the layer is gone, all others stay.

import type { Architecture } from '../../model/architecture.js'
import { initialTensors } from '../../train/initial-weights.js'
import type { RandomiseEffect } from '../effect.js'
import type { ParameterList } from '../parameters.js'

/** Replaces a layer's weights and biases by those the trainer would begin with under this seed, in place. values: [count] */
export function applyRandomise(
  values: Float64Array,
  architecture: Architecture,
  { linears }: ParameterList,
  { layer, seed }: RandomiseEffect,
): void {
  const drawn = initialTensors(architecture, seed, 'default')
  for (const { name, start } of [linears[layer].weight, linears[layer].bias]) values.set(drawn.get(name) ?? [], start)
}
