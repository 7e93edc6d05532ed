// The loop that draws: on change only, tiles between frames, and in every frame the camera's motion and what there is of its picture.

import type { SampleCount } from '../model/samples.js'
import { type Camera, sameCamera } from '../world/camera.js'
import type { Item } from '../world/item.js'
import type { Navigator } from '../world/navigator.js'
import { type Batch, TileScheduler } from '../world/scheduler.js'
import { standIns } from '../world/stills.js'
import { SLOW_PER_MS } from './choice.js'
import { PictureProgress } from './picture-progress.js'
import type { Pixels, Renderer } from './renderer.js'
import type { ViewerStats } from './viewer-stats.js'

// Weights that a person turns come this often: refining the picture in between would only delay the next one.
const REFINE_AFTER_MS = 90
// While a picture at rest is refined tile by tile it is shown no more often than this: on software GL every showing costs
// several batches of tiles and an animation frame, and a canvas that the CPU draws on goes to the compositor whole, 40 ms at
// 1920 x 1080. Camera movements and complete levels are shown at once.
const PRESENT_INTERVAL_MS = 100
const SLOW_PRESENT_INTERVAL_MS = 400

/** What the loop asks of, and tells, whoever owns what it draws. */
export interface LoopHost {
  /** What draws; null while there is nothing, or its context is lost. */
  readonly renderer: () => Renderer | null
  /** What there is to be drawn. */
  readonly items: () => readonly Item[]
  /** Before anything of a frame is drawn: the canvas may have to be sized anew. */
  readonly beforeFrame: () => void
  /** The page shows something else than before, or a figure is a new one. */
  readonly onChange: () => void
  /** The renderer has worked so many milliseconds more: it may be another one afterwards. */
  readonly onWork: (elapsedMs: number) => void
  /** A picture of the whole view is complete, at some resolution. */
  readonly onLevel: () => void
  /** A frame is over. */
  readonly afterFrame: () => void
  /** The renderer refused to draw. */
  readonly onError: (error: unknown) => void
}

export class DrawingLoop {
  #samples: SampleCount | null = null
  readonly #scheduler = new TileScheduler()
  readonly #progress = new PictureProgress()
  #isLive = false
  /** Whether the next frame is to show the latest weights. */
  #isHurried = false
  /** Until then a coarse picture is not refined: the next weights come first. */
  #refineFromMs = 0
  #refineTimer = 0
  #frameRequest = 0
  /** The canvas must be drawn in the next frame: the camera moved, a level is complete. */
  #isDirty = true
  /** There are tiles that the canvas does not show yet; they can wait a little. */
  #hasNewTiles = false
  #lastPresentMs = 0
  #presentedCamera: Camera | null = null
  /** The last batch of a picture that the renderer has not reported done. Stills do not count: they are for later. */
  #unfinished: Batch | null = null
  #isDisposed = false

  constructor(
    private readonly host: LoopHost,
    private readonly navigator: Navigator,
  ) {
    document.addEventListener('visibilitychange', this.#onVisibility)
  }

  /** Samples a pixel of the picture at rest; null: as many as the renderer's speed allows. */
  get samples(): SampleCount | null {
    return this.#samples
  }

  set samples(count: SampleCount | null) {
    this.#samples = count
    this.invalidate()
  }

  /** The stills of what hangs in the world. */
  get stills(): TileScheduler['stills'] {
    return this.#scheduler.stills
  }

  /** The pixel that is refined first; null for the middle. */
  set focus(pixel: readonly [number, number] | null) {
    this.#scheduler.focus = pixel
  }

  /**
   * Whether weights come many times a second: pictures are made with one sample a pixel and shown when they are whole, so
   * that nothing flickers.
   */
  get isLive(): boolean {
    return this.#isLive
  }

  set isLive(isLive: boolean) {
    if (isLive === this.#isLive) return
    this.#isLive = isLive
    this.invalidate()
  }

  /** Whether the picture at rest is complete, of all that the renderer was given. */
  get isSettled(): boolean {
    return this.#unfinished === null && this.#scheduler.isSettled
  }

  /** Whether the canvas shows less than there is. */
  get isDirty(): boolean {
    return this.#isDirty
  }

  /** Whether the view shows the latest weights, however coarsely. */
  get isCovered(): boolean {
    return !document.hidden && this.#scheduler.isCovered
  }

  /** Net evaluations a millisecond, as the scheduler estimates them. */
  get perMs(): number {
    return this.#scheduler.pace.perMs
  }

  get figures(): Pick<ViewerStats, 'frameMs' | 'coverMs' | 'fullMs' | 'step' | 'samples'> {
    const { frameMs, coverMs, fullMs, step } = this.#progress
    const { camera, viewport } = this.navigator
    return { frameMs, coverMs, fullMs, step, samples: this.#progress.samplesOf(this.host.items(), camera, viewport) }
  }

  /** The picture is another one: the next frame draws it. */
  invalidate(): void {
    this.#isDirty = true
    this.requestFrame()
  }

  requestFrame(): void {
    if (!this.#isDisposed && this.#frameRequest === 0) this.#frameRequest = requestAnimationFrame(this.#onFrame)
  }

  /** The next animation frame shows the latest weights, at the resolution that there is time for. */
  hurry(): void {
    this.#isHurried = true
    this.requestFrame()
  }

  /** Another renderer draws from now on, or none does: what the one before made is worth nothing. */
  restart(): void {
    clearTimeout(this.#refineTimer)
    this.#refineFromMs = 0
    this.#unfinished = null
    this.#progress.forget()
    this.#scheduler.restart()
    this.#scheduler.stills.clear()
  }

  /** Forgets the pictures, of a world that hangs otherwise now. */
  clearPictures(): void {
    this.#progress.forget()
    this.host.renderer()?.clear()
  }

  /** As {@link clearPictures}, with what is under way. */
  beginAnew(): void {
    this.clearPictures()
    this.#unfinished = null
    this.#scheduler.restart()
  }

  /** Reads the drawing buffer, after showing on it what there is. */
  readPixels(renderer: Renderer): Pixels {
    this.present()
    return renderer.readPixels(this.navigator.viewport)
  }

  dispose(): void {
    this.#isDisposed = true
    document.removeEventListener('visibilitychange', this.#onVisibility)
    clearTimeout(this.#refineTimer)
    cancelAnimationFrame(this.#frameRequest)
  }

  readonly #onFrame = (nowMs: number): void => {
    this.#frameRequest = 0
    const { navigator, host } = this
    if (host.renderer()) host.beforeFrame()
    // The camera moves though there be nothing to draw with: whoever flies arrives.
    this.#isDirty ||= !navigator.isAtRest
    navigator.step(nowMs)
    if (!host.renderer()) {
      if (!navigator.isAtRest) this.requestFrame()
      return
    }
    this.pump(true)
    if (this.#isPresentDue(nowMs)) this.#isDirty = true
    if (this.#isDirty && host.renderer()) {
      this.#isDirty = false
      this.#hasNewTiles = false
      this.#lastPresentMs = nowMs
      this.present()
      host.onChange()
    }
    if (!navigator.isAtRest) this.requestFrame()
    host.afterFrame()
  }

  /** Takes what the renderer has done and gives it more. @param isFrame whether a frame is being put together */
  pump(isFrame = false): void {
    const { host, navigator } = this
    const renderer = host.renderer()
    if (document.hidden || !renderer) return
    renderer.isSharing = this.#isLive
    const done = renderer.collect()
    let workMs = 0
    for (const { batch, elapsedMs, evaluations } of done) {
      this.#scheduler.finished(batch, elapsedMs, evaluations)
      workMs += elapsedMs
      if (batch === this.#unfinished) {
        this.#unfinished = null
        // One more frame tells whoever waits, though stills may follow.
        this.requestFrame()
      }
      if (!renderer.isOrdered) this.#onPainted(batch)
      if (batch.completesLevel) host.onLevel()
      // Nothing is drawn any more that would show the figure.
      if (this.#progress.finish(batch)) host.onChange()
    }
    if (workMs > 0) host.onWork(workMs)
    if (host.renderer() !== renderer) return
    // Here and not once a frame: between two frames another file may have come, and the old net be gone.
    this.#scheduler.coherentEdge = renderer.coherentEdge
    this.#scheduler.setScene({
      items: host.items(),
      camera: navigator.camera,
      viewport: navigator.viewport,
      samples: this.#isLive ? 1 : this.#samples,
    })
    renderer.trimPages(this.#scheduler.stills.pageCount)
    try {
      if (this.#isHurried && isFrame) this.#paintAtOnce(renderer)
      while (!renderer.isFull && !this.#isHeldBack) {
        const batch = this.#scheduler.nextBatch()
        if (!batch) break
        this.#progress.begin(batch)
        if (!batch.stills) this.#unfinished = batch
        renderer.paint(batch)
        if (renderer.isOrdered) this.#onPainted(batch)
      }
    } catch (error) {
      host.onError(error)
      return
    }
    // The last batch is done: one more frame shows it and tells whoever waits.
    if (renderer.isEmpty && done.length > 0) this.requestFrame()
  }

  /** The renderer may have done something. */
  readonly onDone = (): void => {
    this.pump()
    if (this.#isDirty || this.#isPresentDue(performance.now())) this.requestFrame()
  }

  /** Shows on the canvas what there is. */
  present(): void {
    const [renderer, items] = [this.host.renderer(), this.host.items()]
    const { camera, viewport } = this.navigator
    const isMoving = this.#presentedCamera !== null && !sameCamera(camera, this.#presentedCamera)
    this.#presentedCamera = camera
    if (!renderer) return
    const standing = standIns(items, this.#scheduler.stills, renderer.completeScene, camera, viewport)
    renderer.present(camera, viewport, !isMoving && !this.#isLive, standing)
  }

  /** Whether nothing is begun yet: a frame is to show new weights, or has just done so and others may follow. */
  get #isHeldBack(): boolean {
    return this.#isHurried || performance.now() < this.#refineFromMs
  }

  /** Makes a picture of the whole view that this very frame shows. */
  #paintAtOnce(renderer: Renderer): void {
    this.#isHurried = false
    const batch = this.#scheduler.coverAtOnce(renderer.shareAtOnce)
    if (!batch) return
    this.#progress.begin(batch)
    // Where batches come as they are done this one is done here, and what was under way is given up.
    this.#unfinished = renderer.isOrdered ? batch : null
    renderer.paintAtOnce(batch)
    this.#onPainted(batch)
    if (!renderer.isOrdered) {
      this.host.onLevel()
      this.#progress.cover(batch)
    }
    // Workers give up what is superseded; a GPU does all that it was given.
    if (this.#scheduler.isSettled || !renderer.isOrdered) return
    this.#refineFromMs = performance.now() + REFINE_AFTER_MS
    clearTimeout(this.#refineTimer)
    this.#refineTimer = window.setTimeout(() => {
      this.#refineFromMs = 0
      this.pump()
      this.requestFrame()
    }, REFINE_AFTER_MS)
  }

  #onPainted(batch: Batch): void {
    // Beneath a complete picture nobody sees a still.
    if (!batch.stills || !this.#scheduler.isSettled) this.#hasNewTiles = true
    if (batch.completesLevel) {
      this.#isDirty = true
      this.#progress.show(batch)
    }
    // Weights that changed meanwhile leave it wanted.
    for (const still of batch.stills ?? []) if (still.state === 'asked') still.state = 'made'
  }

  #isPresentDue(nowMs: number): boolean {
    const isSlow = this.host.renderer()?.kind === 'cpu' || this.perMs < SLOW_PER_MS
    const interval = isSlow ? SLOW_PRESENT_INTERVAL_MS : PRESENT_INTERVAL_MS
    return this.#hasNewTiles && !this.#isLive && nowMs - this.#lastPresentMs >= interval
  }

  readonly #onVisibility = (): void => {
    if (!document.hidden) this.invalidate()
  }
}
