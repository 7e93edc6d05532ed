// The time budget. A batch of tiles is what goes to the tile maker at once; its size is adapted so that a batch takes
// about TARGET_BATCH_MS, which keeps a slow (software) GPU responsive and lets a fast one take a whole view at once.

/** What is known of the tile maker's speed. */
export interface Pace {
  /** Net evaluations a batch. */
  readonly batch: number
  /** Net evaluations a millisecond, an estimate from below. */
  readonly perMs: number
}

/** A batch that takes longer delays the animation frame behind it; shorter ones waste the wait for the fence. */
export const TARGET_BATCH_MS = 7
/** A batch never falls below one smallest tile. */
export const MIN_BATCH = 1024
const MAX_BATCH = 2 ** 26
/** On one measurement a batch is at most doubled or halved: no draw call may last 100 ms anywhere. */
const MAX_CHANGE = 2
// Whatever else the GPU does meanwhile only ever makes a batch look slower, so good news counts more than bad news.
const FASTER_SHARE = 0.4
const SLOWER_SHARE = 0.15

/** Before anything was measured: as slow as the slowest software GL known. */
export const SLOWEST_PACE: Pace = { batch: MIN_BATCH, perMs: 100 }

/** The pace after batches of `evaluations` in all took `elapsedMs`. */
export function adaptPace(pace: Pace, evaluations: number, elapsedMs: number): Pace {
  const measured = evaluations / Math.max(elapsedMs, 0.1)
  // A batch far below the budget (the rest of a level) is mostly latency and says little of the speed.
  const isPartial = evaluations * MAX_CHANGE < pace.batch
  if (isPartial && measured < pace.perMs) return pace
  const perMs = pace.perMs + (measured > pace.perMs ? FASTER_SHARE : SLOWER_SHARE) * (measured - pace.perMs)
  const fitting = Math.max(pace.batch / MAX_CHANGE, Math.min(pace.batch * MAX_CHANGE, perMs * TARGET_BATCH_MS))
  return { batch: Math.max(MIN_BATCH, Math.min(MAX_BATCH, Math.floor(fitting))), perMs }
}
