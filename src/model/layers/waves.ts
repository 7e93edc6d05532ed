// Sines and cosines of all units behind a stored matrix: Fourier features. The scale is mostly 2 pi.

import type { Affine, LayerKind, LayerSpec } from './layer.js'

/** All sines first, all cosines first, or each unit's two side by side. */
export const WAVE_ORDERS = ['sin-cos', 'cos-sin', 'pairs'] as const

export interface WavesSpec extends LayerSpec {
  readonly kind: 'waves'
  /** Units taken; twice as many are given. */
  readonly dim: number
  readonly scale: number
  readonly order: (typeof WAVE_ORDERS)[number]
}

/** For each value given the unit that it is of and whether it is a cosine. */
export function wavePlaces({ dim, order }: WavesSpec): { unit: number; isCosine: boolean }[] {
  return Array.from({ length: 2 * dim }, (_, o) => {
    if (order === 'pairs') return { unit: o >> 1, isCosine: (o & 1) === 1 }
    return { unit: o % dim, isCosine: o >= dim === (order === 'sin-cos') }
  })
}

export const waves: LayerKind<WavesSpec, WavesSpec> = {
  isActivation: false,
  inDim: ({ dim }) => dim,
  outDim: ({ dim }) => 2 * dim,
  parameters: () => [],
  stepCounter: () => null,

  forward(out, input, layer, points, stride) {
    wavePlaces(layer).forEach(({ unit, isCosine }, o) => {
      for (let p = 0; p < points; p++) {
        const angle = layer.scale * input[unit * stride + p]
        out[o * stride + p] = isCosine ? Math.cos(angle) : Math.sin(angle)
      }
    })
  },

  backward(out, gradients, layer, input) {
    const columns = gradients.length / (2 * layer.dim)
    out.fill(0)
    wavePlaces(layer).forEach(({ unit, isCosine }, o) => {
      const angle = layer.scale * input[unit]
      const slope = layer.scale * (isCosine ? -Math.sin(angle) : Math.cos(angle))
      for (let c = 0; c < columns; c++) out[unit * columns + c] += gradients[o * columns + c] * slope
    })
  },

  parameterFactors() {},
  diagonal: () => null,

  /** A row for each sine and each cosine, which is a sine a quarter of a turn ahead. */
  follow(affine, layer, hasActivation) {
    if (hasActivation || affine.blocks) return null
    const { inDim } = affine
    const places = wavePlaces(layer)
    const rows = places.map(({ unit }) => affine.weight.subarray(unit * inDim, (unit + 1) * inDim))
    const weight = Float64Array.from(
      rows.flatMap(row => [...row]),
      value => value * layer.scale,
    )
    const bias = Float64Array.from(
      places,
      ({ unit, isCosine }) => affine.bias[unit] * layer.scale + (isCosine ? Math.PI / 2 : 0),
    )
    const doubled: Affine = { inDim, outDim: 2 * layer.dim, weight, bias }
    const sine = { kind: 'sine', name: layer.name, dim: 2 * layer.dim, frequency: 1 }
    return { affine: doubled, activation: sine }
  },
}
