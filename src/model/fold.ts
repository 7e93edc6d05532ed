// Folding: what of a network is affine is joined, so that affine layers remain with a function of each unit between them. At
// inference batch norm is affine, so it disappears into the linear layer that follows it: with s = gamma / sqrt(var + eps), W' = W diag(s) and
// b' = b + W (beta - mean * s); or, where it stands before the activation, into the one that precedes it. Nine affine layers with
// GELU between them remain of MysteryNet. A sine's frequency goes into the layer in front of it.

import { FormatError } from './errors.js'
import { foldAhead, foldBehind, identity, joinDiagonals } from './layers/affine.js'
import type { BlocksLayer } from './layers/blocks.js'
import { type Activation, activationLayer, kindOf, type NetworkLayer } from './layers/kinds.js'
import type { Affine, Diagonal } from './layers/layer.js'
import type { LinearLayer } from './layers/linear.js'
import type { Network } from './network.js'

/** An affine layer: weight [outDim, inDim] row-major, bias [outDim], float64. */
export interface FoldedLayer extends Affine {
  readonly name: string
  /** What follows: a function of each unit for itself; null for nothing. */
  readonly activation: Activation | null
}

/** A network whose affine layers are joined: what is evaluated, drawn and exported. */
export interface FoldedNetwork {
  readonly layers: readonly FoldedLayer[]
  /** What happens to the two coordinates before the first of the layers; absent for nothing. */
  readonly encoding?: readonly NetworkLayer[]
  /** What happens to what the last of them gives; absent for nothing. */
  readonly ending?: readonly NetworkLayer[]
}

/** Multiply-adds of one evaluation: 6,224 for MysteryNet. */
export function countMultiplyAdds({ layers }: FoldedNetwork): number {
  return layers.reduce((sum, { weight }) => sum + weight.length, 0)
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

/** An affine layer that is being put together with what follows it. */
interface Pending {
  name: string
  affine: Affine
  activation: Activation | null
}

/** What tells networks apart by what is computed: equal for two that differ in their weights alone. */
export function shapeKey({ layers, encoding = [], ending = [] }: FoldedNetwork): string {
  const shapes = layers.map(({ inDim, outDim, activation, blocks }) => [inDim, outDim, activation, blocks])
  return JSON.stringify([shapes, encoding, ending])
}

/** Folds a network. It is left as it is itself. */
export function foldNetwork(network: Network): FoldedNetwork {
  const folding = new Folding()
  for (const layer of network.layers) folding.add(layer)
  return folding.finish()
}

class Folding {
  readonly #layers: FoldedLayer[] = []
  readonly #encoding: NetworkLayer[] = []
  readonly #ending: NetworkLayer[] = []
  #pending: Pending | null = null
  /** What is diagonal and stands in front of the next affine layer. */
  #before: Diagonal | null = null

  add(layer: NetworkLayer): void {
    const { affine, diagonal, follow } = kindOf(layer)
    if (affine) {
      this.#begin(layer.name, affine(layer))
      return
    }
    const between = diagonal(layer)
    if (between) {
      const pending = this.#pending
      if (pending && !pending.activation) pending.affine = foldAhead(between, pending.affine)
      else this.#before = this.#before ? joinDiagonals(this.#before, between) : between
      return
    }
    if (!follow) {
      this.#add(layer)
      return
    }
    // What follows no affine layer at once follows one that changes nothing.
    const inDim = kindOf(layer).inDim(layer)
    if (!this.#pending || this.#before || !this.#follow(layer)) {
      this.#begin(layer.name, identity(inDim))
      this.#follow(layer)
    }
  }

  finish(): FoldedNetwork {
    const { length } = this.#before?.scale ?? []
    if (this.#before) this.#begin('norm', identity(length))
    this.#flush()
    return {
      layers: this.#layers,
      ...(this.#encoding.length > 0 ? { encoding: this.#encoding } : {}),
      ...(this.#ending.length > 0 ? { ending: this.#ending } : {}),
    }
  }

  /** Begins the next affine layer, with what stands in front of it. */
  #begin(name: string, affine: Affine): void {
    if (this.#ending.length > 0) throw new FormatError(`${this.#ending[0].name}: nothing may follow it`)
    this.#flush()
    this.#pending = { name, affine: this.#before ? foldBehind(this.#before, affine) : affine, activation: null }
    this.#before = null
  }

  /** Puts a layer behind the pending one. @returns false where it cannot stand there */
  #follow(layer: NetworkLayer): boolean {
    const pending = this.#pending as Pending
    const followed = kindOf(layer).follow?.(pending.affine, layer, pending.activation !== null)
    if (!followed) return false
    pending.affine = followed.affine
    if (followed.activation) {
      const { name: _, dim: __, ...activation } = followed.activation
      pending.activation = activation as unknown as Activation
    }
    return true
  }

  /** A layer that joins with nothing: at the beginning, or at the end. */
  #add(layer: NetworkLayer): void {
    if (!this.#pending && this.#layers.length === 0 && !this.#before) this.#encoding.push(layer)
    else this.#ending.push(layer)
  }

  #flush(): void {
    if (!this.#pending) return
    const { name, affine, activation } = this.#pending
    // Finite parameters can still overflow in the product; every later stage relies on finite weights.
    if (!affine.weight.every(Number.isFinite) || !affine.bias.every(Number.isFinite))
      throw new FormatError(`${name}: the weights overflow when batch norm is folded into them`)
    this.#layers.push({ name, ...affine, activation })
    this.#pending = null
  }
}

/** The folded layers as the forward pass takes them: a linear layer each, and the activation behind it. */
export function layersOf({ layers, encoding = [], ending = [] }: FoldedNetwork): NetworkLayer[] {
  const between = layers.flatMap(({ activation, ...layer }): NetworkLayer[] => {
    const affine = affineLayer(layer)
    const { name, outDim } = layer
    return activation
      ? [affine, activationLayer(activation, `${name}.${activation.kind}`, outDim) as NetworkLayer]
      : [affine]
  })
  return [...encoding, ...between, ...ending]
}

function affineLayer({ blocks, ...layer }: Omit<FoldedLayer, 'activation'>): LinearLayer | BlocksLayer {
  if (!blocks) return { kind: 'linear', ...layer }
  const { name, weight, bias } = layer
  const parts = blocks.map((block, index) => ({ kind: 'linear' as const, name: `${name}.${index}`, ...block }))
  return { kind: 'blocks', name, parts, takes: 'own', gives: 'all', weight, bias }
}
