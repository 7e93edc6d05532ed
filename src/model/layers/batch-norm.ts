// Batch norm over the batch, as PyTorch's BatchNorm1d, in inference mode: running statistics are parameters like any other, not
// functions of a batch. y = (x - mean) / sqrt(var + eps) * gamma + beta, each unit for itself.

import type { LayerKind, LayerSpec, ParameterRole } from './layer.js'

export interface BatchNormSpec extends LayerSpec {
  readonly kind: 'batchNorm'
  readonly dim: number
  /** Added to the variance. */
  readonly eps: number
  /** Absent where it has weight and bias. */
  readonly isAffine?: false
}

/** All values are [dim]. */
export interface BatchNormLayer extends BatchNormSpec {
  /** gamma */
  readonly weight: Float64Array
  /** beta */
  readonly bias: Float64Array
  readonly runningMean: Float64Array
  readonly runningVar: Float64Array
}

/** PyTorch's default. */
export const BATCH_NORM_EPS = 1e-5

/** The tensors in PyTorch's order, with the values at which a batch norm does nothing. */
const TENSORS: readonly (readonly [suffix: string, role: ParameterRole, initial: number])[] = [
  ['weight', 'weight', 1],
  ['bias', 'bias', 0],
  ['running_mean', 'runningMean', 0],
  ['running_var', 'runningVar', 1],
]

export const batchNorm: LayerKind<BatchNormSpec, BatchNormLayer> = {
  isActivation: false,
  inDim: ({ dim }) => dim,
  outDim: ({ dim }) => dim,

  parameters: ({ name, dim, isAffine }) =>
    (isAffine === false ? TENSORS.slice(2) : TENSORS).map(([suffix, role, initial]) => ({
      name: `${name}.${suffix}`,
      role,
      shape: [dim],
      learnable: role === 'weight' || role === 'bias',
      isVariance: role === 'runningVar',
      initial,
    })),

  constants: ({ dim, isAffine }) =>
    isAffine === false ? { weight: new Float64Array(dim).fill(1), bias: new Float64Array(dim) } : {},
  stepCounter: ({ name }) => `${name}.num_batches_tracked`,

  forward(out, input, { dim, eps, weight, bias, runningMean, runningVar }, points, stride) {
    for (let u = 0, row = 0; u < dim; u++, row += stride) {
      const deviation = Math.sqrt(runningVar[u] + eps)
      for (let p = row; p < row + points; p++) out[p] = ((input[p] - runningMean[u]) / deviation) * weight[u] + bias[u]
    }
  },

  backward(out, gradients, layer) {
    const columns = gradients.length / layer.dim
    for (let u = 0, g = 0; u < layer.dim; u++) {
      const slope = normSlope(layer, u)
      for (let c = 0; c < columns; c++, g++) out[g] = gradients[g] * slope
    }
  },

  parameterFactors(out, role, layer, input) {
    const { dim, eps, runningMean, runningVar } = layer
    for (let u = 0; u < dim; u++) {
      const variance = runningVar[u] + eps
      switch (role) {
        case 'weight':
          out[u] = (input[u] - runningMean[u]) / Math.sqrt(variance)
          break
        case 'bias':
          out[u] = 1
          break
        case 'runningMean':
          out[u] = -normSlope(layer, u)
          break
        case 'runningVar':
          out[u] = ((input[u] - runningMean[u]) * normSlope(layer, u)) / (-2 * variance)
          break
      }
    }
  },

  diagonal({ eps, weight, bias, runningMean, runningVar }) {
    const scale = weight.map((gamma, u) => gamma / Math.sqrt(runningVar[u] + eps))
    return { scale, shift: bias.map((beta, u) => beta - runningMean[u] * scale[u]) }
  },
}

/** The slope of a unit: gamma / sqrt(var + eps). */
export function normSlope({ weight, runningVar, eps }: BatchNormLayer, unit: number): number {
  return weight[unit] / Math.sqrt(runningVar[unit] + eps)
}
