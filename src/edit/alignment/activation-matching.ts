// Matching by activations (Li, Yosinski, Clune, Lipson, Hopcroft 2015, "Convergent Learning"): units that vary alike over the
// frame belong together. Each layer is one assignment by itself. Between the flags of the wall this was tried against matching
// by weights ("Git Re-Basin", Ainsworth, Hayase, Srinivasa 2022, coordinate descent) on ten pairs: the middle of the morph came
// within 12.5 dB of the cross-fade by activations, 10.4 by weights, 10.5 by weights beginning there, 11.0 unmatched.

import { FormatError } from '../../model/errors.js'
import type { Network } from '../../model/network.js'
import { tapLayers } from '../../model/tap.js'
import { hiddenActivations, unitMoments } from './activations.js'
import { bestAssignment } from './assignment.js'
import type { UnitOrders } from './unit-orders.js'

const MAX_WIDTH = 256

/**
 * Orders the units of `other` to fit those of `network`, of the same architecture, by the correlation of what they give.
 * @param inputs [n, 2], the points to compare them at
 * @throws FormatError when a layer is wider than 256: the assignment takes the cube of it
 */
export function matchActivations(network: Network, other: Network, inputs: Float64Array): UnitOrders {
  const widths = tapLayers(network.architecture).map(({ outDim }) => outDim)
  const widest = Math.max(...widths)
  if (widest > MAX_WIDTH)
    throw new FormatError(`matched morph: expected layers of at most ${MAX_WIDTH} units, got ${widest}`)
  const [mine, theirs] = [network, other].map(net => hiddenActivations(net, inputs))
  return mine.map((activations, l) => bestAssignment(correlations(activations, theirs[l], widths[l]), widths[l]))
}

/** Pearson's correlations [d, d]; 0 where a unit is constant. a, b: [d, n] */
function correlations(a: Float64Array, b: Float64Array, d: number): Float64Array {
  const n = a.length / d
  const [p, q] = [standardised(a, d), standardised(b, d)]
  const out = new Float64Array(d * d)
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) {
      let sum = 0
      for (let point = 0; point < n; point++) sum += (p[i * n + point] / n) * q[j * n + point]
      out[i * d + j] = sum
    }
  return out
}

function standardised(activations: Float64Array, d: number): Float64Array {
  const n = activations.length / d
  const { mean, deviation } = unitMoments(activations, d)
  return activations.map((value, at) => {
    const unit = Math.floor(at / n)
    return deviation[unit] > 0 ? (value - mean[unit]) / deviation[unit] : 0
  })
}
