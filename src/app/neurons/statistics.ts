// The statistics of the units, kept up to date with the weights that are drawn: coarse ones at once where there are none, then
// the full ones from a worker, one request at a time, the latest weights counting.

import { type LayerStatistics, measureUnits } from '../../explain/unit-statistics.js'
import type { FoldedNetwork } from '../../model/fold.js'
import type { Frame } from '../../model/frame.js'
import { AnsweringWorker, type Failure } from '../answering-worker.js'
import { NewestAsker } from '../newest-asker.js'
import type { StatisticsReply, StatisticsRequest } from './statistics-worker.js'

/** Enough for the first pictures, in some milliseconds. */
const COARSE = { width: 18, height: 12 }
/** While weights change many times a second the colours are scaled anew this often. */
const INTERVAL_MS = 150

export class UnitStatistics {
  #layers: readonly LayerStatistics[] = []
  #isUpToDate = false
  readonly #worker = new AnsweringWorker<StatisticsRequest, StatisticsReply>(
    () => new Worker(new URL('./statistics-worker.ts', import.meta.url), { type: 'module', name: 'vexel statistics' }),
  )
  readonly #asker = new NewestAsker<StatisticsRequest, StatisticsReply>({
    answer: question => this.#answer(question),
    take: (question, reply) => this.#take(question, reply),
  })
  #startedMs = 0

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
    const known = this.#asker.newest
    if (known?.folded === folded && known.frame === frame) return
    const isFirst = known?.folded.layers.length !== folded.layers.length
    this.#isUpToDate = false
    if (isFirst) this.#layers = measureUnits(folded, frame, COARSE)
    this.#asker.ask({ folded, frame })
  }

  async #answer(question: StatisticsRequest): Promise<StatisticsReply | Failure> {
    const waitMs = this.#startedMs + INTERVAL_MS - performance.now()
    if (waitMs > 0) await new Promise(resolve => setTimeout(resolve, waitMs))
    this.#startedMs = performance.now()
    return await this.#worker.ask(question)
  }

  #take(question: StatisticsRequest, reply: StatisticsReply | Failure): void {
    // Without a worker the page measures itself; it is slower for it.
    this.#layers = reply.ok ? reply.layers : measureUnits(question.folded, question.frame)
    this.#isUpToDate = question === this.#asker.newest
    this.onChange()
  }

  dispose(): void {
    this.#asker.dispose()
    this.#worker.dispose()
  }
}
