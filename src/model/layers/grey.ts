// One value for all three channels: what is behind a head of one unit.

import type { LayerKind, LayerSpec } from './layer.js'

export interface GreySpec extends LayerSpec {
  readonly kind: 'grey'
}

const CHANNELS = 3

export const grey: LayerKind<GreySpec, GreySpec> = {
  isActivation: false,
  inDim: () => 1,
  outDim: () => CHANNELS,
  parameters: () => [],
  stepCounter: () => null,

  forward(out, input, _, points, stride) {
    for (let c = 0; c < CHANNELS; c++) for (let p = 0; p < points; p++) out[c * stride + p] = input[p]
  },

  backward(out, gradients) {
    const columns = gradients.length / CHANNELS
    for (let k = 0; k < columns; k++) out[k] = gradients[k] + gradients[columns + k] + gradients[2 * columns + k]
  },

  parameterFactors() {},
  diagonal: () => null,

  /** The head with its row three times. */
  follow({ inDim, weight, bias, blocks }) {
    if (blocks) return null
    const thrice = (values: Float64Array) => Float64Array.from([...values, ...values, ...values])
    return { affine: { inDim, outDim: CHANNELS, weight: thrice(weight), bias: thrice(bias) }, activation: null }
  },
}
