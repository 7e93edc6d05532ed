// What the hidden units of a network give over a grid of points: the float64 forward pass of a flat list of parameters,
// layer by layer, keeping everything.

import { BATCH_NORM_EPS, INPUT_DIM } from '../../model/architecture.js'
import { gelu } from '../../model/erf.js'
import type { Frame } from '../../model/frame.js'
import { inputsOfPixels, samplingOf, wholeFrame } from '../../model/view.js'
import type { LinearTensors, ParameterList } from '../parameters.js'

/** The inputs at the centres of edge x edge even cells of a frame: [edge * edge, 2], as the net takes them. */
export function gridInputs(frame: Frame, edge: number): Float64Array {
  const size = { width: edge, height: edge }
  const sampling = samplingOf(frame, wholeFrame(frame), edge, edge)
  return inputsOfPixels(new Float64Array(edge * edge * INPUT_DIM), sampling, frame.order, size, { x: 0, y: 0, ...size })
}

/** Multiplies by a layer's weights and adds its biases. inputs: [n, inDim]; returns [n, outDim]. */
export function linearOutputs(values: Float64Array, layer: LinearTensors, inputs: Float64Array): Float64Array {
  const { inDim, outDim, weight, bias } = layer
  const n = inputs.length / inDim
  const out = new Float64Array(n * outDim)
  for (let p = 0; p < n; p++)
    for (let o = 0; o < outDim; o++) {
      let sum = values[bias.start + o]
      for (let i = 0, w = weight.start + o * inDim; i < inDim; i++, w++) sum += values[w] * inputs[p * inDim + i]
      out[p * outDim + o] = sum
    }
  return out
}

/** Applies the batch norm behind a layer, if there is one, in place. activations: [n, outDim], returned. */
export function normalise(
  values: Float64Array,
  { norm, outDim }: LinearTensors,
  activations: Float64Array,
): Float64Array {
  if (!norm) return activations
  for (let unit = 0; unit < outDim; unit++) {
    const scale = values[norm.weight.start + unit] / Math.sqrt(values[norm.runningVar.start + unit] + BATCH_NORM_EPS)
    const shift = values[norm.bias.start + unit] - values[norm.runningMean.start + unit] * scale
    for (let at = unit; at < activations.length; at += outDim) activations[at] = activations[at] * scale + shift
  }
  return activations
}

/** The outputs of every hidden layer's GELU: for each layer [n, outDim]. inputs: [n, 2]. */
export function hiddenActivations(
  values: Float64Array,
  { linears }: ParameterList,
  inputs: Float64Array,
): Float64Array[] {
  let current = inputs
  return linears.slice(0, -1).map(layer => {
    const activations = linearOutputs(values, layer, current).map(gelu)
    current = normalise(values, layer, activations.slice())
    return activations
  })
}

/** Mean and standard deviation of every unit. activations: [n, dim]. */
export function unitMoments(activations: Float64Array, dim: number): { mean: Float64Array; deviation: Float64Array } {
  const n = activations.length / dim
  const mean = new Float64Array(dim)
  const deviation = new Float64Array(dim)
  for (let unit = 0; unit < dim; unit++) {
    let sum = 0
    for (let at = unit; at < activations.length; at += dim) sum += activations[at]
    mean[unit] = sum / n
    let squares = 0
    for (let at = unit; at < activations.length; at += dim) squares += (activations[at] - mean[unit]) ** 2
    deviation[unit] = Math.sqrt(squares / n)
  }
  return { mean, deviation }
}
