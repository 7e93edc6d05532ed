// Four values, the last of them straight alpha: colours from 0 to 1 over white.

import type { LayerKind, LayerSpec } from './layer.js'

export interface AlphaSpec extends LayerSpec {
  readonly kind: 'alpha'
}

const CHANNELS = 3
const GROUND = 1

export const alpha: LayerKind<AlphaSpec, AlphaSpec> = {
  isActivation: false,
  inDim: () => CHANNELS + 1,
  outDim: () => CHANNELS,
  parameters: () => [],
  stepCounter: () => null,

  forward(out, input, _, points, stride) {
    for (let p = 0; p < points; p++) {
      const share = Math.min(1, Math.max(0, input[CHANNELS * stride + p]))
      for (let at = p; at < CHANNELS * stride; at += stride) out[at] = GROUND + (input[at] - GROUND) * share
    }
  },

  backward(out, gradients, _, input) {
    const columns = gradients.length / CHANNELS
    const opacity = input[CHANNELS]
    const share = Math.min(1, Math.max(0, opacity))
    out.fill(0)
    for (let c = 0; c < CHANNELS; c++)
      for (let k = 0; k < columns; k++) {
        const gradient = gradients[c * columns + k]
        out[c * columns + k] = gradient * share
        if (share === opacity) out[CHANNELS * columns + k] += gradient * (input[c] - GROUND)
      }
  },

  parameterFactors() {},
  diagonal: () => null,
}
