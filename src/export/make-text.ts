// A flag as a text with its weights written out, for each program that takes one.

import { checkDrawable } from '../gpu/weight-texels.js'
import { type Rounded, roundConstants } from './digits.js'
import type { TextHost } from './hosts.js'
import { numpyText } from './python/numpy.js'
import { SHADER_HOSTS } from './shader/hosts.js'
import type { ExportSubject } from './subject.js'

export interface MadeText extends Pick<Rounded, 'digits' | 'levels'> {
  readonly text: string
}

/**
 * Writes the text, its constants rounded.
 * @param wanted significant digits; null for as few as leave the picture the same
 * @throws UnsupportedError for weights that no shader computes with
 */
export function makeText(subject: ExportSubject, host: TextHost, wanted: number | null): MadeText {
  if (host !== 'numpy') checkDrawable(subject.folded)
  const { folded, digits, levels } = roundConstants(subject.folded, subject.frame, wanted)
  const note = `Batch norm is folded into the layers; ${digits} digits a constant, which moves the picture by ${levels.toPrecision(1)} of an 8-bit level at most.`
  const text = host === 'numpy' ? numpyText(subject, folded, note) : SHADER_HOSTS[host](subject, folded, note)
  return { text, digits, levels }
}
