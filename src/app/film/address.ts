// How the film of what is open stands in the address.

import { FormatError } from '../../model/errors.js'
import type { PartSpelling } from '../address.js'
import { finiteNumber } from '../places/address.js'

export interface FilmState {
  /** Where the film of the file stands, from 0 to 1; null where it is not open. */
  readonly film: number | null
  /** Whether the snapshots of the film are seen side by side. */
  readonly strip: boolean
}

export const FILM_PART: PartSpelling<number | null> = {
  key: 'film',
  default: null,
  format: String,
  parse: text => {
    const position = finiteNumber(text)
    if (!(position >= 0 && position <= 1)) throw new FormatError(`expected 0 to 1, got ${text.slice(0, 30)}`)
    return position
  },
}

export const STRIP_PART: PartSpelling<boolean> = {
  key: 'strip',
  default: false,
  format: () => '1',
  parse: text => text === '1',
}
