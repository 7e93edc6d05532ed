// y = W x + b, as PyTorch's nn.Linear.

import type { Diagonal, LayerKind, LayerSpec } from './layer.js'

/** Weights keep PyTorch's order [outDim, inDim]. */
export interface LinearSpec extends LayerSpec {
  readonly kind: 'linear'
  readonly inDim: number
  readonly outDim: number
}

export interface LinearLayer extends LinearSpec {
  /** [outDim, inDim] row-major. */
  readonly weight: Float64Array
  /** [outDim] */
  readonly bias: Float64Array
}

/** Points that go through together: four independent sums keep the adder busy where one would wait on itself. */
const LANES = 4

export const linear: LayerKind<LinearSpec, LinearLayer> = {
  isActivation: false,
  inDim: ({ inDim }) => inDim,
  outDim: ({ outDim }) => outDim,

  parameters({ name, inDim, outDim }) {
    // PyTorch's reset_parameters.
    const initial = { within: 1 / Math.sqrt(inDim) }
    const common = { learnable: true, isVariance: false, initial }
    return [
      { name: `${name}.weight`, role: 'weight', shape: [outDim, inDim], ...common },
      { name: `${name}.bias`, role: 'bias', shape: [outDim], ...common },
    ]
  },

  stepCounter: () => null,

  /** Every sum begins with the bias and takes the inputs in their order, however many points go together. */
  forward(out, input, { weight, bias, inDim, outDim }, points, stride) {
    let p = 0
    for (; p + LANES <= points; p += LANES)
      for (let o = 0, w = 0; o < outDim; o++) {
        let s0 = bias[o]
        let s1 = s0
        let s2 = s0
        let s3 = s0
        for (let i = 0, f = p; i < inDim; i++, w++, f += stride) {
          const k = weight[w]
          s0 += k * input[f]
          s1 += k * input[f + 1]
          s2 += k * input[f + 2]
          s3 += k * input[f + 3]
        }
        const t = o * stride + p
        out[t] = s0
        out[t + 1] = s1
        out[t + 2] = s2
        out[t + 3] = s3
      }
    for (; p < points; p++)
      for (let o = 0, w = 0; o < outDim; o++) {
        let sum = bias[o]
        for (let i = 0, f = p; i < inDim; i++, w++, f += stride) sum += weight[w] * input[f]
        out[o * stride + p] = sum
      }
  },

  backward(out, gradients, { weight, inDim, outDim }) {
    const columns = gradients.length / outDim
    out.fill(0)
    for (let o = 0, g = 0; o < outDim; o++)
      for (let c = 0; c < columns; c++, g++) {
        const gradient = gradients[g]
        for (let i = 0, w = o * inDim, to = c; i < inDim; i++, w++, to += columns) out[to] += weight[w] * gradient
      }
  },

  parameterFactors(out, role, _, input) {
    if (role === 'weight') out.set(input)
    else out.fill(1)
  },

  diagonal: () => null,
}

/** The linear layer that does what `layer` does behind a diagonal one: W' = W diag(s), b' = b + W t. */
export function foldBehind({ scale, shift }: Diagonal, layer: LinearLayer): LinearLayer {
  const { inDim, outDim } = layer
  const weight = layer.weight.slice()
  const bias = layer.bias.slice()
  for (let o = 0, w = 0; o < outDim; o++) {
    let sum = 0
    for (let i = 0; i < inDim; i++, w++) {
      sum += weight[w] * shift[i]
      weight[w] *= scale[i]
    }
    bias[o] += sum
  }
  return { ...layer, weight, bias }
}
