// A training in the page: an image, a plan, and the run that learns the one by the other. The net that learns is the open file.

import { printableName } from '../../model/printable.js'
import type { Estimate } from '../../train/run-clock.js'
import { tellQuality } from '../../train/quality.js'
import type { StateDict } from '../../model/state-dict.js'
import type { CurvePoint } from '../../train/start-state.js'
import type { Progress } from '../../train/trainer.js'
import { qualityWords } from '../figures.js'
import { isAbort, lineOf } from '../messages.js'
import type { Page } from '../page.js'
import { Signal } from '../signal.js'
import { TRAINING } from '../places/own-address.js'
import type { KeptRunEntry, KeptRuns } from './kept-runs.js'
import { LearnedImage } from './learned-image.js'
import { Pictures } from './pictures.js'
import { changePlan, defaultPlan, isSameStart, type RunPlan, type TrainOptions } from './plan.js'
import { Planning } from './planning.js'
import { Run, type RunEvents } from './run.js'
import { readKept, RunKeeper } from './run-keeper.js'
import { curveFile, filmFile } from './run-files.js'
import { RunView } from './run-view.js'
import { SavedResults } from './saved-results.js'
import { statusOf, type TrainingStatus } from './status.js'
import type { ImageSource } from './target-image.js'
import { defaultThreads } from './web-team.js'

/** Where the nets of trainings go. */
export interface TrainedNetHost {
  /**
   * Opens the net of a training that begins, as any other file.
   * @param key that it is known by as long as it is not finished
   * @param isFollowed whether the address names it already
   */
  readonly openNet: (file: File, key: string, isFollowed: boolean) => Promise<void>
  /** Keeps a net for the visit. @returns the key that it is known by */
  readonly keep: (file: File) => Promise<string>
}

export class Training {
  readonly planning: Planning
  readonly image: LearnedImage
  readonly view: RunView
  readonly #keeper: RunKeeper
  readonly #saved: SavedResults
  /** A run has come to its end, and its net is kept. */
  readonly finished = new Signal()
  #run: Run | null = null
  /** What the run was started with. */
  #runPlan: RunPlan | null = null
  /** The run whose end is seen. */
  #finished: Run | null = null
  #isPreparing = false
  /** Whether it is to play once it is prepared. */
  #wantsToPlay = false
  #failure: string | null = null
  /** Counts runs: one that is given up must not take the place of the next. */
  #generation = 0
  /** Whether the net is opened for an entry of the history, which is there already. */
  #isFollowing = false

  constructor(
    private readonly page: Page,
    host: TrainedNetHost,
    runs: KeptRuns,
  ) {
    const pictures = new Pictures()
    this.image = new LearnedImage(pictures)
    this.view = new RunView(page, this.image, pictures, (file, isAgain) =>
      host.openNet(file, this.view.key, isAgain || this.#isFollowing),
    )
    this.#keeper = new RunKeeper(runs, this.image, page.messages)
    this.#saved = new SavedResults(page, this.image, host.keep)
    this.planning = new Planning(defaultPlan(defaultThreads()))
    // Whoever goes may not come back.
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.#keepRun()
    })
    window.addEventListener('beforeunload', event => {
      if (this.isUnsaved) event.preventDefault()
    })
  }

  /** Of the next run. */
  get plan(): RunPlan {
    return this.planning.plan
  }

  /** Whether there is an image to train. */
  get isOpen(): boolean {
    return this.image.target !== null
  }

  /** Whether there are weights that would be lost with the page. */
  get isUnsaved(): boolean {
    const run = this.#run
    return run !== null && this.#saved.isUnsaved(run.progress.done) && !this.#keeper.isKept(run)
  }

  /** Seconds of training that are nowhere but in the run. */
  get secondsAtStake(): number {
    const run = this.#run
    return run && this.#saved.isAtStake(run.progress.done) ? run.estimate.seconds : 0
  }

  /** Of what is seen, dB, as far as it is known. */
  get psnr(): number | null {
    return this.view.measured?.psnr ?? this.progress?.psnr ?? null
  }

  get status(): TrainingStatus {
    const [run, failure] = [this.#run, this.#failure]
    return statusOf({ run, failure, isPreparing: this.#isPreparing, isFinished: this.#finished === run })
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

  /**
   * Takes an image: its net, still untrained, is opened. A training before is given up.
   * @throws with one line when it cannot be read; everything stays as it was then
   */
  async load(source: ImageSource, options: TrainOptions = {}): Promise<void> {
    const plan = changePlan(this.plan, options)
    const loaded = await this.image.load(source, plan)
    await this.#endRun()
    this.planning.take(plan)
    const { opened } = this.page
    if (opened.file && !opened.isTraining) this.planning.noteOpen(opened.file)
    opened.endTraining()
    this.#nameAnew()
    await this.image.take(source, loaded, plan)
    await this.view.showStart(plan)
    const { width, height } = loaded.target.detail
    this.page.messages.say(`${printableName(source.name)}: ${width} × ${height} pixels to learn`)
  }

  /**
   * Takes up a training that ended with its page, paused. One before is given up.
   * @param isFollowed whether the address names it already
   * @throws with one line when that cannot be; everything stays as it was then
   */
  async resume(kept: KeptRunEntry, image: Uint8Array, isFollowed: boolean): Promise<void> {
    const { source, loaded, checkpoint } = await readKept(kept, image, this.image)
    const { key, budget } = kept
    // What a version before did not know yet has its default.
    const plan = { ...defaultPlan(defaultThreads()), ...kept.plan }
    await this.#endRun()
    const generation = this.#generation
    this.planning.take(plan)
    this.page.opened.endTraining()
    this.view.key = key
    await this.image.take(source, loaded, plan)
    const run = await Run.resume(checkpoint, loaded.target, budget, this.#runEvents)
    if (generation !== this.#generation) {
      await run.dispose()
      return
    }
    this.#wantsToPlay = false
    this.#saved.begin()
    this.#run = run
    this.#runPlan = plan
    this.#keeper.adopt({ key, run })
    await this.show(isFollowed)
  }

  /** Changes the plan; without a run it is seen at once, else it counts from the next start. */
  async change(options: TrainOptions): Promise<void> {
    const before = this.plan
    const isChanged = this.planning.change(options)
    this.page.requestRender()
    if (!isChanged || this.#run || this.#isPreparing || isSameStart(before, this.plan)) return
    try {
      await this.image.fit(this.plan)
      await this.view.showStart(this.plan)
    } catch (error) {
      if (isAbort(error)) return
      this.planning.problem = lineOf(error)
      this.page.requestRender()
    }
  }

  /** Starts, or goes on. */
  async play(): Promise<void> {
    this.#wantsToPlay = true
    this.#keeper.begin()
    if (this.#run) this.#run.play()
    else await this.#prepare()
  }

  async pause(): Promise<void> {
    this.#wantsToPlay = false
    const run = this.#run
    await run?.pause()
    this.#keepRun()
    if (run && run === this.#run) await this.view.showRest(run)
  }

  /** One step of training, then paused. */
  async step(): Promise<void> {
    this.#wantsToPlay = false
    if (!this.#run) await this.#prepare()
    const run = this.#run
    await run?.step()
    if (run && run === this.#run) await this.view.showRest(run)
  }

  /** From the beginning, as the fields say now. */
  async restart(): Promise<void> {
    await this.#endRun()
    await this.image.fit(this.plan)
    const { opened } = this.page
    const shown = opened.isTraining ? opened.file : null
    this.#nameAnew()
    // The entry of the net that was finished stays with that.
    if (shown) opened.rename(shown.key, this.view.key)
    this.page.address.write('push')
    await this.view.showStart(this.plan)
    await this.play()
  }

  /** Opens the net of this training again, after another file was. @param isFollowed whether the address names it already */
  async show(isFollowed = false): Promise<void> {
    this.page.opened.endTraining()
    const run = this.#run
    this.#isFollowing = isFollowed
    try {
      if (run) await this.view.showRest(run)
      else await this.view.showStart(this.plan)
    } finally {
      this.#isFollowing = false
    }
    const key = this.#finished === run ? this.#saved.key : null
    if (key) this.page.opened.rename(this.view.key, key)
  }

  /** By a name that no visit had before. */
  #nameAnew(): void {
    this.view.key = `${TRAINING}${Date.now().toString(36)}`
  }

  #keepRun(): void {
    const [run, plan] = [this.#run, this.#runPlan]
    if (run && plan) this.#keeper.keep({ key: this.view.key, run, plan })
  }

  /** Gives the training up; its net stays open as any other file. */
  async close(): Promise<void> {
    await this.pause()
    await this.#endRun()
    this.image.close()
    this.page.opened.endTraining()
    this.page.requestRender()
  }

  /** The network as it is now, as a file. */
  async networkFile(): Promise<File> {
    const { stateDict, done } = await this.view.result(this.#run as Run)
    return this.#saved.save(stateDict, done)
  }

  /** The film: the snapshots so far. */
  filmFile(): File {
    return filmFile(this.#run as Run, this.image)
  }

  /** The curve as a table. */
  curveFile(): File {
    return curveFile(this.curve, this.image)
  }

  /** Draws target and difference as the viewer sees the net. */
  draw(): void {
    const { item, view } = this.page.viewer
    this.image.pane.draw(item, view)
    this.view.differencePane.draw(item, view)
  }

  async #prepare(): Promise<void> {
    if (this.#isPreparing) return
    const generation = this.#generation
    const { plan } = this
    if (!this.isOpen) return
    this.#isPreparing = true
    this.#failure = null
    this.#saved.begin()
    this.page.requestRender()
    let run: Run | null = null
    try {
      // Whoever changes a size and starts at once wants that size.
      await this.image.fit(plan)
      const { target } = this.image
      if (target && generation === this.#generation) run = await Run.start(plan, target, this.#runEvents)
    } catch (error) {
      // Another image that is on its way gives this one up.
      if (generation === this.#generation && !isAbort(error)) this.#failure = lineOf(error)
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

  readonly #runEvents: RunEvents = {
    onChange: () => this.#onRunChange(),
    afterSlice: () => this.#follow(),
  }

  async #endRun(): Promise<void> {
    this.#generation++
    const run = this.#run
    if (run) this.#keeper.drop(this.view.key)
    this.#run = null
    this.#runPlan = null
    this.#isPreparing = false
    this.#failure = null
    this.view.endRun()
    await run?.dispose()
  }

  #onRunChange(): void {
    const run = this.#run
    this.view.setLive(run?.isPlaying ?? false)
    if (run && !run.isPlaying && run.progress.isDone) void this.#finish(run)
    this.page.requestRender()
  }

  async #finish(run: Run): Promise<void> {
    const { key } = this.view
    try {
      const stateDict = await this.view.showRest(run)
      if (stateDict && run.progress.divergedAt === null) await this.#keep(stateDict, run.progress.done, key)
    } finally {
      this.#finished = run
      this.page.requestRender()
    }
    if (run !== this.#run || run.progress.divergedAt !== null) return
    const { compared } = this.view
    if (!compared) return
    const quality = tellQuality(compared, run.target)
    this.page.messages.say(
      `${qualityWords(compared.psnr, 'the picture')}: ${quality}; ${run.progress.step} steps, ${run.estimate.seconds.toFixed(0)} s`,
    )
    this.finished.emit()
  }

  /** Keeps the net as it is now; nothing where there is none. */
  async keep(): Promise<void> {
    const run = this.#run
    if (!run) return
    const { key } = this.view
    const { stateDict, done } = await this.view.result(run)
    await this.#keep(stateDict, done, key)
  }

  /** Hangs a net of this training where nets stay; entries that name the training lead there from now on. */
  async #keep(stateDict: StateDict, done: number, key: string): Promise<void> {
    await this.#saved.keep(stateDict, done, key)
    if (this.#run?.progress.isDone) this.#keeper.drop(key)
  }

  async #follow(): Promise<void> {
    this.page.requestRender()
    const [run, plan] = [this.#run, this.#runPlan]
    if (!run || !plan) return
    this.#keeper.follow({ key: this.view.key, run, plan })
    await this.view.follow(run)
  }
}
