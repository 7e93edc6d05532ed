// Batches of tiles that the GPU is working on, with a fence behind each. Two at a time: while one is awaited, which a page
// can only do by looking now and then, the next one keeps the GPU busy.

import type { Batch } from '../world/scheduler.js'
import { Fence } from './fence.js'

const DEPTH = 2

export class BatchQueue {
  readonly #waiting: { batch: Batch; fence: Fence }[] = []
  #lastDoneMs = 0

  constructor(private readonly gl: WebGL2RenderingContext) {}

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  get isFull(): boolean {
    return this.#waiting.length >= DEPTH
  }

  /** Puts a fence behind a batch that was just issued. */
  push(batch: Batch): void {
    this.#waiting.push({ batch, fence: new Fence(this.gl) })
  }

  /**
   * Takes out the batches the GPU has done, with the milliseconds each took: since its issue or the end of the one before.
   * Of several that are found done at once nobody knows which took how long: they share the time by their evaluations.
   */
  collect(): { batch: Batch; elapsedMs: number }[] {
    const count = this.#waiting.findIndex(({ fence }) => !fence.isSignaled)
    const done = this.#waiting.splice(0, count < 0 ? this.#waiting.length : count)
    if (done.length === 0) return []
    const nowMs = performance.now()
    const elapsedMs = nowMs - Math.max(done[0].fence.issuedMs, this.#lastDoneMs)
    this.#lastDoneMs = nowMs
    const evaluations = done.reduce((sum, { batch }) => sum + batch.evaluations, 0)
    return done.map(({ batch, fence }) => {
      fence.dispose()
      return { batch, elapsedMs: evaluations > 0 ? (elapsedMs * batch.evaluations) / evaluations : 0 }
    })
  }

  dispose(): void {
    for (const { fence } of this.#waiting) fence.dispose()
    this.#waiting.length = 0
  }
}
