// One worker's part of training: its own kernel, its own share of every batch. All replicas hold the same parameters and
// apply the same averaged gradients, so they stay equal bit for bit without ever sending weights.

import type { Architecture } from '../model/architecture.js'
import { COLUMNS } from '../kernel/module.js'
import { type Tensors, TrainingKernel } from '../kernel/training.js'
import { layoutTraining } from '../kernel/training-layout.js'
import { createOptimizer, type Optimizer } from './optimizer.js'
import { stageAt, type Recipe } from './recipe.js'
import { Gauge } from './gauge.js'
import { blurImage } from './gaussian.js'
import { rateFactor, type Schedule } from './schedule.js'
import type { Psnrs, Target } from './target.js'

/** All that a replica is made from; plain data, so that it can be sent to a worker. */
export interface ReplicaPlan {
  readonly architecture: Architecture
  readonly recipe: Recipe
  readonly target: Target
  /** This replica's place in the team, and how many there are. */
  readonly index: number
  readonly threads: number
}

/** All that changes; plain data. */
export interface ReplicaState {
  /** Steps done. */
  readonly step: number
  readonly tensors: Tensors
  readonly firstMoments: Float32Array
  readonly secondMoments: Float32Array
  /** One a replica, four words each. */
  readonly randomStates: readonly Uint32Array[]
}

/** PyTorch's default momentum of running statistics. */
const STATISTICS_MOMENTUM = 0.1

export class Replica {
  readonly #plan: ReplicaPlan
  readonly #kernel: TrainingKernel
  readonly #optimizer: Optimizer
  #shownStage = -1
  #gauge: Gauge | null = null

  /** @throws UnsupportedError when the kernel cannot run here or the batch is too large for its memory */
  constructor(plan: ReplicaPlan, state: ReplicaState) {
    this.#plan = plan
    const { architecture, recipe, target, index } = plan
    this.#kernel = new TrainingKernel(architecture, shareOf(recipe.batch, plan.threads), target.detail)
    this.#optimizer = createOptimizer(recipe)
    this.#kernel.load(state.tensors)
    this.#kernel.firstMoments.set(state.firstMoments)
    this.#kernel.secondMoments.set(state.secondMoments)
    this.#kernel.randomState.set(state.randomStates[index])
  }

  get kernel(): TrainingKernel {
    return this.#kernel
  }

  /** Draws this replica's share of a batch and leaves its gradients, statistics and loss in the kernel's exchange. */
  computeGradients(schedule: Schedule, step: number): void {
    const { recipe } = this.#plan
    const stage = stageAt(recipe, step / schedule.steps)
    if (stage !== this.#shownStage) {
      const { blur } = recipe.stages[stage]
      const { detail } = this.#plan.target
      this.#kernel.setPicture(blur > 0 ? blurImage(detail, blur).data : detail.data)
      this.#shownStage = stage
    }
    const { noise } = recipe.stages[stage]
    this.#kernel.sampleBatch(noise)
    this.#kernel.forward()
    this.#kernel.measureLoss(recipe.loss === 'displayed')
    this.#kernel.backward()
  }

  /**
   * Averages the exchanges of all replicas, in their order, and moves the parameters.
   * @param exchanges of the whole team, this replica's own included; null when it is alone
   * @returns the loss of the batch
   */
  applyGradients(schedule: Schedule, step: number, exchanges: readonly Float32Array[] | null): number {
    const kernel = this.#kernel
    if (exchanges) {
      kernel.exchange.set(exchanges[0])
      for (let i = 1; i < exchanges.length; i++) kernel.addExchange(exchanges[i])
      kernel.scaleExchange(1 / exchanges.length)
    }
    kernel.updateStatistics(STATISTICS_MOMENTUM)
    this.#optimizer.update(kernel, step + 1, rateFactor(schedule, step))
    return kernel.loss
  }

  /** Measures the network as it is now: see {@link Gauge}. */
  measure(evaluations: number): Psnrs {
    const { architecture, target } = this.#plan
    this.#gauge ??= new Gauge(architecture, target)
    return this.#gauge.measure(this.#kernel.tensors(), evaluations)
  }

  /** The part of the state that all replicas share, copied out. */
  sharedState(): Pick<ReplicaState, 'tensors' | 'firstMoments' | 'secondMoments'> {
    const { firstMoments, secondMoments } = this.#kernel
    return {
      tensors: this.#kernel.tensors(),
      firstMoments: firstMoments.slice(),
      secondMoments: secondMoments.slice(),
    }
  }
}

/** Floats that the replicas of a plan exchange each step. */
export function exchangeCountOf({ architecture }: Pick<ReplicaPlan, 'architecture'>): number {
  return layoutTraining(architecture, COLUMNS, { width: 1, height: 1 }).exchangeCount
}

/** One replica's pixels of a batch: whole sixteens, rounded up. */
export function shareOf(batch: number, threads: number): number {
  return Math.ceil(batch / threads / COLUMNS) * COLUMNS
}
