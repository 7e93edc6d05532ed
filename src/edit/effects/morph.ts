// Morphing: every parameter goes in a straight line to that of another network.

import { FormatError } from '../../model/errors.js'
import type { Network } from '../../model/network.js'
import { printableName } from '../../model/printable.js'
import type { MorphEffect } from '../effect.js'
import { readParameters } from '../parameters.js'

/**
 * Interpolates in place: (1 - amount) of what is there and `amount` of the target. values: [count]
 * @throws FormatError when the target is not there or of another architecture
 */
export function applyMorph(
  values: Float64Array,
  original: Network,
  targets: ReadonlyMap<string, Network>,
  { target, amount }: MorphEffect,
): void {
  const network = targets.get(target)
  if (!network) throw new FormatError(`morph: no network is loaded as ${printableName(target)}`)
  if (network.architecture.name !== original.architecture.name)
    throw new FormatError(
      `morph: expected a network like this one, ${original.architecture.name}, got ${network.architecture.name}`,
    )
  const other = readParameters(network)
  for (let i = 0; i < values.length; i++) values[i] = (1 - amount) * values[i] + amount * other[i]
}
