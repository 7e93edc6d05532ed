// How the edits of what is open stand in the address.

import type { PartSpelling } from '../address.js'

export interface ScrubState {
  /** The edits of the file's parameters, as src/edit/codec.ts spells them, or `here` where a link cannot hold them; null for none. */
  readonly edits: string | null
}

/** Stands for edits that no link can hold: the browser in which they were made knows them. */
export const ONLY_HERE = 'here'

export const EDITS_PART: PartSpelling<string | null> = {
  key: 'edits',
  default: null,
  format: String,
  parse: text => text || null,
}
