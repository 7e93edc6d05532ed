// The float64 reference: the truth that shader and kernel are held against, itself held against PyTorch's float64.
// `traceNetwork` runs the layers as they are, with every stage's output; `evaluateFolded` runs the folded layers over
// many points. Dimension letters: n points, d units of a stage.

import { INPUT_DIM, OUTPUT_DIM } from './architecture.js'
import { gelu, geluDerivative } from './erf.js'
import type { FoldedLayer, FoldedNetwork } from './fold.js'
import type { Network } from './network.js'

/** The output of one stage at one point: its layer's name, and d values. Linear layers before a GELU report too. */
export interface Stage {
  readonly name: string
  readonly values: Float64Array
}

/** Evaluates the unfolded network at one input (first, second) as the net takes it; returns every stage in order. */
export function traceNetwork(network: Network, first: number, second: number): readonly Stage[] {
  let values: Float64Array = Float64Array.of(first, second)
  return network.layers.map(layer => {
    const input = values
    switch (layer.kind) {
      case 'linear':
        values = layer.bias.map((bias, o) => {
          let sum = bias
          for (let i = 0; i < layer.inDim; i++) sum += layer.weight[o * layer.inDim + i] * input[i]
          return sum
        })
        break
      case 'gelu':
        values = input.map(gelu)
        break
      case 'batchNorm':
        values = input.map(
          (x, i) =>
            ((x - layer.runningMean[i]) / Math.sqrt(layer.runningVar[i] + layer.eps)) * layer.weight[i] + layer.bias[i],
        )
        break
    }
    return { name: layer.name, values }
  })
}

/** Points that go through a layer together: four independent sums keep the adder busy where one would wait on itself. */
export const LANES = 4

/**
 * Applies one folded layer without its GELU to four points at once.
 * @param to [outDim, LANES], written
 * @param from [inDim, LANES]
 */
export function applyAffine(to: Float64Array, from: Float64Array, layer: FoldedLayer): void {
  const { inDim, outDim, weight, bias } = layer
  for (let o = 0; o < outDim; o++) {
    let s0 = bias[o]
    let s1 = s0
    let s2 = s0
    let s3 = s0
    for (let i = 0, w = o * inDim, f = 0; i < inDim; i++, w++, f += LANES) {
      const k = weight[w]
      s0 += k * from[f]
      s1 += k * from[f + 1]
      s2 += k * from[f + 2]
      s3 += k * from[f + 3]
    }
    const t = o * LANES
    to[t] = s0
    to[t + 1] = s1
    to[t + 2] = s2
    to[t + 3] = s3
  }
}

/** Applies GELU in place to the first `count` values. */
export function applyGelu(values: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) values[i] = gelu(values[i])
}

/** Gathers the inputs of four points, the last point standing in for those beyond it: out [2, LANES]. */
export function gatherInputs(out: Float64Array, inputs: ArrayLike<number>, start: number): void {
  const last = inputs.length / INPUT_DIM - 1
  for (let lane = 0; lane < LANES; lane++) {
    const point = Math.min(start + lane, last)
    for (let i = 0; i < INPUT_DIM; i++) out[i * LANES + lane] = inputs[point * INPUT_DIM + i]
  }
}

/** The widest that anything between the layers gets. */
export function widestOf({ layers }: FoldedNetwork): number {
  return layers.reduce((width, { inDim, outDim }) => Math.max(width, inDim, outDim), 0)
}

/**
 * Evaluates the folded network: raw head outputs, unclamped.
 * @param out [n, 3], written and returned
 * @param inputs [n, 2] (first, second) as the net takes them
 */
export function evaluateFolded(out: Float64Array, folded: FoldedNetwork, inputs: ArrayLike<number>): Float64Array {
  const count = inputs.length / INPUT_DIM
  let from = new Float64Array(widestOf(folded) * LANES)
  let to = new Float64Array(from.length)
  for (let start = 0; start < count; start += LANES) {
    gatherInputs(from, inputs, start)
    for (const layer of folded.layers) {
      applyAffine(to, from, layer)
      if (layer.gelu) applyGelu(to, layer.outDim * LANES)
      const swap = from
      from = to
      to = swap
    }
    for (let lane = 0; lane < LANES && start + lane < count; lane++)
      for (let channel = 0; channel < OUTPUT_DIM; channel++)
        out[(start + lane) * OUTPUT_DIM + channel] = from[channel * LANES + lane]
  }
  return out
}

/** The first-order picture at one input: raw outputs [3] and their Jacobian [3, 2] by (first, second). */
export interface Linearization {
  readonly value: Float64Array
  readonly jacobian: Float64Array
}

/** Differentiates the folded network at (first, second), forward mode, exactly (no differences). */
export function linearizeFolded(folded: FoldedNetwork, first: number, second: number): Linearization {
  let value: Float64Array = Float64Array.of(first, second)
  let jacobian: Float64Array = Float64Array.of(1, 0, 0, 1)
  for (const layer of folded.layers) {
    const nextValue = new Float64Array(layer.outDim)
    const nextJacobian = new Float64Array(layer.outDim * INPUT_DIM)
    for (let o = 0; o < layer.outDim; o++) {
      let sum = layer.bias[o]
      let d0 = 0
      let d1 = 0
      for (let i = 0; i < layer.inDim; i++) {
        const w = layer.weight[o * layer.inDim + i]
        sum += w * value[i]
        d0 += w * jacobian[i * INPUT_DIM]
        d1 += w * jacobian[i * INPUT_DIM + 1]
      }
      const slope = layer.gelu ? geluDerivative(sum) : 1
      nextValue[o] = layer.gelu ? gelu(sum) : sum
      nextJacobian[o * INPUT_DIM] = d0 * slope
      nextJacobian[o * INPUT_DIM + 1] = d1 * slope
    }
    value = nextValue
    jacobian = nextJacobian
  }
  return { value, jacobian }
}
