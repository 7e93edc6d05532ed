// Folding batch norm. At inference batch norm is affine and stands in front of a linear layer, so it disappears into
// it exactly: with s = gamma / sqrt(var + eps), W' = W diag(s) and b' = b + W (beta - mean * s). Nine affine layers
// with GELU between them remain of MysteryNet.

import { FormatError } from './errors.js'
import type { Network } from './network.js'
import type { Tap } from './tap.js'

/** An affine layer: weight [outDim, inDim] row-major, bias [outDim], float64; `gelu` says whether GELU follows. */
export interface FoldedLayer {
  readonly name: string
  readonly inDim: number
  readonly outDim: number
  readonly gelu: boolean
  readonly weight: Float64Array
  readonly bias: Float64Array
}

export interface FoldedNetwork {
  readonly layers: readonly FoldedLayer[]
}

/** Multiply-adds of one evaluation: 6,224 for MysteryNet. */
export function countMultiplyAdds({ layers }: FoldedNetwork): number {
  return layers.reduce((sum, { inDim, outDim }) => sum + inDim * outDim, 0)
}

// Multiply-adds of MysteryNet: the unit that time budgets are counted in.
const UNIT_MULTIPLY_ADDS = 6224

// A quad of units is evaluated for the one that is tapped.
const TAPPED_UNITS = 4
// What a pixel of the first layer's units costs all the same: its colour, and its place in the picture.
const LEAST_COST = 1 / 32

/**
 * What one evaluation costs, MysteryNet's being 1.
 * @param tap the unit that is looked at: only the layers in front of it are evaluated; null for the head
 */
export function evaluationCost(folded: FoldedNetwork, tap: Pick<Tap, 'layer'> | null = null): number {
  if (!tap) return countMultiplyAdds(folded) / UNIT_MULTIPLY_ADDS
  const { inDim } = folded.layers[tap.layer]
  const before = countMultiplyAdds({ layers: folded.layers.slice(0, tap.layer) })
  return Math.max(LEAST_COST, (before + inDim * TAPPED_UNITS) / UNIT_MULTIPLY_ADDS)
}

/** Folds every batch norm into the linear layer that follows it. The network itself is left as it is. */
export function foldNetwork(network: Network): FoldedNetwork {
  const layers: FoldedLayer[] = []
  let norm: { scale: Float64Array; shift: Float64Array } | null = null
  network.layers.forEach((layer, index) => {
    if (layer.kind === 'batchNorm') {
      const scale = layer.weight.map((gamma, i) => gamma / Math.sqrt(layer.runningVar[i] + layer.eps))
      norm = { scale, shift: layer.bias.map((beta, i) => beta - layer.runningMean[i] * scale[i]) }
    } else if (layer.kind === 'linear') {
      const { name, inDim, outDim } = layer
      const weight = layer.weight.slice()
      const bias = layer.bias.slice()
      if (norm) {
        for (let o = 0; o < outDim; o++) {
          let sum = 0
          for (let i = 0; i < inDim; i++) {
            sum += weight[o * inDim + i] * norm.shift[i]
            weight[o * inDim + i] *= norm.scale[i]
          }
          bias[o] += sum
        }
        norm = null
      }
      // Finite parameters can still overflow in the product; every later stage relies on finite weights.
      if (!weight.every(Number.isFinite) || !bias.every(Number.isFinite))
        throw new FormatError(`${name}: the weights overflow when batch norm is folded into them`)
      layers.push({ name, inDim, outDim, gelu: network.layers[index + 1]?.kind === 'gelu', weight, bias })
    }
  })
  return { layers }
}
