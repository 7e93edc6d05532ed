// A team in workers, seen from the thread that leads it. It sends no weights and no gradients while they run: those go
// from worker to worker.

import { UnsupportedError } from '../model/errors.js'
import type { Tensors } from '../kernel/training.js'
import { createLinks, type Link } from './exchange.js'
import { errorCountOf, exchangeCountOf, type ReplicaPlan, type ReplicaState } from './replica.js'
import type { Schedule } from './schedule.js'
import type { Psnrs } from './target.js'
import type { Slice, Team } from './team.js'
import type { WorkerReply, WorkerRequest, WorkerResults } from './worker.js'

/** A worker of either kind: Node's or the page's. */
export interface WorkerPort {
  post(request: WorkerRequest, transfer: readonly MessagePort[]): void
  /** Called once, before the first post. `fail` ends the team: the worker is gone. */
  listen(receive: (reply: WorkerReply) => void, fail: (error: Error) => void): void
  terminate(): Promise<void>
}

export class WorkerTeam implements Team {
  readonly #members: readonly Member[]
  readonly #plan: Omit<ReplicaPlan, 'index'>
  readonly #isShared: boolean
  #sizeBytes = 0

  private constructor(members: readonly Member[], plan: Omit<ReplicaPlan, 'index'>, isShared: boolean) {
    this.#members = members
    this.#plan = plan
    this.#isShared = isShared
  }

  /**
   * Starts the workers.
   * @param spawn makes one worker
   * @param isShared whether workers may share a SharedArrayBuffer: always in Node, in cross-origin isolated pages
   * @throws UnsupportedError when a worker cannot run the kernel
   */
  static async start(
    plan: Omit<ReplicaPlan, 'index'>,
    state: ReplicaState,
    spawn: () => WorkerPort,
    isShared: boolean,
  ): Promise<WorkerTeam> {
    const members = Array.from({ length: plan.threads }, () => new Member(spawn()))
    const team = new WorkerTeam(members, plan, isShared)
    try {
      await team.restore(state)
      return team
    } catch (error) {
      await team.dispose()
      throw error
    }
  }

  async restore(state: ReplicaState): Promise<void> {
    const plan = this.#plan
    const link = (count: number) =>
      plan.threads > 1 && count > 0 ? createLinks(plan.threads, count, this.#isShared) : null
    const [gradients, errors] = [link(exchangeCountOf(plan)), link(errorCountOf(plan))]
    const started = await Promise.all(
      this.#members.map((member, index) => {
        const links = gradients && { gradients: gradients[index], errors: errors?.[index] ?? null }
        const ports = [links?.gradients, links?.errors].flatMap(portsOf)
        return member.ask({ kind: 'start', plan: { ...plan, index }, state, links }, ports)
      }),
    )
    this.#sizeBytes = started.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  }

  async run(schedule: Schedule, from: number, count: number): Promise<Slice> {
    const slices = await Promise.all(this.#members.map(member => member.ask({ kind: 'run', schedule, from, count })))
    return slices[0]
  }

  async tensors(): Promise<Tensors> {
    return await this.#members[0].ask({ kind: 'tensors' })
  }

  async measure(evaluations: number): Promise<Psnrs> {
    return await this.#members[0].ask({ kind: 'measure', evaluations })
  }

  async state(step: number): Promise<ReplicaState> {
    const shared = await this.#members[0].ask({ kind: 'sharedState' })
    const randomStates = await Promise.all(this.#members.map(member => member.ask({ kind: 'randomState' })))
    return { step, ...shared, randomStates }
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#members.map(member => member.dispose()))
  }
}

function portsOf(link: Link | null | undefined): MessagePort[] {
  return link?.kind === 'ports' ? link.ports.filter(port => port !== null) : []
}

/** One worker and the request it is working on. */
class Member {
  readonly #port: WorkerPort
  #waiting: { resolve(result: unknown): void; reject(error: Error): void } | null = null
  #broken: Error | null = null

  constructor(port: WorkerPort) {
    this.#port = port
    port.listen(
      reply => {
        const waiting = this.#waiting
        this.#waiting = null
        if (reply.ok) waiting?.resolve(reply.result)
        else waiting?.reject(errorOf(reply))
      },
      error => this.#fail(error),
    )
  }

  ask<K extends WorkerRequest['kind']>(
    request: Extract<WorkerRequest, { kind: K }>,
    transfer: readonly MessagePort[] = [],
  ): Promise<WorkerResults[K]> {
    return new Promise((resolve, reject) => {
      if (this.#broken) return reject(this.#broken)
      this.#waiting = { resolve: resolve as (result: unknown) => void, reject }
      this.#port.post(request, transfer)
    })
  }

  async dispose(): Promise<void> {
    this.#fail(new Error('the training was disposed of'))
    await this.#port.terminate()
  }

  #fail(error: Error): void {
    this.#broken = error
    this.#waiting?.reject(error)
    this.#waiting = null
  }
}

function errorOf({ name, message }: Extract<WorkerReply, { ok: false }>): Error {
  if (name === 'UnsupportedError') return new UnsupportedError(message)
  return new Error(`${name}: ${message}`)
}
