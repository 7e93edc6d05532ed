// Folding batch norm. At inference batch norm is affine and stands in front of a linear layer, so it disappears into
// it exactly: with s = gamma / sqrt(var + eps), W' = W diag(s) and b' = b + W (beta - mean * s). Nine affine layers
// with GELU between them remain of MysteryNet.

import { FormatError } from './errors.js'
import { kindOf, type NetworkLayer } from './layers/kinds.js'
import type { Diagonal } from './layers/layer.js'
import { foldBehind, type LinearLayer } from './layers/linear.js'
import type { Network } from './network.js'

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
export function evaluationCost(folded: FoldedNetwork, tap: { readonly layer: number } | null = null): number {
  if (!tap) return countMultiplyAdds(folded) / UNIT_MULTIPLY_ADDS
  const { inDim } = folded.layers[tap.layer]
  const before = countMultiplyAdds({ layers: folded.layers.slice(0, tap.layer) })
  return Math.max(LEAST_COST, (before + inDim * TAPPED_UNITS) / UNIT_MULTIPLY_ADDS)
}

/** Folds every batch norm into the linear layer that follows it. The network itself is left as it is. */
export function foldNetwork(network: Network): FoldedNetwork {
  const layers: FoldedLayer[] = []
  let before: Diagonal | null = null
  network.layers.forEach((layer, index) => {
    before = kindOf(layer).diagonal(layer) ?? before
    if (layer.kind !== 'linear') return
    const { name, inDim, outDim, weight, bias } = before ? foldBehind(before, layer) : layer
    before = null
    // Finite parameters can still overflow in the product; every later stage relies on finite weights.
    if (!weight.every(Number.isFinite) || !bias.every(Number.isFinite))
      throw new FormatError(`${name}: the weights overflow when batch norm is folded into them`)
    layers.push({ name, inDim, outDim, gelu: network.layers[index + 1]?.kind === 'gelu', weight, bias })
  })
  return { layers }
}

/** The folded layers as the forward pass takes them: a linear layer each, and the GELU behind it. */
export function layersOf({ layers }: FoldedNetwork): NetworkLayer[] {
  return layers.flatMap(({ gelu, ...layer }): NetworkLayer[] => {
    const affine: LinearLayer = { kind: 'linear', ...layer }
    return gelu ? [affine, { kind: 'gelu', name: `${layer.name}.gelu`, dim: layer.outDim }] : [affine]
  })
}
