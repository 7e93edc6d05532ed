// The statistics of the units, kept up to date with the weights that are drawn: coarse ones at once where there are none, then
// the full ones from a worker, one request at a time, the latest weights counting.

import { type LayerStatistics, measureUnits } from '../../explain/unit-statistics.js'
import type { FoldedNetwork } from '../../model/fold.js'
import type { Frame } from '../../model/frame.js'

/** Enough for the first pictures, in some milliseconds. */
const COARSE = { width: 18, height: 12 }
/** While weights change many times a second the colours are scaled anew this often. */
const INTERVAL_MS = 150

export class UnitStatistics {
  #of: { readonly folded: FoldedNetwork; readonly frame: Frame } | null = null
  #layers: readonly LayerStatistics[] = []
  #isUpToDate = false
  #worker: Worker | null = null
  #asked: { readonly folded: FoldedNetwork; readonly frame: Frame } | null = null
  #startedMs = 0
  #timer = 0
  #isDisposed = false

  /** @param onChange there are other figures now */
  constructor(private readonly onChange: () => void) {}

  get layers(): readonly LayerStatistics[] {
    return this.#layers
  }

  /** Whether they are those of the weights and the frame of the last call of {@link follow}, over the full grid. */
  get isUpToDate(): boolean {
    return this.#isUpToDate
  }

  /** Measures other weights, or another frame. Nothing happens while they are the same. */
  follow(folded: FoldedNetwork, frame: Frame): void {
    if (this.#of?.folded === folded && this.#of.frame === frame) return
    const isFirst = this.#of === null || this.#of.folded.layers.length !== folded.layers.length
    this.#of = { folded, frame }
    this.#isUpToDate = false
    if (isFirst) this.#layers = measureUnits(folded, frame, COARSE)
    this.#ask()
  }

  #ask(): void {
    if (this.#asked || !this.#of || this.#timer !== 0 || this.#isDisposed) return
    const waitMs = this.#startedMs + INTERVAL_MS - performance.now()
    if (waitMs > 0) {
      this.#timer = window.setTimeout(() => {
        this.#timer = 0
        this.#ask()
      }, waitMs)
      return
    }
    this.#startedMs = performance.now()
    this.#asked = this.#of
    this.#worker ??= this.#start()
    this.#worker.postMessage(this.#asked, [])
  }

  #start(): Worker {
    const worker = new Worker(new URL('./statistics-worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = ({ data }: MessageEvent<readonly LayerStatistics[]>) => this.#take(data)
    worker.onerror = event => {
      event.preventDefault()
      // Without a worker the page measures itself; it is slower for it.
      const { folded, frame } = this.#asked ?? {}
      if (folded && frame) this.#take(measureUnits(folded, frame))
    }
    return worker
  }

  #take(layers: readonly LayerStatistics[]): void {
    if (this.#isDisposed) return
    const isLatest = this.#asked === this.#of
    this.#asked = null
    this.#layers = layers
    this.#isUpToDate = isLatest
    this.onChange()
    if (!isLatest) this.#ask()
  }

  dispose(): void {
    this.#isDisposed = true
    clearTimeout(this.#timer)
    this.#worker?.terminate()
  }
}
