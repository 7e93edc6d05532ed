// A picture of any size as a PNG, band after band: what is held is the file.

import { filterScanlines } from '../../export/png/png-scanlines.js'
import { encodePng } from '../../export/png/png-stream.js'
import { createEvaluator } from '../../kernel/evaluator.js'
import { LevelDrawer } from '../../kernel/levels.js'
import { regionOfRows } from '../../kernel/region.js'
import type { FoldedNetwork } from '../../model/fold.js'
import type { PictureSpec } from '../../model/picture.js'
import type { PicturePlan } from './picture-plan.js'

// Evaluations a band: some 30 ms, so that progress is prompt.
const BAND_EVALUATIONS = 65_536

/**
 * Draws what a plan says, level for level as the reference.
 * @param report told how many rows are done
 * @returns the file in parts
 */
export async function drawPicture(
  folded: FoldedNetwork,
  plan: PicturePlan,
  report: (rows: number) => void,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const { width, height, pixelsPerMetre } = plan
  const parts: Uint8Array<ArrayBuffer>[] = []
  const size = { width, height, pixelsPerMetre: pixelsPerMetre ?? undefined }
  for await (const part of encodePng(size, bandsOf({ ...plan, folded }, report))) parts.push(part)
  return parts
}

async function* bandsOf(spec: PictureSpec, report: (rows: number) => void): AsyncGenerator<Uint8Array, void> {
  const drawer = new LevelDrawer(spec.folded, createEvaluator(spec.folded))
  const band = Math.max(1, Math.floor(BAND_EVALUATIONS / (spec.width * spec.samples)))
  for (let row = 0; row < spec.height; row += band) {
    const rows = Math.min(band, spec.height - row)
    yield filterScanlines(drawer.draw(regionOfRows(spec, row, rows)), spec.width)
    report(row + rows)
  }
}
