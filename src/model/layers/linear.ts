// y = W x + b, as PyTorch's nn.Linear.

import type { LayerKind, LayerSpec, ParameterSpec } from './layer.js'

/** Weights keep PyTorch's order [outDim, inDim]. */
export interface LinearSpec extends LayerSpec {
  readonly kind: 'linear'
  readonly inDim: number
  readonly outDim: number
  /** Absent where there is a bias. */
  readonly hasBias?: false
  /** What the weight is called where that is not `NAME.weight`, and the bias. */
  readonly tensors?: { readonly weight: string; readonly bias: string }
  /** Whether the file has the weight as [inDim, outDim]; absent where it has not. */
  readonly isTransposed?: true
  /** Of a weight that is stored and not trained, as a matrix of frequencies is: the deviation with which it is drawn; absent for all others. */
  readonly isStored?: { readonly deviation: number }
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

  parameters({ name, inDim, outDim, hasBias, tensors, isTransposed, isStored }) {
    // PyTorch's reset_parameters.
    const initial = isStored ?? { within: 1 / Math.sqrt(inDim) }
    const common = { learnable: !isStored, isVariance: false, initial }
    const names = tensors ?? { weight: `${name}.weight`, bias: `${name}.bias` }
    const weight: ParameterSpec = { name: names.weight, role: 'weight', shape: [outDim, inDim], ...common }
    const specs = [isTransposed ? { ...weight, isTransposed } : weight]
    return hasBias === false ? specs : [...specs, { name: names.bias, role: 'bias', shape: [outDim], ...common }]
  },

  constants: ({ outDim, hasBias }) => (hasBias === false ? { bias: new Float64Array(outDim) } : {}),

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

  affine: ({ inDim, outDim, weight, bias }) => ({ inDim, outDim, weight, bias }),
  diagonal: () => null,
}
