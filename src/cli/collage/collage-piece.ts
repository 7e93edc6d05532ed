// A piece of a collage, drawn by whichever thread: some rows of one flag.

import { type FoldedNetwork, shapeKey } from '../../model/fold.js'
import type { PictureSpec } from '../../model/picture.js'
import { UnsupportedError } from '../../model/errors.js'
import { Evaluator } from '../../kernel/evaluator.js'
import { LevelDrawer } from '../../kernel/levels.js'
import { regionOfRows } from '../../kernel/region.js'
import type { Band } from '../render/render-band.js'

export interface CollagePiece {
  readonly spec: PictureSpec
  readonly band: Band
}

/** Creates a function that draws pieces as [rows, width, 3] levels. */
export function createPieceDrawer(): (piece: CollagePiece) => Uint8Array<ArrayBuffer> {
  // Flags come in turn, band after band: one drawer an architecture is told the next flag's weights each time, which costs
  // less than a thousandth of what it then draws.
  const drawers = new Map<string, LevelDrawer>()
  const drawerOf = (folded: FoldedNetwork): LevelDrawer => {
    try {
      const key = shapeKey(folded)
      const known = drawers.get(key)
      const drawer = known ?? new LevelDrawer(folded, new Evaluator(folded))
      if (known) known.setNetwork(folded)
      else drawers.set(key, drawer)
      return drawer
    } catch (error) {
      // Weights beyond float32, or no kernel at all: the reference draws.
      if (error instanceof UnsupportedError) return new LevelDrawer(folded, null)
      throw error
    }
  }
  return ({ spec, band }) => drawerOf(spec.folded).draw(regionOfRows(spec, band.firstRow, band.rows))
}

/** The same network in memory that threads share: a piece sent to one is a few numbers then, not fifty kilobytes. */
export function shareFolded({ layers, ...rest }: FoldedNetwork): FoldedNetwork {
  const share = (values: Float64Array) => {
    const shared = new Float64Array(new SharedArrayBuffer(values.byteLength))
    shared.set(values)
    return shared
  }
  return { ...rest, layers: layers.map(layer => ({ ...layer, weight: share(layer.weight), bias: share(layer.bias) })) }
}
