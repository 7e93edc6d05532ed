// The sensitivity worker, seen from the page: the newest question wins, and what is known so far is there to be shown.

import type { SensitivityView } from '../../explain/sensitivity.js'
import type { Network } from '../../model/network.js'
import { AnsweringWorker, type Failure } from '../answering-worker.js'
import { NewestAsker } from '../newest-asker.js'
import type { SensitivityReply, SensitivityRequest } from './sensitivity-worker.js'

/** What is known of a view. */
export interface Sensitivities {
  readonly network: Network
  readonly view: SensitivityView
  /** [count] by the flat index of `listParameters`, in displayed channels per unit of the parameter. */
  readonly values: Float64Array
  readonly pixelsDone: number
  readonly isDone: boolean
}

interface Question {
  readonly network: Network
  readonly view: SensitivityView
  /** Whether it is what the worker was asked last, which is to go on. */
  readonly isKnown: boolean
}

export class LiveSensitivity {
  readonly #worker = new AnsweringWorker<SensitivityRequest, SensitivityReply>(
    () =>
      new Worker(new URL('./sensitivity-worker.ts', import.meta.url), { type: 'module', name: 'vexel sensitivity' }),
  )
  readonly #asker = new NewestAsker<Question, SensitivityReply>({
    answer: ({ network, view, isKnown }) => this.#worker.ask(isKnown && !this.#worker.isNew ? null : { network, view }),
    take: (question, reply) => this.#take(question, reply),
  })
  /** The newest answer; while another view is being measured it may be the one before's. */
  latest: Sensitivities | null = null
  /** Why there is none, in a line. */
  problem: string | null = null

  constructor(private readonly onChange: () => void) {}

  ask(network: Network, view: SensitivityView): void {
    this.problem = null
    this.#asker.ask({ network, view, isKnown: false })
  }

  /** Stops what is being measured, and forgets what is known. */
  cancel(): void {
    this.#asker.cancel()
    this.latest = null
  }

  dispose(): void {
    this.#asker.dispose()
    this.#worker.dispose()
  }

  #take(question: Question, reply: SensitivityReply | Failure): void {
    // Another view is asked for by now: of this one nobody wants to know.
    if (question !== this.#asker.newest) return
    const { network, view } = question
    this.latest = reply.ok ? { network, view, ...reply } : null
    this.problem = reply.ok ? null : reply.reason
    if (this.latest && !this.latest.isDone) this.#asker.ask({ network, view, isKnown: true })
    this.onChange()
  }
}
