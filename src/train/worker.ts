// What runs in a training worker, and its messages. The same in Web Workers and in Node's: who hosts it gives it a port.

import { loadKernel } from '../kernel/relaxed.js'
import type { Tensors } from '../kernel/training.js'
import { createExchange, type Exchange, type Link } from './exchange.js'
import { Replica, type ReplicaPlan, type ReplicaState } from './replica.js'
import type { Schedule } from './schedule.js'
import type { Psnrs } from './target.js'
import type { Slice } from './team.js'

/** One request at a time, each with one reply. */
export type WorkerRequest =
  | {
      readonly kind: 'start'
      readonly plan: ReplicaPlan
      readonly state: ReplicaState
      readonly links: TeamLinks | null
    }
  | { readonly kind: 'run'; readonly schedule: Schedule; readonly from: number; readonly count: number }
  | { readonly kind: 'tensors' }
  | { readonly kind: 'measure'; readonly evaluations: number }
  | { readonly kind: 'sharedState' }
  | { readonly kind: 'randomState' }

/** How a worker reaches the others of its team: for each step's gradients, and for the error map where there is one. */
export interface TeamLinks {
  readonly gradients: Link
  readonly errors: Link | null
}

/** What each request is answered with. */
export interface WorkerResults {
  readonly start: { readonly sizeBytes: number }
  readonly run: Slice
  readonly tensors: Tensors
  readonly measure: Psnrs
  readonly sharedState: ReturnType<Replica['sharedState']>
  readonly randomState: Uint32Array
}

export type WorkerReply =
  | { readonly ok: true; readonly result: WorkerResults[WorkerRequest['kind']] }
  | { readonly ok: false; readonly name: string; readonly message: string }

/** Serves requests: give it every message that comes, and a way to reply. */
export function createTrainingWorker(reply: (message: WorkerReply) => void): (request: WorkerRequest) => void {
  const worker = new TrainingWorker()
  return request => {
    worker.handle(request).then(
      result => reply({ ok: true, result }),
      (error: unknown) => {
        const { name, message } = error instanceof Error ? error : new Error(String(error))
        reply({ ok: false, name, message })
      },
    )
  }
}

class TrainingWorker {
  #replica: Replica | null = null
  #exchange: Exchange | null = null
  #errorExchange: Exchange | null = null

  async handle(request: WorkerRequest): Promise<WorkerResults[WorkerRequest['kind']]> {
    if (request.kind === 'start') {
      this.#replica = new Replica(request.plan, request.state, await loadKernel(request.plan.arithmetic ?? 'strict'))
      const { links } = request
      this.#exchange = links && createExchange(links.gradients)
      this.#errorExchange = links?.errors ? createExchange(links.errors) : null
      return { sizeBytes: this.#replica.kernel.sizeBytes }
    }
    const replica = this.#replica
    if (!replica) throw new Error('a training worker was asked before it was started')
    switch (request.kind) {
      case 'run':
        return await this.#run(replica, request.schedule, request.from, request.count)
      case 'tensors':
        return replica.kernel.tensors()
      case 'measure':
        return replica.measure(request.evaluations)
      case 'sharedState':
        return replica.sharedState()
      case 'randomState':
        return replica.kernel.randomState.slice()
    }
  }

  async #run(replica: Replica, schedule: Schedule, from: number, count: number): Promise<Slice> {
    const losses = new Float32Array(count)
    for (let i = 0; i < count; i++) {
      if (replica.isErrorMapDue(schedule, from + i)) {
        const own = replica.measureErrors(from + i)
        replica.takeErrors(this.#errorExchange ? await this.#errorExchange.gather(own) : [own])
      }
      replica.computeGradients(schedule, from + i)
      const exchanges = this.#exchange && this.#exchange.gather(replica.kernel.exchange)
      const loss = replica.applyGradients(
        schedule,
        from + i,
        exchanges instanceof Promise ? await exchanges : exchanges,
      )
      // All replicas see the same average, so all stop at the same step.
      if (!Number.isFinite(loss)) return { losses: losses.slice(0, i), diverged: true }
      losses[i] = loss
    }
    return { losses, diverged: false }
  }
}
