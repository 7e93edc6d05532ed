// Another network with its units in the order that fits a network's best. The slider of a morph asks for it at every frame,
// so the last answer for each pair is kept.

import type { Frame } from '../../model/frame.js'
import type { Network } from '../../model/network.js'
import { listParameters, readParameters } from '../parameters.js'
import { matchActivations } from './activation-matching.js'
import { gridInputs } from './activations.js'
import { reorderUnits } from './unit-orders.js'

/** Points an edge of the grid that units are compared on. */
const GRID_EDGE = 24

interface Answer {
  readonly inputs: Float64Array
  readonly values: Float64Array
}

const answers = new WeakMap<Network, WeakMap<Network, Answer>>()

/**
 * Returns the parameters of `target`, its hidden units reordered to match those of `network`: the same function.
 * @param frame where the two are compared
 * @returns [count], not to be written to
 */
export function matchedParameters(network: Network, target: Network, frame: Frame): Float64Array {
  const inputs = gridInputs(frame, GRID_EDGE)
  const known = answers.get(network)?.get(target)
  if (known?.inputs.every((value, i) => value === inputs[i])) return known.values
  const list = listParameters(network.architecture)
  const values = reorderUnits(readParameters(target), list, matchActivations(network, target, inputs))
  const own = answers.get(network) ?? new WeakMap<Network, Answer>()
  answers.set(network, own.set(target, { inputs, values }))
  return values
}
