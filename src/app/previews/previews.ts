// Small pictures of networks, asked of workers.

import { AnsweringWorker, type Failure } from '../answering-worker.js'
import { NewestAsker } from '../newest-asker.js'
import type { Preview, PreviewOrder, PreviewReply, PreviewRequest } from './preview-worker.js'

export type { Preview, PreviewRequest } from './preview-worker.js'

/** Rows that are worth a worker. */
const LEAST_ROWS = 32

/** @template Q a request, and whatever its asker wants to know again with the answer */
export class Previews<Q extends PreviewRequest> {
  /** The latest answer, and what it is an answer to. */
  latest: { readonly question: Q; readonly previews: readonly Preview[] } | null = null
  /** Why there is none. */
  problem: string | null = null
  readonly #asker: NewestAsker<Q, PreviewReply>
  readonly #workers: readonly AnsweringWorker<PreviewOrder, PreviewReply>[]

  /**
   * @param onChange there is another answer
   * @param count of workers, which share the rows of each picture
   */
  constructor(
    private readonly onChange: () => void,
    count = 1,
  ) {
    this.#workers = Array.from({ length: count }, () => new AnsweringWorker<PreviewOrder, PreviewReply>(startWorker))
    this.#asker = new NewestAsker<Q, PreviewReply>({
      answer: question => this.#answer(question),
      take: (question, reply) => this.#take(question, reply),
    })
  }

  /** Asks; the answer is {@link latest} later, unless something else is asked for meanwhile. */
  ask(question: Q): void {
    this.#asker.ask(question)
  }

  /** Wants no answer any more, and forgets the latest. */
  clear(): void {
    this.#asker.cancel()
    this.latest = null
    this.problem = null
  }

  dispose(): void {
    this.clear()
    this.#asker.dispose()
    for (const worker of this.#workers) worker.dispose()
  }

  async #answer(question: Q): Promise<PreviewReply | Failure> {
    const { networks, frame, view, width, height, samples, isFast } = question
    const count = Math.min(this.#workers.length, Math.ceil(height / LEAST_ROWS))
    const bounds = Array.from({ length: count + 1 }, (_, i) => Math.round((i * height) / count))
    const replies = await Promise.all(
      bounds.slice(1).map((end, i) => {
        const rows = { first: bounds[i], count: end - bounds[i] }
        return this.#workers[i].ask({ networks, frame, view, width, height, samples, isFast, rows })
      }),
    )
    return joined(replies)
  }

  #take(question: Q, reply: PreviewReply | Failure): void {
    this.latest = reply.ok ? { question, previews: reply.previews } : null
    this.problem = reply.ok ? null : reply.reason
    this.onChange()
  }
}

function startWorker(): Worker {
  return new Worker(new URL('./preview-worker.ts', import.meta.url), { type: 'module', name: 'vexel previews' })
}

/** Puts the rows of pictures together, the first ones first. */
function joined(replies: readonly (PreviewReply | Failure)[]): PreviewReply | Failure {
  if (replies.length === 1) return replies[0]
  const bands: (readonly Preview[])[] = []
  for (const reply of replies) {
    if (!reply.ok) return reply
    bands.push(reply.previews)
  }
  const previews = bands[0].map(({ width }, picture) => {
    const parts = bands.map(band => band[picture])
    const height = parts.reduce((sum, part) => sum + part.height, 0)
    const rgba = new Uint8ClampedArray(width * height * 4)
    let at = 0
    for (const part of parts) {
      rgba.set(part.rgba, at)
      at += part.rgba.length
    }
    return { width, height, rgba, psnr: NaN }
  })
  return { ok: true, previews }
}
