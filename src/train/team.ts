// A team: replicas that train one network together, in this thread or in workers. Between two calls everything stands at a
// step, so that state can be read, saved, and taken up again.

import { type Kernel, STRICT } from '../kernel/module.js'
import type { Tensors } from '../kernel/training.js'
import { Replica, type ReplicaPlan, type ReplicaState } from './replica.js'
import type { Schedule } from './schedule.js'
import type { Psnrs } from './target.js'

/** Some steps of training. */
export interface Slice {
  /** Loss of each step done: fewer than asked for when the next one is no number any more. */
  readonly losses: Float32Array
  readonly diverged: boolean
}

export interface Team {
  /** Runs steps [from, from + count). */
  run(schedule: Schedule, from: number, count: number): Promise<Slice>
  /** The network as it is now. */
  tensors(): Promise<Tensors>
  /** Measures the network as it is now against the sharp picture, with about so many evaluations: see Gauge. */
  measure(evaluations: number): Promise<Psnrs>
  /** All that it takes to go on from here; `step` is the caller's. */
  state(step: number): Promise<ReplicaState>
  /** Goes back to a state. */
  restore(state: ReplicaState): Promise<void>
  /** Megabytes held by the kernels. */
  readonly sizeBytes: number
  dispose(): Promise<void>
}

/** All replicas in this thread, in turns: what workers compute, without them. */
export class LocalTeam implements Team {
  readonly #plans: readonly ReplicaPlan[]
  #replicas: Replica[]

  /** @param kernel in the arithmetic of the plan */
  constructor(
    plan: Omit<ReplicaPlan, 'index'>,
    state: ReplicaState,
    private readonly kernel: Kernel = STRICT,
  ) {
    this.#plans = Array.from({ length: plan.threads }, (_, index) => ({ ...plan, index }))
    this.#replicas = this.#plans.map(own => new Replica(own, state, this.kernel))
  }

  async run(schedule: Schedule, from: number, count: number): Promise<Slice> {
    const losses = new Float32Array(count)
    for (let i = 0; i < count; i++) {
      if (this.#replicas[0].isErrorMapDue(schedule, from + i)) {
        const parts = this.#replicas.map(replica => replica.measureErrors(from + i))
        for (const replica of this.#replicas) replica.takeErrors(parts)
      }
      for (const replica of this.#replicas) replica.computeGradients(schedule, from + i)
      const isAlone = this.#replicas.length === 1
      const exchanges = isAlone ? null : this.#replicas.map(({ kernel }) => kernel.exchange.slice())
      let loss = Number.NaN
      for (const replica of this.#replicas) loss = replica.applyGradients(schedule, from + i, exchanges)
      if (!Number.isFinite(loss)) return { losses: losses.slice(0, i), diverged: true }
      losses[i] = loss
    }
    return { losses, diverged: false }
  }

  async tensors(): Promise<Tensors> {
    return this.#replicas[0].kernel.tensors()
  }

  async measure(evaluations: number): Promise<Psnrs> {
    return this.#replicas[0].measure(evaluations)
  }

  async state(step: number): Promise<ReplicaState> {
    const randomStates = this.#replicas.map(({ kernel }) => kernel.randomState.slice())
    return { step, ...this.#replicas[0].sharedState(), randomStates }
  }

  async restore(state: ReplicaState): Promise<void> {
    this.#replicas = this.#plans.map(own => new Replica(own, state, this.kernel))
  }

  get sizeBytes(): number {
    return this.#replicas.reduce((sum, { kernel }) => sum + kernel.sizeBytes, 0)
  }

  async dispose(): Promise<void> {}
}
