// One question at a time. Of those that come while one is being answered only the newest is kept, so that a wheel that turns queues nothing up and
// the page never waits.

import type { Failure } from './answering-worker.js'

/** Who answers, and who wants to know. */
export interface Asker<Q, R> {
  readonly answer: (question: Q) => Promise<R | Failure>
  /** There is an answer, to the newest question or one from just before it. */
  readonly take: (question: Q, reply: R | Failure) => void
}

export class NewestAsker<Q, R> {
  #newest: Q | null = null
  /** The one that is being answered. */
  #asked: Q | null = null
  #isDisposed = false

  constructor(private readonly asker: Asker<Q, R>) {}

  /** What was asked last; null where no answer is wanted. */
  get newest(): Q | null {
    return this.#newest
  }

  ask(question: Q): void {
    this.#newest = question
    if (!this.#asked) void this.#put(question)
  }

  /** Wants no answer any more. */
  cancel(): void {
    this.#newest = null
  }

  /** Nothing is taken any more. Who answers is whoever's made that. */
  dispose(): void {
    this.cancel()
    this.#isDisposed = true
  }

  async #put(question: Q): Promise<void> {
    this.#asked = question
    const reply = await this.asker.answer(question)
    this.#asked = null
    const newest = this.#newest
    if (newest === null || this.#isDisposed) return
    if (newest !== question) void this.#put(newest)
    this.asker.take(question, reply)
  }
}
