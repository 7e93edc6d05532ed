// What every timing of the bench is: a name and a round to be run again and again, in turns with all others, so that a
// slow moment of the machine hits all alike.

/** A round's outcome. A contender that fails is not asked again. */
export type Round =
  | {
      readonly megapixelsPerSecond: number
      /** Memory that it computes in, in millions of bytes; absent where that is not to be known. */
      readonly megabytesHeld?: number
      readonly note: string
    }
  | { readonly megapixelsPerSecond: null; readonly note: string }

export interface Contender {
  readonly name: string
  /** Threads of the processor it computes on; absent for GL, which tells nobody. */
  readonly threads?: number
  /** Measures for a second or so. */
  round(): Promise<Round>
  dispose?(): Promise<void>
}

/** Runs `evaluate` again and again for at least `durationMs`; returns millions of pixels a second. */
export async function measureRate(
  evaluate: () => unknown,
  pixelsPerRun: number,
  durationMs = ROUND_MS,
): Promise<number> {
  const startMs = performance.now()
  let pixels = 0
  let elapsedMs = 0
  while (elapsedMs < durationMs) {
    await evaluate()
    pixels += pixelsPerRun
    elapsedMs = performance.now() - startMs
  }
  return pixels / elapsedMs / 1000
}

const ROUND_MS = 1000

/** The middle of the sorted values; of an even number of them the mean of the middle two. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value below which the given share of the values lies, linear between neighbours. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = share * (sorted.length - 1)
  const low = Math.floor(at)
  const high = Math.min(low + 1, sorted.length - 1)
  return sorted[low] + (at - low) * (sorted[high] - sorted[low])
}
