// The wires of a unit: the strongest weights that lead into it and out of it, batch norm folded in, so that a weight is what a unit's output is
// multiplied by on its way. Pure.

import type { FoldedNetwork } from '../../model/fold.js'
import type { UnitAddress } from './surgery.js'

export interface Wire {
  readonly from: UnitAddress
  readonly to: UnitAddress
  readonly weight: number
}

/** Each way. */
const MOST = 8

/** The strongest first, of either way; the first layer's inputs are no units, and have none. @param most of each way */
export function wiresOf({ layers }: FoldedNetwork, { layer, unit }: UnitAddress, most = MOST): readonly Wire[] {
  const { inDim, weight } = layers[layer]
  const into =
    layer === 0
      ? []
      : Array.from({ length: inDim }, (_, from) => ({
          from: { layer: layer - 1, unit: from },
          to: { layer, unit },
          weight: weight[unit * inDim + from],
        }))
  const next = layers.at(layer + 1)
  const out = next
    ? Array.from({ length: next.outDim }, (_, to) => ({
        from: { layer, unit },
        to: { layer: layer + 1, unit: to },
        weight: next.weight[to * next.inDim + unit],
      }))
    : []
  return [into, out].flatMap(wires => strongest(wires).slice(0, most))
}

function strongest(wires: readonly Wire[]): readonly Wire[] {
  return wires.filter(({ weight }) => weight !== 0).toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
}
