// A training in the page: an image, a plan, and the run that learns the one by the other. The net that learns is the open
// file: its weights are replaced in place, several times a second, while the person flies through it.

import { version } from '../../../package.json'
import type { Tensors } from '../../kernel/training.js'
import type { Architecture } from '../../model/architecture.js'
import { printableName } from '../../model/printable.js'
import type { StateDict } from '../../model/state-dict.js'
import { lengthOfSteps } from '../../train/recipe.js'
import type { Estimate } from '../../train/run-clock.js'
import { createFilm, createResult } from '../../train/result.js'
import { tellQuality } from '../../train/quality.js'
import type { Psnrs, Target } from '../../train/target.js'
import type { CurvePoint } from '../../train/start-state.js'
import { initialState, type Progress } from '../../train/trainer.js'
import { isAbort, lineOf } from '../messages.js'
import type { Page } from '../page.js'
import { changePlan, defaultPlan, type RunPlan, runSettings, type TrainOptions } from './plan.js'
import { Pane } from './pane.js'
import { Pictures } from './pictures.js'
import { Run } from './run.js'
import { type ImageSource, loadTarget } from './target-image.js'
import { levelsOf } from './target-levels.js'
import { defaultThreads } from './web-team.js'

/** Where a training stands. */
export type TrainingStatus =
  | { readonly kind: 'ready' }
  /** The workers start, or the speed is measured. */
  | { readonly kind: 'preparing' }
  | { readonly kind: 'running' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'done' }
  /** The weights are those of the last good step. */
  | { readonly kind: 'diverged'; readonly at: number }
  | { readonly kind: 'failed'; readonly reason: string }

// More often nobody sees; the slices of the run are about as long. Where the processor draws, pictures and training share its
// cores, and the page needs some of them, too: this part of the time is for pictures.
const NET_INTERVAL_MS = 100
const NET_SHARE = 0.33
// The difference takes the time of several steps: once so many milliseconds, and no more than a part of the time.
const DIFFERENCE_INTERVAL_MS = 500
const DIFFERENCE_SHARE = 0.1

export class Training {
  plan: RunPlan
  /** Why what was typed last was refused. */
  problem: string | null = null
  source: ImageSource | null = null
  target: Target | null = null
  /** Both measures of the weights that the difference shows, and their step. */
  compared: (Psnrs & { readonly step: number }) | null = null
  readonly targetPane = new Pane()
  readonly differencePane = new Pane()
  readonly #pictures = new Pictures()
  #run: Run | null = null
  /** The run whose end is seen. */
  #finished: Run | null = null
  #isPreparing = false
  /** Whether it is to play once it is prepared. */
  #wantsToPlay = false
  #failure: string | null = null
  /** What the target was made with. */
  #targetPlan: RunPlan | null = null
  /** Counts runs: what a run before has begun must not end in this one. */
  #generation = 0
  #loads = 0
  #netDueMs = 0
  #differenceDueMs = 0
  #savedAt = 0

  /** @param openNet opens the net of a training that begins, as any other file */
  constructor(
    private readonly page: Page,
    private readonly openNet: (file: File) => Promise<void>,
  ) {
    this.plan = defaultPlan(defaultThreads())
    window.addEventListener('beforeunload', event => {
      if (this.isUnsaved) event.preventDefault()
    })
  }

  /** Whether there is an image to train. */
  get isOpen(): boolean {
    return this.target !== null
  }

  /** Whether the net that is open is the one of this training. */
  get isShown(): boolean {
    return this.page.opened.isTraining
  }

  /** Whether there are weights that would be lost. */
  get isUnsaved(): boolean {
    return this.#run !== null && this.#run.progress.done > this.#savedAt
  }

  get status(): TrainingStatus {
    const run = this.#run
    if (this.#isPreparing) return { kind: 'preparing' }
    const failure = this.#failure ?? run?.failure?.message
    if (failure !== undefined) return { kind: 'failed', reason: failure }
    if (!run) return { kind: 'ready' }
    const { divergedAt, isDone, step } = run.progress
    // Over only when its last weights are in the open file, too.
    if (run.isPlaying || (isDone && this.#finished !== run)) return { kind: 'running' }
    if (divergedAt !== null) return { kind: 'diverged', at: divergedAt }
    if (isDone) return { kind: 'done' }
    return step === 0 ? { kind: 'ready' } : { kind: 'paused' }
  }

  /** Null before the first step is prepared. */
  get progress(): (Progress & Estimate) | null {
    return this.#run && { ...this.#run.progress, ...this.#run.estimate }
  }

  get curve(): readonly CurvePoint[] {
    return this.#run?.curve ?? []
  }

  get snapshotCount(): number {
    return this.#run?.snapshots.length ?? 0
  }

  /** The plan of the run there is; it may be another one than what the next run would have. */
  get runRecipe(): RunPlan['recipe'] {
    return this.#run?.settings.recipe ?? this.plan.recipe
  }

  /** Whether the fields say something else than the run there is. */
  get isPlanChanged(): boolean {
    return this.#run !== null && JSON.stringify(this.#runPlan) !== JSON.stringify(this.plan)
  }
  #runPlan: RunPlan | null = null

  /** What files of this training are called, without ending. */
  get baseName(): string {
    return this.source?.name.replace(/\.[a-z]+$/i, '') || 'flag'
  }

  /**
   * Takes an image: its net, still untrained, is opened. A training before is given up.
   * @throws with one line when it cannot be read; everything stays as it was then
   */
  async load(source: ImageSource, options: TrainOptions = {}): Promise<void> {
    const plan = changePlan(this.plan, options)
    const target = await this.#loadTarget(source, plan)
    await this.#endRun()
    this.plan = plan
    this.problem = null
    this.source = source
    this.page.opened.endTraining()
    await this.#setTarget(target, plan)
    await this.#showStart()
    const { width, height } = target.detail
    this.page.messages.say(`${printableName(source.name)}: ${width} × ${height} pixels to learn`)
  }

  /** Changes the plan; without a run it is seen at once, else it counts from the next start. */
  async change(options: TrainOptions): Promise<void> {
    try {
      const before = this.plan
      this.plan = changePlan(before, options)
      this.problem = null
      this.page.requestRender()
      if (this.#run || this.#isPreparing) return
      const { seed, recipe } = this.plan
      const isSeen = !isSameTarget(this.plan, before) || seed !== before.seed || recipe !== before.recipe
      if (!isSeen) return
      await this.#fitTarget()
      await this.#showStart()
    } catch (error) {
      if (isAbort(error)) return
      this.problem = lineOf(error)
      this.page.requestRender()
    }
  }

  /** Starts, or goes on. */
  async play(): Promise<void> {
    this.#wantsToPlay = true
    if (this.#run) this.#run.play()
    else await this.#prepare()
  }

  async pause(): Promise<void> {
    this.#wantsToPlay = false
    const run = this.#run
    await run?.pause()
    if (run === this.#run) await this.#showRest()
  }

  /** One step of training, then paused. */
  async step(): Promise<void> {
    this.#wantsToPlay = false
    if (!this.#run) await this.#prepare()
    const run = this.#run
    await run?.step()
    if (run === this.#run) await this.#showRest()
  }

  /** From the beginning, as the fields say now. */
  async restart(): Promise<void> {
    await this.#endRun()
    await this.#fitTarget()
    await this.#showStart()
    await this.play()
  }

  /** Opens the net of this training again, after another file was. */
  async show(): Promise<void> {
    this.page.opened.endTraining()
    const run = this.#run
    if (run) await this.#showRest()
    else await this.#showStart()
  }

  /** Gives the training up; its net stays open as any other file. */
  async close(): Promise<void> {
    await this.pause()
    await this.#endRun()
    this.target = null
    this.source = null
    this.page.opened.endTraining()
    this.page.requestRender()
  }

  /** The network as it is now, as a file. */
  async networkFile(): Promise<File> {
    const { stateDict, done } = await this.#result()
    this.#savedAt = done
    this.page.requestRender()
    return new File([stateDict.serialize() as Uint8Array<ArrayBuffer>], `${this.baseName}.safetensors`)
  }

  /** The film: the snapshots so far. */
  filmFile(): File {
    const run = this.#run as Run
    const { target, settings, snapshots, curve } = run
    const film = createFilm(run.architecture, snapshots, curve, target, settings, this.#provenance)
    return new File([film.serialize() as Uint8Array<ArrayBuffer>], `${this.baseName}.film.safetensors`)
  }

  /** The curve as a table: step, loss, PSNR as it is seen and in detail. */
  curveFile(): File {
    const lines = this.curve.map(
      ({ step, loss, psnr, psnrDetail }) => `${[step, loss.toPrecision(7), psnr.toFixed(4), psnrDetail.toFixed(4)]}\n`,
    )
    return new File(['step,loss,psnr,psnr_detail\n', ...lines], `${this.baseName}.curve.csv`, { type: 'text/csv' })
  }

  /** Draws target and difference as the viewer sees the net. */
  draw(): void {
    const { item, view } = this.page.viewer
    this.targetPane.draw(item, view)
    this.differencePane.draw(item, view)
  }

  get #provenance(): { sourceName: string; version: string } {
    return { sourceName: this.source?.name ?? '', version }
  }

  async #prepare(): Promise<void> {
    if (this.#isPreparing) return
    const generation = this.#generation
    const { plan, target } = this
    if (!target) return
    this.#isPreparing = true
    this.#failure = null
    this.#savedAt = 0
    this.page.requestRender()
    let run: Run | null = null
    try {
      run = await Run.start(plan, target, {
        onChange: () => this.#onRunChange(),
        afterSlice: () => this.#follow(),
      })
    } catch (error) {
      if (generation === this.#generation) this.#failure = lineOf(error)
    }
    // Another image has come, or it was closed.
    if (generation !== this.#generation) {
      await run?.dispose()
      return
    }
    this.#isPreparing = false
    this.#run = run
    this.#runPlan = plan
    if (run && this.#wantsToPlay) run.play()
    this.page.requestRender()
  }

  async #endRun(): Promise<void> {
    this.#generation++
    const run = this.#run
    this.#run = null
    this.#runPlan = null
    this.#isPreparing = false
    this.#failure = null
    this.#setLive(false)
    await run?.dispose()
  }

  #onRunChange(): void {
    const run = this.#run
    this.#setLive(run?.isPlaying ?? false)
    if (run && !run.isPlaying && run.progress.isDone) void this.#finish(run)
    this.page.requestRender()
  }

  async #finish(run: Run): Promise<void> {
    try {
      await this.#showRest()
    } finally {
      this.#finished = run
      this.page.requestRender()
    }
    if (run !== this.#run || run.progress.divergedAt !== null) return
    if (!this.compared) return
    const quality = tellQuality(this.compared, run.target)
    this.page.messages.say(`${quality}; ${run.progress.step} steps, ${run.estimate.seconds.toFixed(0)} s`)
  }

  #setLive(isLive: boolean): void {
    this.page.viewer.loop.isLive = isLive && this.isShown
  }

  /** Shows the weights of a run in progress, when it is time for that. */
  async #follow(): Promise<void> {
    const run = this.#run
    this.page.requestRender()
    if (!run) return
    // Nobody looks: the workers go on, nothing is drawn.
    if (document.hidden) return
    const nowMs = performance.now()
    const isNetDue = this.isShown && nowMs >= this.#netDueMs && this.page.viewer.isUpToDate
    const isDifferenceDue = this.isShown && nowMs >= this.#differenceDueMs
    this.#setLive(run.isPlaying)
    if (!isNetDue && !isDifferenceDue) return
    const { tensors, step } = await run.weights()
    if (run !== this.#run) return
    if (isDifferenceDue) void this.#compare(run.architecture, tensors, step)
    if (!isNetDue) return
    this.#netDueMs = nowMs + Math.max(NET_INTERVAL_MS, (this.page.viewer.stats().coverMs ?? 0) / NET_SHARE)
    const { psnr, psnrDetail } = run.progress
    const measured = psnr === null || psnrDetail === null ? null : { psnr, psnrDetail }
    this.page.opened.replaceWeights(this.#stateDict(run, tensors, step, measured))
  }

  /** Shows where a run rests, with all that belongs to it. */
  async #showRest(): Promise<void> {
    const run = this.#run
    if (!run || run.failure) return
    const { stateDict } = await this.#result()
    if (run !== this.#run) return
    await this.#put(stateDict)
  }

  /** Shows the net of the seed before its first step. */
  async #showStart(): Promise<void> {
    const { target, plan } = this
    if (!target) return
    const settings = runSettings(plan, lengthOfSteps(plan.recipe, 1))
    const { tensors } = initialState(plan.architecture, settings).replicas
    // It is seen before it is measured.
    void this.#compare(plan.architecture, tensors, 0)
    const stateDict = createResult(plan.architecture, tensors, target, settings, 0, null, this.#provenance)
    await this.#put(stateDict)
  }

  /** Puts weights into the net of this training, which is opened where it was not yet. */
  async #put(stateDict: StateDict): Promise<void> {
    const { opened, requestRender } = this.page
    if (opened.hasTrained) {
      opened.replaceWeights(stateDict)
      return
    }
    const bytes = stateDict.serialize() as Uint8Array<ArrayBuffer>
    await this.openNet(new File([bytes], `${this.baseName}.safetensors`))
    opened.beginTraining()
    requestRender()
  }

  async #result(): Promise<{ stateDict: StateDict; done: number }> {
    const run = this.#run as Run
    const { tensors: trained, step, done } = await run.weights()
    const tensors = await this.#pictures.remember(run.architecture, trained)
    // Measured on these very weights: the curve's last point may be older.
    const psnrs = await this.#compare(run.architecture, tensors, step)
    return { stateDict: this.#stateDict(run, tensors, step, psnrs), done }
  }

  #stateDict(run: Run, tensors: Tensors, step: number, psnrs: Psnrs | null): StateDict {
    return createResult(run.architecture, tensors, run.target, run.settings, step, psnrs, this.#provenance)
  }

  /** Shows the difference of these weights, and returns their PSNRs. */
  async #compare(architecture: Architecture, tensors: Tensors, step: number): Promise<Psnrs> {
    const generation = this.#generation
    const startMs = performance.now()
    this.#differenceDueMs = Number.POSITIVE_INFINITY
    const { rgba, psnr, psnrDetail, ...size } = await this.#pictures.compare(architecture, tensors)
    const tookMs = performance.now() - startMs
    this.#differenceDueMs = startMs + Math.max(DIFFERENCE_INTERVAL_MS, tookMs / DIFFERENCE_SHARE)
    if (generation === this.#generation) {
      this.differencePane.setPicture(size, rgba)
      this.compared = { step, psnr, psnrDetail }
      this.page.requestRender()
    }
    return { psnr, psnrDetail }
  }

  /** Brings the target to the sizes and background of the plan. */
  async #fitTarget(): Promise<void> {
    const { plan, source } = this
    if (!source || (this.#targetPlan && isSameTarget(this.#targetPlan, plan))) return
    await this.#setTarget(await this.#loadTarget(source, plan), plan)
  }

  /** @throws AbortError when another image, or another size, was wanted meanwhile */
  async #loadTarget(source: ImageSource, plan: RunPlan): Promise<Target> {
    const load = ++this.#loads
    const target = await loadTarget(source, plan, plan.background, this.#pictures)
    if (load !== this.#loads) throw new DOMException('another image was opened meanwhile', 'AbortError')
    return target
  }

  async #setTarget(target: Target, plan: RunPlan): Promise<void> {
    this.target = target
    this.#targetPlan = plan
    this.targetPane.setPicture(target.detail, levelsOf(target.detail))
    await this.#pictures.setTarget(target)
  }
}

/** Whether two plans make the same target of an image. */
function isSameTarget(a: RunPlan, b: RunPlan): boolean {
  return a.width === b.width && a.detail === b.detail && a.background === b.background
}
