// Activations: one function, of each unit for itself, without parameters. A kind of them is its function and its derivative.

import type { LayerKind, LayerSpec } from './layer.js'

export interface ActivationSpec<K extends string> extends LayerSpec {
  readonly kind: K
  readonly dim: number
}

/** Makes a kind of layer of a function and its derivative, both of float64. */
export function activation<K extends string>(
  value: (x: number) => number,
  derivative: (x: number) => number,
): LayerKind<ActivationSpec<K>, ActivationSpec<K>> {
  return {
    isActivation: true,
    inDim: ({ dim }) => dim,
    outDim: ({ dim }) => dim,
    parameters: () => [],
    stepCounter: () => null,

    forward(out, input, { dim }, points, stride) {
      for (let row = 0; row < dim * stride; row += stride)
        for (let p = row; p < row + points; p++) out[p] = value(input[p])
    },

    backward(out, gradients, { dim }, input) {
      const columns = gradients.length / dim
      for (let u = 0, g = 0; u < dim; u++) {
        const slope = derivative(input[u])
        for (let c = 0; c < columns; c++, g++) out[g] = gradients[g] * slope
      }
    },

    parameterFactors() {},
    diagonal: () => null,
  }
}
