// The clock of a run: time spent, speed, time left, and how many steps a slice may have. It decides nothing that ends up in
// the weights.

/** What the clock says. */
export interface Estimate {
  readonly seconds: number
  readonly megapixelsPerSecond: number
  readonly secondsLeft: number
}

// The speed shown is that of about the last seconds.
const WINDOW_MS = 4000
const FIRST_SLICE = 4

export class RunClock {
  readonly #now: () => number
  readonly #secondsBefore: number
  readonly #startMs: number
  /** Times and steps of the last slices, oldest first. */
  #ticks: { ms: number; step: number }[]

  /** @param step at which this session begins @param secondsBefore spent in earlier sessions @param now milliseconds */
  constructor(step: number, secondsBefore: number, now: () => number) {
    this.#now = now
    this.#secondsBefore = secondsBefore
    this.#startMs = now()
    this.#ticks = [{ ms: this.#startMs, step }]
  }

  /** Training time over all sessions. */
  get seconds(): number {
    return this.#secondsBefore + (this.#now() - this.#startMs) / 1000
  }

  /** Notes that a step is done. */
  tick(step: number): void {
    const ms = this.#now()
    this.#ticks.push({ ms, step })
    while (this.#ticks.length > 2 && this.#ticks[1].ms < ms - WINDOW_MS) this.#ticks.shift()
  }

  /** Steps that take about so many milliseconds. */
  stepsFor(durationMs: number): number {
    const rate = this.#stepsPerMs
    return rate > 0 ? Math.max(1, Math.round(rate * durationMs)) : FIRST_SLICE
  }

  /** @param batch pixels a step */
  estimate({ done, total }: { readonly done: number; readonly total: number }, batch: number): Estimate {
    const rate = this.#stepsPerMs
    return {
      seconds: this.seconds,
      megapixelsPerSecond: (rate * batch) / 1000,
      secondsLeft: rate > 0 ? (total - done) / rate / 1000 : 0,
    }
  }

  get #stepsPerMs(): number {
    const [first, last] = [this.#ticks[0], this.#ticks[this.#ticks.length - 1]]
    return last.ms > first.ms ? (last.step - first.step) / (last.ms - first.ms) : 0
  }
}

/** As in 1:05 or 2:03:09. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const shown = parts[0] > 0 ? parts : parts.slice(1)
  return shown.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, '0'))).join(':')
}
