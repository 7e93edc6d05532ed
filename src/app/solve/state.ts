// What is known of the file that is solved.

import type { Frame } from '../../model/frame.js'
import type { Solution } from '../../solve/solution.js'
import type { OpenFile } from '../../open/open-file.js'
import type { Solving } from './solver.js'

/** Below this the best reading is shown and offered, but the picture is left alone. */
export const SURE = 0.5

export interface SolveState {
  readonly file: OpenFile
  /** Null once it was cancelled or has failed. */
  solving: Solving | null
  solution: Solution | null
  /** Why there is none. */
  problem: string | null
  /** The frame that was put in place of another without a click; null for none. */
  applied: { readonly before: Frame; readonly after: Frame } | null
  /** Whether the note over the picture was closed. */
  isNoteClosed: boolean
}
