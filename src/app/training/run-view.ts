// What is seen of a training: its weights in the open file, replaced in place while the person flies through it, and the difference to the
// target beside them. While a run goes on, both as often as the machine can spare the time.

import type { Architecture } from '../../model/architecture.js'
import type { StateDict } from '../../model/state-dict.js'
import type { Tensors } from '../../kernel/training.js'
import { lengthOfSteps } from '../../train/recipe.js'
import { createResult } from '../../train/result.js'
import type { CurvePoint } from '../../train/start-state.js'
import type { Psnrs } from '../../train/target.js'
import { initialState } from '../../train/trainer.js'
import type { Page } from '../page.js'
import type { LearnedImage } from './learned-image.js'
import { Pane } from './pane.js'
import type { Pictures } from './pictures.js'
import { type RunPlan, runSettings } from './plan.js'
import type { Run } from './run.js'
import { isSameNet } from './wanted-net.js'

// More often nobody sees; the slices of the run are about as long. Where the processor draws, pictures and training share its
// cores, and the page needs some of them, too: this part of the time is for pictures.
const NET_INTERVAL_MS = 100
const NET_SHARE = 0.33
// The difference takes the time of several steps: once so many milliseconds, and no more than a part of the time.
const DIFFERENCE_INTERVAL_MS = 500
const DIFFERENCE_SHARE = 0.1

/** Both measures of some weights, dB, and their step. */
export interface Compared extends Psnrs {
  readonly step: number
}

/** The weights of a run as a file, and how far it was then. */
export interface RunResult {
  readonly stateDict: StateDict
  /** Steps of all starts together. */
  readonly done: number
}

export class RunView {
  readonly differencePane = new Pane()
  /** Of the weights that the difference shows; null before there were any. */
  compared: Compared | null = null
  /** The newest figures that there are: the difference's, or those of the run's curve, which come more often. */
  measured: Psnrs | null = null
  #point: CurvePoint | undefined
  #pointMs = 0
  /** Counts runs: what a run before has begun must not end in this one. */
  #generation = 0
  #netDueMs = 0
  #differenceDueMs = 0

  /** @param openNet opens the net of a training that begins, as any other file; again where one of another kind takes its place */
  constructor(
    private readonly page: Page,
    private readonly image: LearnedImage,
    private readonly pictures: Pictures,
    private readonly openNet: (file: File, isAgain: boolean) => Promise<void>,
  ) {}

  /** By what the net is known as long as it is not finished: names an image's training for the visit. */
  key = ''

  /** Whether the net that is open is the one of this training. */
  get isShown(): boolean {
    return this.page.opened.isTraining
  }

  /** The run so far is over: nothing that is on its way from it is shown any more. */
  endRun(): void {
    this.#generation++
    this.setLive(false)
  }

  /** Whether weights come that fast that the picture is not to come to rest between them. */
  setLive(isLive: boolean): void {
    this.page.viewer.loop.isLive = isLive && this.isShown
  }

  /** Shows the weights of a run in progress, when it is time for that. */
  async follow(run: Run): Promise<void> {
    // Nobody looks: the workers go on, nothing is drawn.
    if (document.hidden) return
    const { viewer, opened } = this.page
    const generation = this.#generation
    const nowMs = performance.now()
    const isNetDue = this.isShown && nowMs >= this.#netDueMs && viewer.isUpToDate
    const isDifferenceDue = this.isShown && nowMs >= this.#differenceDueMs
    this.setLive(run.isPlaying)
    const point = run.curve.at(-1)
    if (point && point !== this.#point) {
      this.#point = this.measured = point
      this.#pointMs = nowMs
    }
    if (!isNetDue && !isDifferenceDue) return
    const { tensors, step } = await run.weights()
    if (generation !== this.#generation) return
    if (isDifferenceDue) void this.#compareAsSaved(run.architecture, tensors, step)
    if (!isNetDue) return
    this.#netDueMs = nowMs + Math.max(NET_INTERVAL_MS, (viewer.stats().coverMs ?? 0) / NET_SHARE)
    const { psnr, psnrDetail } = run.progress
    const measured = psnr === null || psnrDetail === null ? null : { psnr, psnrDetail }
    opened.replaceWeights(this.#stateDict(run, tensors, step, measured))
  }

  /** Shows where a run rests, with all that belongs to it. @returns its weights; null where it cannot go on, or another run has begun */
  async showRest(run: Run): Promise<StateDict | null> {
    if (run.failure) return null
    const generation = this.#generation
    const { stateDict } = await this.result(run)
    if (generation !== this.#generation) return null
    await this.#put(run.architecture, stateDict)
    return stateDict
  }

  /** Shows the net of a plan's seed before its first step. */
  async showStart(plan: RunPlan): Promise<void> {
    const { target, provenance } = this.image
    if (!target) return
    const { architecture } = plan.net
    const settings = runSettings(plan, lengthOfSteps(plan.recipe, 1))
    const { tensors } = initialState(architecture, settings).replicas
    // It is seen before it is measured.
    void this.#compare(architecture, tensors, 0)
    await this.#put(architecture, createResult(architecture, tensors, target, settings, 0, null, provenance))
  }

  /** The weights of a run as they are now, which remember the picture: see rememberPicture. */
  async result(run: Run): Promise<RunResult> {
    const { tensors: trained, step, done } = await run.weights()
    // Measured on these very weights: the curve's last point may be older.
    const { tensors, psnrs } = await this.#compareAsSaved(run.architecture, trained, step)
    return { stateDict: this.#stateDict(run, tensors, step, psnrs), done }
  }

  /** Puts weights into the net of this training, which is opened where it was not yet, or was one of another kind. */
  async #put(architecture: Architecture, stateDict: StateDict): Promise<void> {
    const { opened, requestRender } = this.page
    const { hasTrained, isTraining, file } = opened
    const isAgain = isTraining && file !== null && !isSameNet(file.network.architecture, architecture)
    if (hasTrained && !isAgain) {
      opened.replaceWeights(stateDict)
      return
    }
    const bytes = stateDict.serialize() as Uint8Array<ArrayBuffer>
    await this.openNet(new File([bytes], `${this.image.baseName}.safetensors`), isAgain)
    opened.beginTraining()
    requestRender()
  }

  #stateDict(run: Run, tensors: Tensors, step: number, psnrs: Psnrs | null): StateDict {
    return createResult(run.architecture, tensors, run.target, run.settings, step, psnrs, this.image.provenance)
  }

  /** As {@link #compare}, of weights as a file has them: those of a run know the statistics of its samples alone, which costs decibels. */
  async #compareAsSaved(
    architecture: Architecture,
    trained: Tensors,
    step: number,
  ): Promise<{ tensors: Tensors; psnrs: Psnrs }> {
    this.#differenceDueMs = Number.POSITIVE_INFINITY
    const tensors = await this.pictures.remember(architecture, trained)
    return { tensors, psnrs: await this.#compare(architecture, tensors, step) }
  }

  /** Shows the difference of these weights, and returns their PSNRs. */
  async #compare(architecture: Architecture, tensors: Tensors, step: number): Promise<Psnrs> {
    const generation = this.#generation
    const startMs = performance.now()
    this.#differenceDueMs = Number.POSITIVE_INFINITY
    const { rgba, psnr, psnrDetail, ...size } = await this.pictures.compare(architecture, tensors)
    const tookMs = performance.now() - startMs
    this.#differenceDueMs = startMs + Math.max(DIFFERENCE_INTERVAL_MS, tookMs / DIFFERENCE_SHARE)
    if (generation === this.#generation) {
      this.differencePane.setPicture(size, rgba)
      this.compared = { step, psnr, psnrDetail }
      // Begun before the run's last measurement it is of older weights.
      if (startMs >= this.#pointMs) this.measured = this.compared
      this.page.requestRender()
    }
    return { psnr, psnrDetail }
  }
}
