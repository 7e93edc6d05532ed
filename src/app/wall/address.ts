// How the order of the wall stands in the address.

import { FormatError } from '../../model/errors.js'
import type { PartSpelling } from '../address.js'
import { SORT_KEYS, type SortKey } from './order.js'

export interface WallState {
  /** The order of the wall. */
  readonly sort: SortKey
}

export const SORT_PART: PartSpelling<SortKey> = {
  key: 'sort',
  default: 'name',
  format: String,
  parse: text => {
    const key = SORT_KEYS.find(key => key === text)
    if (!key) throw new FormatError(`expected one of ${SORT_KEYS.join(', ')}`)
    return key
  },
}
