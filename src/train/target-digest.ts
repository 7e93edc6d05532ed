// What tells one target from another, for checkpoints.

import { digestOf } from './checkpoint.js'
import type { Target } from './target.js'

/** Identifies a target by the pixels of both its rasters: what is trained on, and what is measured against. */
export function digestOfTarget({ detail, seen }: Target): string {
  return digestOf(detail) + digestOf(seen)
}
