// What stands between the layers of the open file, as a link says it where the file does not.

import type { PartSpelling } from '../address.js'
import { parseWiringText } from '../../model/wiring.js'

export interface ArchitectureState {
  /** A name or JSON, as of --architecture; null where the file says it. */
  readonly architecture: string | null
}

export const ARCHITECTURE_PART: PartSpelling<string | null> = {
  key: 'architecture',
  default: null,
  format: value => value ?? '',
  parse(text) {
    parseWiringText(text)
    return text
  },
}
