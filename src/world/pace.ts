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
export const TARGET_BATCH_MS = 10
/** A batch never falls below one smallest tile. */
export const MIN_BATCH = 1024
/** No draw call may last 100 ms anywhere: a batch is never more than doubled on one measurement. */
const GROWTH = 2
const MAX_BATCH = 2 ** 26
const SMOOTHING = 0.3

/** Before anything was measured: as slow as the slowest software GL known (0.07 to 0.1 million evaluations a second). */
export const SLOWEST_PACE: Pace = { batch: MIN_BATCH, perMs: 100 }

/** The pace after a batch of `evaluations` took `elapsedMs`, from its issue until its fence was seen. */
export function adaptPace(pace: Pace, evaluations: number, elapsedMs: number): Pace {
  const measured = evaluations / Math.max(elapsedMs, 0.1)
  const perMs = pace.perMs + SMOOTHING * (measured - pace.perMs)
  if (elapsedMs > TARGET_BATCH_MS) {
    const fitting = measured * TARGET_BATCH_MS
    // One late fence (another program, a garbage collection) must not cost the whole speed: halve at most.
    return { batch: Math.max(MIN_BATCH, Math.min(pace.batch, Math.max(fitting, pace.batch / GROWTH))), perMs }
  }
  const isFull = evaluations * GROWTH >= pace.batch
  return {
    batch: isFull && elapsedMs < TARGET_BATCH_MS / GROWTH ? Math.min(MAX_BATCH, pace.batch * GROWTH) : pace.batch,
    perMs: isFull ? perMs : Math.max(pace.perMs, perMs),
  }
}
