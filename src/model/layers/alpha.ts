// Four values, the last of them straight alpha: colours from 0 to 1 over a ground, which is white where nothing else is said.

import type { LayerKind, LayerSpec } from './layer.js'

export interface AlphaSpec extends LayerSpec {
  readonly kind: 'alpha'
  /** What is seen through it, in all channels: absent for white. No file says it. */
  readonly ground?: number
}

const CHANNELS = 3
const WHITE = 1

export const alpha: LayerKind<AlphaSpec, AlphaSpec> = {
  isActivation: false,
  inDim: () => CHANNELS + 1,
  outDim: () => CHANNELS,
  parameters: () => [],
  stepCounter: () => null,

  forward(out, input, { ground = WHITE }, points, stride) {
    for (let p = 0; p < points; p++) {
      const share = Math.min(1, Math.max(0, input[CHANNELS * stride + p]))
      for (let at = p; at < CHANNELS * stride; at += stride) out[at] = ground + (input[at] - ground) * share
    }
  },

  backward(out, gradients, { ground = WHITE }, input) {
    const columns = gradients.length / CHANNELS
    const opacity = input[CHANNELS]
    const share = Math.min(1, Math.max(0, opacity))
    out.fill(0)
    for (let c = 0; c < CHANNELS; c++)
      for (let k = 0; k < columns; k++) {
        const gradient = gradients[c * columns + k]
        out[c * columns + k] = gradient * share
        if (share === opacity) out[CHANNELS * columns + k] += gradient * (input[c] - ground)
      }
  },

  parameterFactors() {},
  diagonal: () => null,
}
