// A worker that answers each message by one, in their order. It starts with the first question.

/** What a worker answers where it cannot. */
export interface Failure {
  readonly ok: false
  /** In a line. */
  readonly reason: string
}

/** @template M what it is asked @template R what it answers, as it posts it */
export class AnsweringWorker<M, R> {
  #worker: Worker | null = null
  readonly #waiting: ((reply: R | Failure) => void)[] = []

  constructor(private readonly start: () => Worker) {}

  /** Whether it knows of nothing: it was asked nothing yet, or died since. */
  get isNew(): boolean {
    return this.#worker === null
  }

  /** Asks; what goes wrong is an answer, too. Once it is disposed of nobody answers. */
  ask(message: M): Promise<R | Failure> {
    this.#worker ??= this.#start()
    this.#worker.postMessage(message, [])
    return new Promise(resolve => this.#waiting.push(resolve))
  }

  dispose(): void {
    this.#worker?.terminate()
    this.#worker = null
    this.#waiting.length = 0
  }

  #start(): Worker {
    const worker = this.start()
    worker.addEventListener('message', ({ data }: MessageEvent<R | Failure>) => this.#waiting.shift()?.(data))
    worker.addEventListener('error', event => {
      event.preventDefault()
      // It answers nothing any more; the next question starts another.
      worker.terminate()
      this.#worker = null
      for (const resolve of this.#waiting.splice(0))
        resolve({ ok: false, reason: event.message || 'its worker could not be loaded' })
    })
    return worker
  }
}
