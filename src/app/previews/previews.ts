// Small pictures of networks, asked of a worker, one question at a time: of those that come while one is being answered only the newest is
// kept, so that nothing queues up and the page never waits.

import type { Preview, PreviewReply, PreviewRequest } from './preview-worker.js'

export type { Preview, PreviewRequest } from './preview-worker.js'

/** @template Q a request, and whatever its asker wants to know again with the answer */
export class Previews<Q extends PreviewRequest> {
  /** The latest answer, and what it is an answer to. */
  latest: { readonly question: Q; readonly previews: readonly Preview[] } | null = null
  /** Why there is none. */
  problem: string | null = null
  #worker: Worker | null = null
  /** The newest question. */
  #wanted: Q | null = null
  /** The one that is being answered. */
  #asked: Q | null = null

  /** @param onChange there is another answer */
  constructor(private readonly onChange: () => void) {}

  /** Asks; the answer is {@link latest} later, unless something else is asked for meanwhile. */
  ask(question: Q): void {
    this.#wanted = question
    if (!this.#asked) this.#send(question)
  }

  /** Wants no answer any more, and forgets the latest. */
  clear(): void {
    this.#wanted = null
    this.latest = null
    this.problem = null
  }

  dispose(): void {
    this.clear()
    this.#worker?.terminate()
    this.#worker = null
    this.#asked = null
  }

  #send(question: Q): void {
    this.#asked = question
    this.#worker ??= this.#create()
    const { networks, frame, view, width, height, samples } = question
    this.#worker.postMessage({ networks, frame, view, width, height, samples } satisfies PreviewRequest, [])
  }

  #create(): Worker {
    const worker = new Worker(new URL('./preview-worker.ts', import.meta.url), {
      type: 'module',
      name: 'vexel previews',
    })
    worker.addEventListener('message', ({ data }: MessageEvent<PreviewReply>) => this.#take(data))
    worker.addEventListener('error', event => {
      event.preventDefault()
      // It answers nothing any more; the next question starts another.
      worker.terminate()
      this.#worker = null
      this.#take({ ok: false, reason: event.message || 'its worker could not be loaded' })
    })
    return worker
  }

  #take(reply: PreviewReply): void {
    const answered = this.#asked
    const wanted = this.#wanted
    this.#asked = null
    if (!answered || !wanted) return
    this.latest = reply.ok ? { question: answered, previews: reply.previews } : null
    this.problem = reply.ok ? null : reply.reason
    if (wanted !== answered) this.#send(wanted)
    this.onChange()
  }
}
