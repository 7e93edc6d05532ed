// One worker's part of training: its own kernel, its own share of every batch. All replicas hold the same parameters and
// apply the same averaged gradients, so they stay equal bit for bit without ever sending weights.

import type { Architecture } from '../model/architecture.js'
import { COLUMNS, type Kernel, STRICT } from '../kernel/module.js'
import { type Tensors, TrainingKernel } from '../kernel/training.js'
import { layoutTraining, type TrainingFeatures } from '../kernel/training-layout.js'
import { coverOrder, inOrder } from './cover.js'
import { ErrorMap, type ErrorSchedule, errorSchedule, isErrorMapDue, partLength } from './error-map.js'
import { createOptimizer, type Optimizer } from './optimizer.js'
import { stageAt, type Recipe } from './recipe.js'
import { Gauge } from './gauge.js'
import { blurImage, MAX_SIGMA } from './gaussian.js'
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
  /** Length of the run as it was planned. */
  readonly steps: number
  /** Pixels a step, all replicas together. */
  readonly batch: number
  /** Absent for strict. What measures is strict in any case. */
  readonly arithmetic?: 'relaxed'
}

/** All that changes; plain data. */
export interface ReplicaState {
  /** Steps done. */
  readonly step: number
  readonly tensors: Tensors
  readonly firstMoments: Float32Array
  readonly secondMoments: Float32Array
  /** One a replica, RANDOM_WORDS words each. */
  readonly randomStates: readonly Uint32Array[]
  /** The error map, empty where there is none yet. */
  readonly errors: Float32Array
  /** Moving averages of the second moments of whitened inputs, empty where there are none yet. */
  readonly inputMoments: Float32Array
}

// What came out best (bench/RESULTS.md): pixels a step that the second moments are taken of, all replicas together; the
// momentum of their moving average; how much of the trace is added to their diagonal; steps from one time to the next.
const WHITENED_PIXELS = 512
const MOMENTS_MOMENTUM = 0.95
const DAMPING = 0.1
const WHITENING_STEPS = 20

/** PyTorch's default momentum of running statistics. */
const STATISTICS_MOMENTUM = 0.1

export class Replica {
  readonly #plan: ReplicaPlan
  readonly #kernel: TrainingKernel
  readonly #optimizer: Optimizer
  #shownStage = -1
  #gauge: Gauge | null = null
  /** The cover order, where pixels are drawn by probabilities. */
  #places: Uint32Array | null = null
  #errorSchedule: ErrorSchedule | null = null
  #errors: ErrorMap | null = null

  /**
   * @param kernel in the arithmetic of the plan
   * @throws UnsupportedError when the kernel cannot run here or the batch is too large for its memory
   */
  constructor(plan: ReplicaPlan, state: ReplicaState, kernel: Kernel = STRICT) {
    this.#plan = plan
    const { architecture, recipe, target, index, batch, threads, steps } = plan
    const share = shareOf(batch, threads)
    this.#kernel = new TrainingKernel(architecture, share, target.detail, featuresOf(recipe), kernel)
    this.#optimizer = createOptimizer(recipe)
    this.#kernel.load(state.tensors)
    this.#kernel.firstMoments.set(state.firstMoments)
    this.#kernel.secondMoments.set(state.secondMoments)
    this.#kernel.randomState.set(state.randomStates[index])
    this.#kernel.inputMoments.set(state.inputMoments)
    if (recipe.whitening && state.inputMoments.length > 0) this.#kernel.whiten(DAMPING)
    if (!isWeighted(recipe)) return
    this.#places = coverOrder(target.detail)
    this.#kernel.setPlaces(this.#places)
    if (recipe.importance > 0) {
      this.#errorSchedule = errorSchedule(target.detail, steps, batch)
      this.#errors = new ErrorMap(architecture, target.detail, this.#places, this.#errorSchedule, state.errors)
    }
    this.#setProbabilities()
  }

  get kernel(): TrainingKernel {
    return this.#kernel
  }

  /** Whether this replica's part of the error map is to be taken before a step. */
  isErrorMapDue(schedule: Schedule, step: number): boolean {
    return this.#errorSchedule !== null && isErrorMapDue(this.#errorSchedule, schedule, step)
  }

  /** Takes this replica's part of the error map. */
  measureErrors(step: number): Float32Array {
    const { index, threads } = this.#plan
    if (!this.#errors) throw new Error('this recipe has no error map')
    return this.#errors.measure(this.#kernel.tensors(), step, index, threads)
  }

  /** Draws by the errors that the whole team has found. @param parts of all replicas, in their order */
  takeErrors(parts: readonly Float32Array[]): void {
    this.#errors?.take(parts)
    this.#setProbabilities()
  }

  #setProbabilities(): void {
    const errors = this.#errors
    const isKnown = errors !== null && errors.values.length > 0
    this.#kernel.setProbabilities(isKnown ? errors.probabilities(this.#plan.recipe.importance) : () => 1)
  }

  /** Draws this replica's share of a batch and leaves its gradients, statistics and loss in the kernel's exchange. */
  computeGradients(schedule: Schedule, step: number): void {
    const { recipe } = this.#plan
    const stage = stageAt(recipe, step / schedule.steps)
    if (stage !== this.#shownStage) {
      const { blur } = recipe.stages[stage]
      const { detail, seen } = this.#plan.target
      const sigma = Math.min(MAX_SIGMA, (blur * detail.width) / seen.width)
      const shown = blur > 0 ? blurImage(detail, sigma).data : detail.data
      this.#kernel.setPicture(this.#places ? inOrder(shown, detail.width, this.#places) : shown)
      this.#shownStage = stage
    }
    const { noise } = recipe.stages[stage]
    if (this.#places) this.#kernel.drawBatch(this.#skip, noise)
    else this.#kernel.sampleBatch(noise)
    this.#kernel.forward()
    if (isWhiteningDue(recipe, step)) this.#kernel.measureMoments(Math.ceil(WHITENED_PIXELS / this.#plan.threads))
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
    if (isWhiteningDue(this.#plan.recipe, step)) {
      kernel.blendMoments(1 - MOMENTS_MOMENTUM)
      kernel.whiten(DAMPING)
    }
    this.#optimizer.update(kernel, step + 1, rateFactor(schedule, step))
    return kernel.loss
  }

  /** Measures the network as it is now: see {@link Gauge}. */
  measure(evaluations: number): Psnrs {
    const { architecture, target } = this.#plan
    this.#gauge ??= new Gauge(architecture, target)
    return this.#gauge.measure(this.#kernel.tensors(), evaluations)
  }

  /** Terms of the cover sequence that the other replicas take in a step; null where pixels are drawn at random. */
  get #skip(): number | null {
    const { recipe, batch, threads } = this.#plan
    return recipe.order === 'cover' ? shareOf(batch, threads) * (threads - 1) : null
  }

  /** The part of the state that all replicas share, copied out. */
  sharedState(): Omit<ReplicaState, 'step' | 'randomStates'> {
    const { firstMoments, secondMoments, inputMoments } = this.#kernel
    return {
      tensors: this.#kernel.tensors(),
      firstMoments: firstMoments.slice(),
      secondMoments: secondMoments.slice(),
      errors: this.#errors?.values.slice() ?? new Float32Array(0),
      inputMoments: inputMoments.slice(),
    }
  }
}

/** Floats that the replicas of a plan exchange each step. */
export function exchangeCountOf({ architecture, recipe }: Pick<ReplicaPlan, 'architecture' | 'recipe'>): number {
  return layoutTraining(architecture, COLUMNS, { width: 1, height: 1 }, featuresOf(recipe)).exchangeCount
}

/** Floats of a replica's part of the error map; 0 where there is none. */
export function errorCountOf({ recipe, target, threads, steps, batch }: Omit<ReplicaPlan, 'index'>): number {
  if (recipe.importance === 0) return 0
  return partLength(target.detail, errorSchedule(target.detail, steps, batch).group, threads)
}

/** What a recipe needs of the kernel. */
export function featuresOf(recipe: Recipe): TrainingFeatures {
  return { isWeighted: isWeighted(recipe), isWhitened: recipe.whitening }
}

/** Whether pixels are drawn by probabilities, be they all equal, and weigh accordingly. */
function isWeighted({ order, importance }: Recipe): boolean {
  return order === 'cover' || importance > 0
}

/** Whether the layers' inputs are looked at in a step: each of the first ones, then now and then. */
function isWhiteningDue({ whitening }: Recipe, step: number): boolean {
  return whitening && (step < WHITENING_STEPS || step % WHITENING_STEPS === 0)
}

/** One replica's pixels of a batch: whole sixteens, rounded up. */
export function shareOf(batch: number, threads: number): number {
  return Math.ceil(batch / threads / COLUMNS) * COLUMNS
}
