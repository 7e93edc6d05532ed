// A worker that is asked one question at a time. Of those that come while one is being answered only the newest is kept, so that a wheel that
// turns queues nothing up and the page never waits.

/** What a worker answers where it cannot. */
export interface Failure {
  readonly ok: false
  /** In a line. */
  readonly reason: string
}

/** Who asks. */
export interface Asker<Q, R> {
  readonly start: () => Worker
  /** Puts a question to the worker. @param isNew whether it has been asked nothing before */
  readonly put: (worker: Worker, question: Q, isNew: boolean) => void
  /** There is an answer, to the newest question or one from just before it. */
  readonly take: (question: Q, reply: R | Failure) => void
}

/** @template R an answer of the worker, as it posts it */
export class NewestAsker<Q, R> {
  #worker: Worker | null = null
  #newest: Q | null = null
  /** The one that is being answered. */
  #asked: Q | null = null

  constructor(private readonly asker: Asker<Q, R>) {}

  /** What was asked last; null where no answer is wanted. */
  get newest(): Q | null {
    return this.#newest
  }

  ask(question: Q): void {
    this.#newest = question
    if (!this.#asked) this.#put(question)
  }

  /** Wants no answer any more. */
  cancel(): void {
    this.#newest = null
  }

  dispose(): void {
    this.cancel()
    this.#worker?.terminate()
    this.#worker = null
    this.#asked = null
  }

  #put(question: Q): void {
    this.#asked = question
    const isNew = this.#worker === null
    this.#worker ??= this.#start()
    this.asker.put(this.#worker, question, isNew)
  }

  #start(): Worker {
    const worker = this.asker.start()
    worker.addEventListener('message', ({ data }: MessageEvent<R | Failure>) => this.#take(data))
    worker.addEventListener('error', event => {
      event.preventDefault()
      // It answers nothing any more; the next question starts another.
      worker.terminate()
      this.#worker = null
      this.#take({ ok: false, reason: event.message || 'its worker could not be loaded' })
    })
    return worker
  }

  #take(reply: R | Failure): void {
    const answered = this.#asked
    const newest = this.#newest
    this.#asked = null
    if (!answered || !newest) return
    if (newest !== answered) this.#put(newest)
    this.asker.take(answered, reply)
  }
}
