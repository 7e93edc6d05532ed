// Inputs that are derived of the two coordinates: these themselves, the distance from the origin, a constant. No parameters.

import type { LayerKind, LayerSpec } from './layer.js'

/** `x` is the input that the net takes first, `y` the second. */
export const FEATURES = ['x', 'y', 'radius', 'one'] as const

export interface InputsSpec extends LayerSpec {
  readonly kind: 'inputs'
  /** What is given, in order. */
  readonly features: readonly (typeof FEATURES)[number][]
}

export const inputs: LayerKind<InputsSpec, InputsSpec> = {
  isActivation: false,
  inDim: () => 2,
  outDim: ({ features }) => features.length,
  parameters: () => [],
  stepCounter: () => null,

  forward(out, input, { features }, points, stride) {
    features.forEach((feature, o) => {
      for (let p = 0; p < points; p++) out[o * stride + p] = valueOf(feature, input[p], input[stride + p])
    })
  },

  backward(out, gradients, { features }, input) {
    const columns = gradients.length / features.length
    out.fill(0)
    features.forEach((feature, o) => {
      slopesOf(feature, input[0], input[1]).forEach((slope, i) => {
        for (let c = 0; c < columns; c++) out[i * columns + c] += gradients[o * columns + c] * slope
      })
    })
  },

  parameterFactors() {},
  diagonal: () => null,
}

function valueOf(feature: InputsSpec['features'][number], first: number, second: number): number {
  switch (feature) {
    case 'x':
      return first
    case 'y':
      return second
    case 'radius':
      return Math.sqrt(first * first + second * second)
    case 'one':
      return 1
  }
}

function slopesOf(feature: InputsSpec['features'][number], first: number, second: number): readonly number[] {
  switch (feature) {
    case 'x':
      return [1, 0]
    case 'y':
      return [0, 1]
    case 'radius': {
      // At the origin it has no slope: it is the tip of a cone.
      const radius = Math.sqrt(first * first + second * second)
      return radius === 0 ? [0, 0] : [first / radius, second / radius]
    }
    case 'one':
      return [0, 0]
  }
}
