// What every feature of the page is given: the one open file, what is seen, what draws, and where to tell. No feature knows another, nor who puts
// them together.

import type { Viewer } from '../draw/viewer.js'
import type { Address } from './address.js'
import type { Messages } from './messages.js'
import type { KeptEdits } from './open/kept-edits.js'
import type { LinkedFiles } from './open/linked-files.js'
import type { Opened } from './open/opened.js'
import type { OwnFiles } from './open/own-files.js'
import type { Places } from './places/places.js'
import type { Probe } from './probe.js'
import type { FlagWall } from './places/place.js'

export interface Page {
  readonly viewer: Viewer
  readonly opened: Opened
  readonly kept: KeptEdits
  readonly own: OwnFiles
  readonly linked: LinkedFiles
  readonly places: Places
  readonly wall: FlagWall
  readonly messages: Messages
  readonly probe: Probe
  readonly address: Address
  /** Something that is rendered has changed. */
  readonly requestRender: () => void
  /** Gives the person a file. */
  readonly save: (file: File) => void
}
