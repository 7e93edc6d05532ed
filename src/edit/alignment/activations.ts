// What the hidden units of a network give over a grid of points.

import { INPUT_DIM } from '../../model/architecture.js'
import { ForwardPass } from '../../model/forward.js'
import type { Frame } from '../../model/frame.js'
import { kindOf } from '../../model/layers/kinds.js'
import type { Network } from '../../model/network.js'
import { inputsOfPixels, samplingOf, wholeFrame } from '../../model/view.js'

/** The inputs at the centres of edge x edge even cells of a frame: [edge * edge, 2], as the net takes them. */
export function gridInputs(frame: Frame, edge: number): Float64Array {
  const size = { width: edge, height: edge }
  const sampling = samplingOf(frame, wholeFrame(frame), edge, edge)
  return inputsOfPixels(new Float64Array(edge * edge * INPUT_DIM), sampling, frame.order, size, { x: 0, y: 0, ...size })
}

/**
 * The outputs of every hidden layer's activation: for each layer [outDim, n].
 * @param inputs [n, 2]
 */
export function hiddenActivations({ layers }: Network, inputs: Float64Array): Float64Array[] {
  const count = inputs.length / INPUT_DIM
  const pass = new ForwardPass(layers, INPUT_DIM, count, true)
  pass.take(inputs, 0, count)
  pass.run(count)
  return pass.outputs.filter((_, index) => kindOf(layers[index]).isActivation)
}

/** Mean and standard deviation of every unit, [dim] each. activations: [dim, n] */
export function unitMoments(activations: Float64Array, dim: number): { mean: Float64Array; deviation: Float64Array } {
  const n = activations.length / dim
  const mean = new Float64Array(dim)
  const deviation = new Float64Array(dim)
  for (let unit = 0; unit < dim; unit++) {
    const own = activations.subarray(unit * n, (unit + 1) * n)
    mean[unit] = own.reduce((sum, value) => sum + value, 0) / n
    deviation[unit] = Math.sqrt(own.reduce((sum, value) => sum + (value - mean[unit]) ** 2, 0) / n)
  }
  return { mean, deviation }
}
