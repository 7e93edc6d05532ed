// A band of a picture, drawn by whichever thread: what render-threads.ts shares out.

import type { PictureSpec } from '../../model/picture.js'
import { createEvaluator } from '../../kernel/evaluator.js'
import { LevelDrawer } from '../../kernel/levels.js'
import { regionOfRows } from '../../kernel/region.js'
import { filterScanlines } from '../../export/png/png-scanlines.js'

/** Rows [firstRow, firstRow + rows) of a picture. */
export interface Band {
  readonly firstRow: number
  readonly rows: number
}

/** Creates a function that draws bands of a picture as a PNG's scanlines. */
export function createBandDrawer(spec: PictureSpec): (band: Band) => Uint8Array<ArrayBuffer> {
  const drawer = new LevelDrawer(spec.folded, createEvaluator(spec.folded))
  return ({ firstRow, rows }) => filterScanlines(drawer.draw(regionOfRows(spec, firstRow, rows)), spec.width)
}
