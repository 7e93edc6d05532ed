// Activations: one function, of each unit for itself, without parameters. A kind of them is its function and its derivative, and
// how the kernel and the shader compute it, where they can; where they cannot, the float64 reference draws.

import type { ActivationKind, ActivationOptions, Affine, InitialPlace, LayerSpec } from './layer.js'

export type ActivationSpec<K extends string, O extends ActivationOptions = Record<never, never>> = LayerSpec & {
  readonly kind: K
  readonly dim: number
} & Readonly<O>

/** What a kind of activation is made of. `O` are the numbers that a layer of it has besides. */
export interface ActivationParts<K extends string, O extends ActivationOptions> {
  /** What people call it. */
  readonly label: string
  value(x: number, layer: ActivationSpec<K, O>): number
  derivative(x: number, layer: ActivationSpec<K, O>): number
  /** With the values that hold where nobody says. */
  readonly options: O
  /** The factor that its argument is multiplied by first, which goes into the affine layer in front; absent for none. */
  readonly gain?: keyof O & string
  readonly shader?: ActivationKind<ActivationSpec<K, O>>['shader']
  readonly oddPart?: ActivationKind<ActivationSpec<K, O>>['oddPart']
  readonly initialBound?: ActivationKind<ActivationSpec<K, O>>['initialBound']
}

/** Evenly drawn weights that keep the second moment through ReLU and its like (He et al. 2015, arXiv:1502.01852). */
export function heBound({ inDim }: InitialPlace): number {
  return Math.sqrt(6 / inDim)
}

/** Makes a kind of layer of a function and its derivative, both of float64. */
export function activation<K extends string, O extends ActivationOptions = Record<never, never>>({
  label,
  value,
  derivative,
  options,
  gain,
  shader,
  oddPart,
  initialBound,
}: ActivationParts<K, O>): ActivationKind<ActivationSpec<K, O>> {
  return {
    isActivation: true,
    label,
    options,
    shader,
    oddPart,
    gain,
    initialBound,
    inDim: ({ dim }) => dim,
    outDim: ({ dim }) => dim,
    parameters: () => [],
    stepCounter: () => null,

    forward(out, input, layer, points, stride) {
      for (let row = 0; row < layer.dim * stride; row += stride)
        for (let p = row; p < row + points; p++) out[p] = value(input[p], layer)
    },

    backward(out, gradients, layer, input) {
      const { dim } = layer
      const columns = gradients.length / dim
      for (let u = 0, g = 0; u < dim; u++) {
        const slope = derivative(input[u], layer)
        for (let c = 0; c < columns; c++, g++) out[g] = gradients[g] * slope
      }
    },

    parameterFactors() {},
    diagonal: () => null,

    follow(affine, layer, hasActivation) {
      if (hasActivation) return null
      if (!gain) return { affine, activation: layer }
      return { affine: times(affine, layer[gain]), activation: { ...layer, [gain]: 1 } }
    },
  }
}

function times(affine: Affine, factor: number): Affine {
  const scaled = (values: Float64Array) => values.map(value => value * factor)
  return factor === 1 ? affine : { ...affine, weight: scaled(affine.weight), bias: scaled(affine.bias) }
}
