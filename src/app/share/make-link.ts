// A link, and what its precision costs: the picture that it carries against the flag's own.

import { compactFile, expandFile } from '../../export/packed/compact.js'
import { type LinkPrecision, spellFile } from '../../export/packed/link.js'
import type { ExportSubject } from '../../export/subject.js'
import { type FoldedNetwork, foldNetwork } from '../../model/fold.js'
import { createNetwork } from '../../model/network.js'
import { StateDict } from '../../model/state-dict.js'
import { pictureSize } from '../../model/view.js'
import { psnrOf } from '../../train/metrics.js'
import { drawNetwork } from '../../train/network-picture.js'

/** Points along the longer edge at which the two are compared, as everywhere in the page. */
const GRID_EDGE = 128

/** @returns the text behind `#net=`; psnr in dB, Infinity for the same picture */
export async function makeLink(
  subject: ExportSubject,
  precision: LinkPrecision,
): Promise<{ readonly text: string; readonly psnr: number }> {
  const file = compactFile(subject.network, subject, precision)
  const carried = foldNetwork(createNetwork(StateDict.parse(expandFile(file))))
  const { width, height } = pictureSize(subject.frame, GRID_EDGE)
  const size = height <= GRID_EDGE ? { width, height } : pictureSize(subject.frame, undefined, GRID_EDGE)
  const draw = (folded: FoldedNetwork) => drawNetwork(folded, subject.frame, size)
  return { text: await spellFile(file), psnr: psnrOf(draw(carried), draw(subject.folded)) }
}
