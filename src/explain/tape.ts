// One evaluation of the network as it is, unfolded, with everything that reverse mode needs kept: a tape. Memory is allocated
// once; forward and backward run over it point after point. Inference mode: running statistics are parameters like any other,
// not functions of a batch (src/kernel trains, with batch statistics). Dimension letters: d units of a stage, 3 raw outputs.

import { INPUT_DIM, OUTPUT_DIM } from '../model/architecture.js'
import { gelu, geluDerivative } from '../model/erf.js'
import type { Network, NetworkLayer } from '../model/network.js'

type BatchNormLayer = Extract<NetworkLayer, { kind: 'batchNorm' }>

/** What a layer took, gave, and how the head's raw values change with what it gave. */
export interface TapeStage {
  readonly layer: NetworkLayer
  /** What the layer took: the values of the stage in front of it, the same array. */
  readonly input: Float64Array
  /** [d] */
  readonly values: Float64Array
  /** [d, 3]: derivatives of the three raw outputs by each value, after {@link runBackward}. */
  readonly gradients: Float64Array
}

export interface Tape {
  readonly network: Network
  /** [2] (first, second) as the net takes them. */
  readonly input: Float64Array
  /** [2, 3]: derivatives of the raw outputs by the inputs. */
  readonly inputGradients: Float64Array
  /** One for each of the network's layers, in order. */
  readonly stages: readonly TapeStage[]
  /** [3]: the values of the last stage. */
  readonly raw: Float64Array
}

/** Allocates the tape of a network. The network's arrays are read at every run: what changes them in place is followed. */
export function createTape(network: Network): Tape {
  const input = new Float64Array(INPUT_DIM)
  let values = input
  const stages = network.layers.map((layer): TapeStage => {
    const dim = layer.kind === 'linear' ? layer.outDim : layer.dim
    const stage = { layer, input: values, values: new Float64Array(dim), gradients: new Float64Array(dim * OUTPUT_DIM) }
    values = stage.values
    return stage
  })
  return { network, input, inputGradients: new Float64Array(INPUT_DIM * OUTPUT_DIM), stages, raw: values }
}

/** Evaluates the network at one input (first, second) as the net takes it. */
export function runForward({ input, stages }: Tape, first: number, second: number): void {
  input[0] = first
  input[1] = second
  for (const { layer, input: from, values: to } of stages) {
    switch (layer.kind) {
      case 'linear': {
        const { weight, bias } = layer
        for (let o = 0, w = 0; o < to.length; o++) {
          let sum = bias[o]
          for (let i = 0; i < from.length; i++, w++) sum += weight[w] * from[i]
          to[o] = sum
        }
        break
      }
      case 'gelu':
        for (let u = 0; u < to.length; u++) to[u] = gelu(from[u])
        break
      case 'batchNorm':
        for (let u = 0; u < to.length; u++)
          to[u] = (from[u] - layer.runningMean[u]) * normSlope(layer, u) + layer.bias[u]
        break
    }
  }
}

/** Differentiates the three raw outputs by every value of the evaluation, in reverse, exactly (no differences). */
export function runBackward({ stages, inputGradients }: Tape): void {
  const last = stages[stages.length - 1].gradients
  last.fill(0)
  for (let c = 0; c < OUTPUT_DIM; c++) last[c * OUTPUT_DIM + c] = 1
  for (let s = stages.length - 1; s >= 0; s--) propagate(s > 0 ? stages[s - 1].gradients : inputGradients, stages[s])
}

/** Brings the gradients by what a stage gave to those by what it took: out [inputs, 3]. */
function propagate(out: Float64Array, { layer, input, gradients }: TapeStage): void {
  if (layer.kind !== 'linear') {
    for (let u = 0, g = 0; u < input.length; u++) {
      const slope = layer.kind === 'gelu' ? geluDerivative(input[u]) : normSlope(layer, u)
      for (let c = 0; c < OUTPUT_DIM; c++, g++) out[g] = gradients[g] * slope
    }
    return
  }
  const { weight, inDim, outDim } = layer
  out.fill(0)
  for (let o = 0, w = 0; o < outDim; o++) {
    const g0 = gradients[OUTPUT_DIM * o]
    const g1 = gradients[OUTPUT_DIM * o + 1]
    const g2 = gradients[OUTPUT_DIM * o + 2]
    for (let i = 0, to = 0; i < inDim; i++, w++, to += OUTPUT_DIM) {
      const k = weight[w]
      out[to] += k * g0
      out[to + 1] += k * g1
      out[to + 2] += k * g2
    }
  }
}

/** The slope of a unit's batch norm: gamma / sqrt(var + eps). */
export function normSlope({ weight, runningVar, eps }: BatchNormLayer, unit: number): number {
  return weight[unit] / Math.sqrt(runningVar[unit] + eps)
}
