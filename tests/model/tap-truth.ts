// What units ought to be: the layers run one by one, without folding, as the reference traces them (tests/model/reference.test.ts
// holds that against PyTorch's own stage outputs).

import type { Architecture } from '../../src/model/architecture.js'
import type { DivergingTone } from '../../src/model/diverging.js'
import type { Network } from '../../src/model/network.js'
import { type Stage, traceNetwork } from '../../src/model/reference.js'
import { listTaps, stageName, type Tap } from '../../src/model/tap.js'

/** Every tap there is: each hidden unit before and after its GELU, and the raw outputs. 224 + 224 + 3 for MysteryNet. */
export function everyTap(architecture: Architecture): readonly Tap[] {
  return [...listTaps(architecture, 'pre'), ...listTaps(architecture, 'post').filter(({ stage }) => stage === 'post')]
}

/** A tap of a layer's first, a middle and its last unit, in each stage. */
export function someTaps(architecture: Architecture): readonly Tap[] {
  const all = everyTap(architecture)
  const widthOf = (layer: number) => Math.max(...all.filter(tap => tap.layer === layer).map(({ unit }) => unit)) + 1
  return all.filter(({ layer, unit }) => {
    const width = widthOf(layer)
    return unit === 0 || unit === width - 1 || unit === Math.floor((width * (layer + 2)) / 11)
  })
}

/** The unfolded network's stages at points [n, 2]. */
export type Traces = readonly (readonly Stage[])[]

export function tracesAt(network: Network, inputs: ArrayLike<number>): Traces {
  return Array.from({ length: inputs.length / 2 }, (_, i) => traceNetwork(network, inputs[2 * i], inputs[2 * i + 1]))
}

/** A unit's values at the points that were traced: [n]. */
export function unitTruth(network: Network, tap: Tap, traces: Traces): Float64Array {
  const name = stageName(network.layers, tap)
  const index = network.layers.findIndex(layer => layer.name === name)
  return Float64Array.from(traces, stages => stages[index].values[tap.unit])
}

/** The tone that the values of a unit ask for: their mean, and two and a half standard deviations either way. */
export function toneFor(values: Float64Array): DivergingTone {
  const offset = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - offset) ** 2, 0) / values.length
  // A unit that hardly changes would show float32's rounding.
  return { offset, scale: Math.max(2.5 * Math.sqrt(variance), 1e-2) }
}

/** The largest difference of a unit's values from its truth, as a share of the larger of 1 and the largest of them; NaN is Infinity. */
export function largestShare(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let range = 1
  let error = 0
  for (let i = 0; i < expected.length; i++) {
    range = Math.max(range, Math.abs(expected[i]))
    const difference = Math.abs(actual[i] - expected[i])
    error = Math.max(error, Number.isNaN(difference) ? Infinity : difference)
  }
  return error / range
}
