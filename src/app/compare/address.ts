// How a comparison stands in the address.

import { FormatError } from '../../model/errors.js'
import type { PartSpelling } from '../address.js'

/** What stands on the left of the line: the file as it came, the target of its training, or a flag of the wall, by its code. */
export type Compared = '@original' | '@target' | (string & {})

/** A line over the open net, with another one on its left. */
export interface ComparedState {
  readonly other: Compared
  /** Of the line, whole percent of the picture's width. */
  readonly position: number
}

export interface CompareState {
  /** What the open net is held against; null for nothing. */
  readonly compare: ComparedState | null
}

/** Where the line begins. */
export const MIDDLE = 50

export const COMPARE_PART: PartSpelling<ComparedState | null> = {
  key: 'compare',
  default: null,
  format: compared =>
    compared ? `${compared.other}${compared.position === MIDDLE ? '' : `,${compared.position}`}` : '',
  parse: text => {
    const [, other = '', at] = /^(.+?)(?:,(\d{1,3}))?$/.exec(text) ?? []
    const position = at === undefined ? MIDDLE : Number(at)
    if (other === '' || position > 100) throw new FormatError('expected a flag, @original or @target, and 0 to 100')
    return { other, position }
  },
}
