// One run of a trainer, as the page drives it: played, paused, stepped. Whatever else is asked of the trainer (its weights,
// a file) has its turn between two slices, since a team does one thing at a time.

import type { Architecture } from '../../model/architecture.js'
import type { Tensors } from '../../kernel/training.js'
import { type Checkpoint, encodeCheckpoint } from '../../train/checkpoint.js'
import { lengthOfPixels, lengthOfSteps } from '../../train/recipe.js'
import { type Estimate, RunClock } from '../../train/run-clock.js'
import type { Target } from '../../train/target.js'
import { measureStepRate } from '../../train/step-rate.js'
import { type Progress, type RunSettings, Trainer } from '../../train/trainer.js'
import { type RunPlan, runSettings } from './plan.js'
import { startWorkers } from './web-team.js'

// The picture and the figures follow in these steps.
const SLICE_MS = 120
// Enough to be turned into steps: see measureStepRate.
const MEASURED_STEPS = 1_000_000

// A length in seconds is held: where other work has slowed the machine down, the last third of the time is the landing.
const LANDING_SHARE = 1 / 3
// Less than this is the clock's own error.
const SLOWED = 1.1

const now = () => performance.now()

export interface RunEvents {
  /** Something changed: progress, or whether it is playing. */
  readonly onChange: () => void
  /** A slice is done; the next one waits for this. */
  readonly afterSlice: () => Promise<void>
}

export class Run {
  /** Why it cannot go on. */
  failure: Error | null = null
  readonly #trainer: Trainer
  readonly #events: RunEvents
  #isLanding = false
  #clock: RunClock
  #seconds = 0
  #turn: Promise<unknown> = Promise.resolve()
  #isPlaying = false
  #loop: Promise<void> = Promise.resolve()
  #isDisposed = false

  private constructor(
    trainer: Trainer,
    events: RunEvents,
    /** Training time that the run may take, seconds; null where its length is one of steps. */
    readonly budget: number | null,
    seconds = 0,
  ) {
    this.#trainer = trainer
    this.#events = events
    this.#seconds = seconds
    this.#clock = new RunClock(trainer.progress.done, seconds, now)
  }

  /**
   * Starts the workers, before the first step; a length in seconds is turned into steps by a measurement.
   * @throws UnsupportedError when the kernel cannot run here
   */
  static async start(plan: RunPlan, target: Target, events: RunEvents): Promise<Run> {
    const startMs = now()
    const { unit, count } = plan.length
    let length = lengthOfSteps(plan.recipe, count)
    let budget: number | null = null
    if (unit === 'seconds') {
      const measured = runSettings(plan, lengthOfSteps(plan.recipe, MEASURED_STEPS))
      const rate = await measureStepRate(plan.net.architecture, measured, target, startWorkers, now)
      const seconds = Math.max(0, count - (now() - startMs) / 1000)
      budget = seconds
      length = lengthOfPixels(plan.recipe, seconds * rate * measured.batch)
    }
    const trainer = await Trainer.start(plan.net.architecture, runSettings(plan, length), target, startWorkers)
    return new Run(trainer, events, budget)
  }

  /**
   * Goes on from a checkpoint, once it is played.
   * @param target that the checkpoint is of
   * @param budget as of the run that it was
   * @throws as {@link start}
   */
  static async resume(
    { architecture, settings, state, seconds }: Checkpoint,
    target: Target,
    budget: number | null,
    events: RunEvents,
  ): Promise<Run> {
    const trainer = await Trainer.start(architecture, settings, target, startWorkers, state)
    const run = new Run(trainer, events, budget, seconds)
    const { isLanding, step, steps } = trainer.progress
    if (budget !== null && isLanding && budget - seconds <= LANDING_SHARE * budget) {
      // The clock's doing: no trainer knows of it.
      run.#isLanding = true
      trainer.landIn(steps - step)
    }
    return run
  }

  get architecture(): Architecture {
    return this.#trainer.architecture
  }

  get settings(): RunSettings {
    return this.#trainer.settings
  }

  get target(): Target {
    return this.#trainer.target
  }

  get progress(): Progress {
    return this.#trainer.progress
  }

  get curve(): Trainer['curve'] {
    return this.#trainer.curve
  }

  get snapshots(): Trainer['snapshots'] {
    return this.#trainer.snapshots
  }

  get isPlaying(): boolean {
    return this.#isPlaying
  }

  /** Training time so far, speed over the last seconds, time left at that speed; not more than what is left of a length in seconds, which is held. */
  get estimate(): Estimate {
    const measured = this.#clock.estimate(this.progress, this.settings.batch)
    const left = this.budget === null ? Number.POSITIVE_INFINITY : Math.max(1, this.budget - this.#clock.seconds)
    const estimate = this.#isLanding ? measured : { ...measured, secondsLeft: Math.min(measured.secondsLeft, left) }
    return this.#isPlaying ? estimate : { ...estimate, seconds: this.#seconds }
  }

  /** Trains until it is done, or paused. */
  play(): void {
    if (this.#isPlaying || this.progress.isDone || this.failure) return
    this.#isPlaying = true
    this.#loop = this.#loop.then(() => this.#play())
    this.#events.onChange()
  }

  /** Stops after the slice under way; resolves when it is done. */
  async pause(): Promise<void> {
    this.#isPlaying = false
    await this.#loop
  }

  /** Does exactly one step, and pauses. */
  async step(): Promise<void> {
    await this.pause()
    try {
      await this.#take(trainer => trainer.advance(1))
    } catch (error) {
      this.#fail(error)
    }
    this.#events.onChange()
  }

  /** The network as it is now, with where it stands. */
  async weights(): Promise<{ readonly tensors: Tensors; readonly step: number; readonly done: number }> {
    return await this.#take(async trainer => {
      const { step, done } = trainer.progress
      return { tensors: await trainer.tensors(), step, done }
    })
  }

  /** All that it takes to go on from here: a file. @param imageDigest of the target */
  async checkpoint(imageDigest: string): Promise<Uint8Array> {
    return await this.#take(async trainer => {
      const { architecture, settings, target } = trainer
      const { seconds } = this.estimate
      return encodeCheckpoint(
        { architecture, settings, state: await trainer.state(), imageDigest, seconds },
        target.seen,
      )
    })
  }

  /** Whether it was given up. */
  get isDisposed(): boolean {
    return this.#isDisposed
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true
    this.#isPlaying = false
    await this.#trainer.dispose()
  }

  async #play(): Promise<void> {
    this.#clock = new RunClock(this.progress.done, this.#seconds, now)
    try {
      while (this.#isPlaying && !this.progress.isDone) {
        await this.#take(trainer => trainer.advance(this.#clock.stepsFor(SLICE_MS)))
        this.#clock.tick(this.progress.done)
        this.#holdTime()
        await this.#events.afterSlice()
      }
    } catch (error) {
      this.#fail(error)
    }
    this.#isPlaying = false
    this.#seconds = this.#clock.seconds
    this.#events.onChange()
  }

  /** Lands as soon as the last part of the time begins, where the run would take longer than it may. */
  #holdTime(): void {
    if (this.budget === null || this.#isLanding || this.progress.isDone) return
    const left = this.budget - this.#clock.seconds
    const { secondsLeft } = this.#clock.estimate(this.progress, this.settings.batch)
    if (left > LANDING_SHARE * this.budget || secondsLeft < SLOWED * left) return
    this.#isLanding = true
    this.#trainer.landIn(this.#clock.stepsFor(1000 * Math.max(0, left)))
  }

  #take<T>(task: (trainer: Trainer) => Promise<T>): Promise<T> {
    const result = this.#turn.then(() => task(this.#trainer))
    this.#turn = result.catch(() => {})
    return result
  }

  #fail(error: unknown): void {
    if (!this.#isDisposed) this.failure = error instanceof Error ? error : new Error(String(error))
  }
}
