// Small pictures of networks, asked of a worker.

import { type Failure, NewestAsker } from '../newest-asker.js'
import type { Preview, PreviewReply, PreviewRequest } from './preview-worker.js'

export type { Preview, PreviewRequest } from './preview-worker.js'

/** @template Q a request, and whatever its asker wants to know again with the answer */
export class Previews<Q extends PreviewRequest> {
  /** The latest answer, and what it is an answer to. */
  latest: { readonly question: Q; readonly previews: readonly Preview[] } | null = null
  /** Why there is none. */
  problem: string | null = null
  readonly #asker: NewestAsker<Q, PreviewReply>

  /** @param onChange there is another answer */
  constructor(private readonly onChange: () => void) {
    this.#asker = new NewestAsker<Q, PreviewReply>({
      start: () =>
        new Worker(new URL('./preview-worker.ts', import.meta.url), { type: 'module', name: 'vexel previews' }),
      put: (worker, { networks, frame, view, width, height, samples }) =>
        worker.postMessage({ networks, frame, view, width, height, samples } satisfies PreviewRequest, []),
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
  }

  #take(question: Q, reply: PreviewReply | Failure): void {
    this.latest = reply.ok ? { question, previews: reply.previews } : null
    this.problem = reply.ok ? null : reply.reason
    this.onChange()
  }
}
