// What the solver says about a net: plain data, the same for the command line, the page and its worker.

import type { Frame } from '../model/frame.js'

/** The flag that a picture was recognised as. */
export interface NamedFlag {
  /** Of the catalogue: an ISO 3166 code, as a rule. */
  readonly code: string
  readonly name: string
  /** 0 to 1. */
  readonly confidence: number
}

/** One reading of a net: where its picture lies, and what it shows. */
export interface Reading {
  /** Null when none was found. */
  readonly frame: Frame | null
  /** Null when the picture is none that is known. */
  readonly flag: NamedFlag | null
  /** In the frame, 0 to 1. */
  readonly confidence: number
  /** Why, in words; null when there is nothing to say. */
  readonly reason: string | null
}

/** What `vexel solve --json` prints: the best reading, and the ranked ones, the best first among them. */
export interface Solution extends Reading {
  readonly candidates: readonly Reading[]
}
