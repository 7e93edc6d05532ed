// The viewer: a canvas and what draws on it, the camera over it, and the loop that draws. What is shown (network and frame)
// is kept here as the truth; everything that the renderer holds is a cache that is built again after a context loss.

import { evaluationCost, type FoldedNetwork, foldNetwork } from '../model/fold.js'
import type { Frame } from '../model/frame.js'
import type { Network } from '../model/network.js'
import type { SampleCount } from '../model/samples.js'
import { UnsupportedError } from '../model/errors.js'
import { type View, wholeFrame } from '../model/view.js'
import { createContext, rendererName } from '../gpu/context.js'
import { ContextLostError, PictureSizeError } from '../gpu/errors.js'
import { countLiveObjects, type LiveObjectCount } from '../gpu/live-objects.js'
import type { Background } from '../gpu/painter.js'
import type { ParitySubject } from '../gpu/parity.js'
import { checkDrawable } from '../gpu/weight-texels.js'
import { checkKernelWeights } from '../kernel/evaluator.js'
import { type Camera, sameCamera, type Size } from '../world/camera.js'
import { type Glide, isAtRest, REST, stepGlide } from '../world/glide.js'
import { cameraFromView, fitScale, type Item, viewFromCamera } from '../world/item.js'
import { layoutSingle } from '../world/layout.js'
import { type Batch, type Scene, TileScheduler } from '../world/scheduler.js'
import { isSoftwareGl, measureRate } from './drawing/choice.js'
import { CpuRenderer } from './drawing/cpu-renderer.js'
import type { Pixels, Renderer } from './drawing/renderer.js'
import { WebglRenderer } from './drawing/webgl-renderer.js'

export type { Pixels } from './drawing/renderer.js'

/** What the page shows of the renderer's health. */
export type ViewerStatus =
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'failed'; readonly reason: string }

export interface ViewerEvents {
  /** The camera, the picture's completeness or the viewport changed. */
  readonly onChange: () => void
  readonly onStatus: (status: ViewerStatus) => void
}

export interface ViewerStats {
  /** What draws: the GL renderer's name, or 'CPU, 2 threads'. */
  readonly renderer: string
  /** Why this one draws, in a line; null where the GPU does, or it was asked for. */
  readonly rendererNote: string | null
  /** GPU objects alive, or workers. */
  readonly liveObjects: number
  /** Milliseconds from the start of the last whole picture (one sample a pixel) to its end; null before the first. */
  readonly frameMs: number | null
  /** Milliseconds from the start of the last picture until a first, perhaps coarse one of the whole view. */
  readonly coverMs: number | null
  /** Net evaluations a second, in millions, as the scheduler estimates them. */
  readonly megapixelsPerSecond: number
}

/** How far the camera goes, as zoom of the flag. Beyond 1e9 float64 itself begins to step. */
export const ZOOM_LIMITS = { min: 0.02, max: 1e9 } as const
/** How far from the flag, in plane units: where every net has long come to its last colour. */
const MAX_COORDINATE = 1e12
export const BACKGROUND: Background = [0x14 / 255, 0x16 / 255, 0x1a / 255]

// A context that is going to come back does so within a second or two; then the person is told.
const RESTORE_TIMEOUT_MS = 4000
// While a picture at rest is refined tile by tile it is shown no more often than this: on software GL every showing costs
// several batches of tiles and an animation frame, and a canvas that the CPU draws on goes to the compositor whole, 40 ms at
// 1920 x 1080. Camera movements and complete levels are shown at once.
const PRESENT_INTERVAL_MS = 100
const SLOW_PRESENT_INTERVAL_MS = 400
/** Net evaluations a millisecond below which a maker counts as slow. */
const SLOW_PER_MS = 1000

interface Shown {
  readonly network: Network
  readonly folded: FoldedNetwork
  readonly frame: Frame
}

/** Software WebGL, which may yet turn out the faster one: a context and the canvas it draws on. */
interface Rival {
  readonly canvas: HTMLCanvasElement
  readonly gl: WebGL2RenderingContext
}

/** How much faster a rival must be: less may be chance, and a change costs the picture that is there. */
const RIVAL_FACTOR = 1.2

export class Viewer {
  #canvas: HTMLCanvasElement
  /** The context of the canvas; null where the CPU draws. */
  #gl: WebGL2RenderingContext | null = null
  #rendererName = 'none'
  #rendererNote: string | null = null
  #liveObjects: LiveObjectCount = () => 0
  #renderer: Renderer | null = null
  #rival: Rival | null = null
  #isMeeting = false
  /** The canvas of the renderer before, shown until the new one has a picture. */
  #retiring: HTMLCanvasElement | null = null
  #status: ViewerStatus = { kind: 'starting' }
  /** Counts attempts to build a renderer; an older attempt that ends late throws its work away. */
  #generation = 0
  #restoreTimer = 0

  #shown: Shown | null = null
  #items: readonly Item[] = []
  #opening: Promise<void> = Promise.resolve()

  #viewport: Size = { width: 0, height: 0 }
  #camera: Camera = { x: 0, y: 0, scale: 1 }
  /** The view to be restored when the viewport gets its size, or changes it. */
  #view: View | null = null
  #glide: Glide = REST
  #isInstant = false
  #samples: SampleCount | null = null
  #isLive = false
  readonly #scheduler = new TileScheduler()
  readonly #resizeObserver: ResizeObserver
  #pixelRatioQuery: MediaQueryList | null = null
  #isResized = true
  /** The host in device pixels, where the browser tells them. */
  #deviceSize: Size | null = null
  /** Lowered when the GPU cannot hold a picture of the full size. */
  #ratioCap = 1

  #frameRequest = 0
  #lastFrameMs = 0
  /** The canvas must be drawn in the next frame: the camera moved, a level is complete. */
  #isDirty = true
  /** There are tiles that the canvas does not show yet; they can wait a little. */
  #hasNewTiles = false
  #lastPresentMs = 0
  #presentedCamera: Camera = this.#camera
  #passScene: Scene | null = null
  #passStartMs = 0
  #frameMs: number | null = null
  #coverMs: number | null = null
  #waiters: { resolve: () => void; reject: (error: Error) => void }[] = []
  #isDisposed = false

  /**
   * @param host the element that the canvas fills
   * @param override the renderer to draw with, null for the faster one
   */
  constructor(
    private readonly host: HTMLElement,
    private readonly events: ViewerEvents,
    private readonly override: Renderer['kind'] | null = null,
  ) {
    this.#canvas = this.#createCanvas()
    this.#resizeObserver = new ResizeObserver(([entry]) => {
      const box = entry?.devicePixelContentBoxSize?.[0]
      this.#deviceSize = box ? { width: box.inlineSize, height: box.blockSize } : null
      this.#onResize()
    })
    try {
      this.#resizeObserver.observe(host, { box: 'device-pixel-content-box' })
    } catch {
      // Safari knows no device pixels here: CSS pixels times the ratio will do.
      this.#resizeObserver.observe(host)
    }
    this.#watchPixelRatio()
    document.addEventListener('visibilitychange', this.#onVisibility)
    this.#start()
  }

  get canvas(): HTMLCanvasElement {
    return this.#canvas
  }

  get status(): ViewerStatus {
    return this.#status
  }

  get network(): Network | null {
    return this.#shown?.network ?? null
  }

  get folded(): FoldedNetwork | null {
    return this.#shown?.folded ?? null
  }

  get frame(): Frame | null {
    return this.#shown?.frame ?? null
  }

  /** Size of the drawing buffer, pixels. */
  get viewport(): Size {
    return this.#viewport
  }

  get camera(): Camera {
    return this.#camera
  }

  get item(): Item | null {
    return this.#items[0] ?? null
  }

  get isSettled(): boolean {
    return (
      this.#status.kind === 'ready' &&
      isAtRest(this.#glide) &&
      (this.#renderer?.isEmpty ?? false) &&
      this.#scheduler.isSettled
    )
  }

  /** Samples a pixel of the picture at rest; null: as many as the GPU's speed allows. */
  get samples(): SampleCount | null {
    return this.#samples
  }

  set samples(count: SampleCount | null) {
    this.#samples = count
    this.#invalidate()
  }

  /** No motion: every glide is taken at once (prefers-reduced-motion). */
  set isInstant(instant: boolean) {
    this.#isInstant = instant
  }

  get isInstant(): boolean {
    return this.#isInstant
  }

  /** Drawing-buffer pixels a CSS pixel, across. */
  get pixelRatio(): number {
    return this.host.clientWidth > 0 ? this.#viewport.width / this.host.clientWidth : 1
  }

  /**
   * Shows a network. What was shown stays until the renderer has the new one, and for good if it cannot be drawn.
   * @throws UnsupportedError or ShaderError when it cannot be drawn here
   */
  open(network: Network, frame: Frame): Promise<void> {
    // One after the other: the last one called is the one that stays.
    this.#opening = this.#opening
      .catch(() => {})
      .then(() => {
        const folded = foldNetwork(network)
        // Throws here, also while the GPU is away, what would otherwise fail the viewer when it comes back.
        this.#check(folded)
        return this.#open({ network, folded, frame })
      })
    return this.#opening
  }

  /** Changes the frame of what is shown; the view goes back to the whole frame when its ranges change. */
  setFrame(frame: Frame): void {
    if (!this.#shown || !this.item) return
    const before = this.view
    const isMoved =
      `${frame.x},${frame.y},${frame.aspect}` !==
      `${this.#shown.frame.x},${this.#shown.frame.y},${this.#shown.frame.aspect}`
    this.#shown = { ...this.#shown, frame }
    this.#items = [layoutSingle(this.item.network, frame, this.item.cost)]
    this.setView(isMoved || !before ? wholeFrame(frame) : before)
  }

  /**
   * Puts other weights into the network that is shown; camera and frame stay.
   * @param before the network they are for: nothing happens when another one is shown by now
   * @param after of the same architecture
   * @returns whether `before` was shown
   * @throws UnsupportedError when the weights cannot be drawn here
   */
  updateNetwork(before: Network, after: Network): boolean {
    if (this.#shown?.network !== before) return false
    const folded = foldNetwork(after)
    this.#check(folded)
    this.#shown = { ...this.#shown, network: after, folded }
    if (this.#renderer && this.item) {
      this.#renderer.updateNetwork(this.item.network, folded)
      this.#items = [{ ...this.item }]
    }
    this.#invalidate()
    return true
  }

  /**
   * Whether weights come many times a second: pictures are made with one sample a pixel and shown when they are whole, so
   * that nothing flickers.
   */
  set isLive(isLive: boolean) {
    if (isLive === this.#isLive) return
    this.#isLive = isLive
    this.#invalidate()
  }

  /** Whether the view shows the latest weights: the time for the next ones. */
  get isUpToDate(): boolean {
    return this.#status.kind === 'ready' && !document.hidden && this.#scheduler.isCovered
  }

  /** The view of the flag: plane centre and zoom; null while there is none. */
  get view(): View | null {
    if (!this.item) return null
    return this.#viewport.width > 0 ? viewFromCamera(this.item, this.#camera, this.#viewport) : this.#view
  }

  /** Moves the camera there at once. */
  setView(view: View): void {
    const zoom = Math.min(ZOOM_LIMITS.max, Math.max(ZOOM_LIMITS.min, view.zoom))
    const clamp = (value: number) => Math.min(MAX_COORDINATE, Math.max(-MAX_COORDINATE, value))
    this.#view = { x: clamp(view.x), y: clamp(view.y), zoom }
    this.#glide = REST
    if (this.item && this.#viewport.width > 0) this.#camera = cameraFromView(this.item, this.#view, this.#viewport)
    this.#invalidate()
  }

  /** Sets a camera that a gesture computed, and what is left of its motion. */
  move(camera: Camera, glide: Glide = REST): void {
    this.#camera = camera
    this.#glide = glide
    this.#view = this.view
    this.#invalidate()
  }

  get glide(): Glide {
    return this.#glide
  }

  get scaleLimits(): { minScale: number; maxScale: number } {
    const fit = this.item ? fitScale(this.item, this.#viewport) : 1
    return { minScale: fit * ZOOM_LIMITS.min, maxScale: fit * ZOOM_LIMITS.max }
  }

  /** The pixel that is refined first; null for the middle. */
  set focus(pixel: readonly [number, number] | null) {
    this.#scheduler.focus = pixel
  }

  /** Resolves when the picture at rest is complete; rejects when there is nothing to complete it with. */
  settled(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#isDisposed) {
        reject(new UnsupportedError('the viewer was disposed'))
        return
      }
      this.#waiters.push({ resolve, reject })
      this.#answerWaiters()
      this.#requestFrame()
    })
  }

  /** Resolves when there is something to draw with; rejects with the reason when there is none. */
  async whenReady(): Promise<void> {
    while (this.#status.kind !== 'ready') {
      if (this.#status.kind === 'failed') throw new UnsupportedError(this.#status.reason)
      if (this.#isDisposed) throw new UnsupportedError('the viewer was disposed')
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }

  /** Reads the drawing buffer. */
  readPixels(): Pixels {
    if (!this.#renderer || this.#gl?.isContextLost())
      throw new UnsupportedError('there is no picture: the renderer is not ready')
    this.#present()
    return this.#renderer.readPixels(this.#viewport)
  }

  stats(): ViewerStats {
    return {
      renderer: this.#rendererName,
      rendererNote: this.#rendererNote,
      liveObjects: this.#liveObjects(),
      frameMs: this.#frameMs,
      coverMs: this.#coverMs,
      megapixelsPerSecond: this.#scheduler.pace.perMs / 1000,
    }
  }

  /** Whether the CPU draws. */
  get isCpu(): boolean {
    return this.#renderer?.kind === 'cpu'
  }

  /** What draws, for proofs; null while there is nothing. */
  get subject(): ParitySubject | null {
    return this.#renderer?.subject ?? null
  }

  /** Tries once more after a failure, with a new canvas: an old one never gives a second context. */
  retry(): void {
    this.#ratioCap = 1
    this.#teardown()
    this.#dropRival()
    this.#show(this.#createCanvas())
    this.#start()
  }

  dispose(): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#teardown()
    this.#dropRival()
    this.#resizeObserver.disconnect()
    this.#pixelRatioQuery?.removeEventListener('change', this.#onPixelRatio)
    document.removeEventListener('visibilitychange', this.#onVisibility)
    cancelAnimationFrame(this.#frameRequest)
    for (const { reject } of this.#waiters) reject(new Error('the viewer was disposed'))
    this.#waiters = []
    this.#canvas.remove()
    this.#retiring?.remove()
  }

  // The renderer: chosen, made, lost, made again.

  #createCanvas(): HTMLCanvasElement {
    const canvas = document.createElement('canvas')
    canvas.className = 'picture'
    canvas.setAttribute('aria-hidden', 'true')
    canvas.addEventListener('webglcontextlost', event => {
      if (canvas !== this.#canvas || this.#isDisposed) return
      // Without this the browser never restores the context.
      event.preventDefault()
      this.#onLost((event as WebGLContextEvent).statusMessage)
    })
    canvas.addEventListener('webglcontextrestored', () => {
      if (canvas !== this.#canvas || this.#isDisposed) return
      clearTimeout(this.#restoreTimer)
      void this.#build()
    })
    return canvas
  }

  /** Puts a canvas into the page in place of the one that is there. */
  #show(canvas: HTMLCanvasElement): void {
    this.#canvas.remove()
    this.#canvas = canvas
    this.host.prepend(canvas)
  }

  /** Throws what the renderer would throw at a network. */
  #check(folded: FoldedNetwork): void {
    if (this.#gl) checkDrawable(folded)
    else checkKernelWeights(folded)
  }

  #start(): void {
    this.#setStatus({ kind: 'starting' })
    this.#gl = null
    this.#rendererNote = null
    if (this.override !== 'cpu')
      try {
        this.#startWebgl()
      } catch (error) {
        if (this.override === 'webgl') {
          this.#fail(error)
          return
        }
        this.#rendererNote = `drawn by the CPU: ${(error as Error).message}`
      }
    if (!this.#gl) this.#show(this.#createCanvas())
    void this.#build()
  }

  /** Takes WebGL; where it is software, and nobody asked for it, it becomes the CPU's rival instead. */
  #startWebgl(): void {
    const canvas = this.#canvas
    const gl = createContext(canvas)
    const name = rendererName(gl)
    if (this.override === null && isSoftwareGl(name)) {
      this.#rival = { canvas, gl }
      this.#rendererNote = 'drawn by the CPU: WebGL is software here'
      return
    }
    this.#show(canvas)
    this.#gl = gl
    this.#liveObjects = countLiveObjects(gl)
  }

  async #createRenderer(): Promise<Renderer> {
    const events = {
      onDone: this.#onDone,
      onFail: (error: Error) => {
        if (this.#renderer === renderer) this.#fail(error)
      },
    }
    let renderer: Renderer
    if (this.#gl) renderer = await WebglRenderer.create(this.#gl, BACKGROUND, events)
    else {
      const cpu = new CpuRenderer(this.#canvas, BACKGROUND, events)
      this.#liveObjects = () => cpu.workerCount
      renderer = cpu
    }
    return renderer
  }

  /** Builds everything that the renderer holds from what is kept in memory. */
  async #build(): Promise<void> {
    const generation = ++this.#generation
    let renderer: Renderer | null = null
    try {
      renderer = await this.#createRenderer()
      // A file may be opened while its program compiles: what is shown at the end counts.
      let shown: Shown | null
      let item: Item | null = null
      do {
        shown = this.#shown
        if (shown)
          item = layoutSingle(await renderer.addNetwork(shown.folded), shown.frame, evaluationCost(shown.folded))
      } while (shown !== this.#shown && generation === this.#generation)
      if (generation !== this.#generation || this.#isDisposed) throw new ContextLostError()
      this.#items = item ? [item] : []
      // Opened or moved while there was no renderer, the camera still means the item before.
      if (item && this.#view && this.#viewport.width > 0)
        this.#camera = cameraFromView(item, this.#view, this.#viewport)
    } catch (error) {
      renderer?.dispose()
      if (generation === this.#generation && !(error instanceof ContextLostError)) this.#fail(error)
      return
    }
    this.#renderer = renderer
    this.#rendererName = renderer.name
    this.#scheduler.restart()
    this.#isResized = true
    this.#setStatus({ kind: 'ready' })
    this.#invalidate()
  }

  #onLost(reason: string): void {
    this.#teardown()
    this.#setStatus({ kind: 'lost' })
    this.#restoreTimer = window.setTimeout(() => {
      const because = reason ? `: ${reason}` : ''
      this.#fail(new UnsupportedError(`the GPU context was lost and did not come back${because}`))
    }, RESTORE_TIMEOUT_MS)
  }

  #fail(error: unknown): void {
    this.#teardown()
    // A shader's log has many lines; the first one says what it is about.
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0]
    this.#setStatus({ kind: 'failed', reason })
    for (const { reject } of this.#waiters) reject(new UnsupportedError(reason))
    this.#waiters = []
  }

  #teardown(): void {
    this.#generation++
    clearTimeout(this.#restoreTimer)
    const renderer = this.#renderer
    this.#renderer = null
    renderer?.dispose()
    this.#scheduler.restart()
  }

  /**
   * Times software WebGL against the CPU, on the view that is at rest, and changes to it where it is faster by far. The loser
   * is given up; where something came in between they meet again at the next rest.
   */
  async #meetRival(rival: Rival): Promise<void> {
    const [shown, current] = [this.#shown as Shown, this.#renderer as Renderer]
    const liveObjects = countLiveObjects(rival.gl)
    let other: Renderer | null = null
    try {
      other = await WebglRenderer.create(rival.gl, BACKGROUND, { onDone: this.#onDone, onFail: () => {} })
      const item = layoutSingle(await other.addNetwork(shown.folded), shown.frame, evaluationCost(shown.folded))
      const view = { camera: this.#camera, viewport: this.#viewport, samples: 1 }
      const otherRate = await measureRate(other, { ...view, items: [item] })
      if (this.#renderer !== current || this.#shown !== shown) return
      const rate = await measureRate(current, { ...view, items: this.#items })
      if (this.#renderer !== current || this.#shown !== shown || this.#rival !== rival || !this.isSettled) return
      const times = (a: number, b: number) => `${(a / Math.max(b, 1e-9)).toPrecision(2)} times as fast as`
      if (otherRate > RIVAL_FACTOR * rate) {
        this.#rival = null
        this.#rendererNote = `drawn by software WebGL, ${times(otherRate, rate)} the CPU here`
        this.#change(rival, other, item, liveObjects)
        other = null
      } else {
        this.#rendererNote = `drawn by the CPU, ${times(rate, otherRate)} the software WebGL here`
        this.#dropRival()
      }
    } catch {
      // A rival that cannot even be timed has lost.
      if (this.#rival === rival) this.#dropRival()
    } finally {
      other?.dispose()
      this.events.onChange()
    }
  }

  /** Draws with the rival from now on; the old picture stays until there is a new one. */
  #change({ canvas, gl }: Rival, renderer: Renderer, item: Item, liveObjects: LiveObjectCount): void {
    const before = this.#renderer
    this.#retiring?.remove()
    this.#retiring = this.#canvas
    this.#canvas = canvas
    this.host.prepend(canvas)
    this.#gl = gl
    this.#liveObjects = liveObjects
    this.#renderer = renderer
    this.#rendererName = renderer.name
    this.#items = [item]
    this.#isResized = true
    this.#scheduler.restart()
    before?.dispose()
    this.#setStatus({ kind: 'ready' })
    this.#invalidate()
  }

  /** Gives the rival's context back: browsers allow a page some sixteen. */
  #dropRival(): void {
    this.#rival?.gl.getExtension('WEBGL_lose_context')?.loseContext()
    this.#rival = null
  }

  #setStatus(status: ViewerStatus): void {
    this.#status = status
    this.#canvas.style.visibility = status.kind === 'ready' ? 'visible' : 'hidden'
    this.events.onStatus(status)
  }

  async #open(shown: Shown): Promise<void> {
    // Once more if everything was built anew meanwhile; while there is no renderer the network is only kept, and drawn by
    // the build that is to come.
    for (let renderer = this.#renderer; renderer; renderer = this.#renderer === renderer ? null : this.#renderer) {
      try {
        const network = await renderer.addNetwork(shown.folded)
        if (this.#renderer !== renderer) continue
        if (this.item) renderer.removeNetwork(this.item.network)
        this.#items = [layoutSingle(network, shown.frame, evaluationCost(shown.folded))]
      } catch (error) {
        if (!(error instanceof ContextLostError)) throw error
      }
    }
    this.#shown = shown
    this.setView(wholeFrame(shown.frame))
  }

  // The loop.

  #invalidate(): void {
    this.#isDirty = true
    this.#requestFrame()
  }

  #requestFrame(): void {
    if (!this.#isDisposed && this.#frameRequest === 0) this.#frameRequest = requestAnimationFrame(this.#onFrame)
  }

  readonly #onFrame = (nowMs: number): void => {
    this.#frameRequest = 0
    const elapsedMs = Math.min(50, nowMs - this.#lastFrameMs)
    this.#lastFrameMs = nowMs
    if (!this.#renderer || this.#gl?.isContextLost()) return
    if (this.#isResized) this.#resize()
    if (!isAtRest(this.#glide)) {
      const moved = stepGlide(this.#camera, this.#glide, Math.max(elapsedMs, 4), this.scaleLimits, this.#isInstant)
      this.#isDirty ||= !sameCamera(moved.camera, this.#camera)
      this.#camera = moved.camera
      this.#glide = moved.glide
      this.#view = this.view
      this.#isDirty = true
    }
    this.#pump()
    if (this.#isPresentDue(nowMs)) this.#isDirty = true
    if (this.#isDirty && this.#renderer) {
      this.#isDirty = false
      this.#hasNewTiles = false
      this.#lastPresentMs = nowMs
      this.#present()
      this.events.onChange()
    }
    if (!isAtRest(this.#glide)) this.#requestFrame()
    this.#answerWaiters()
  }

  /** Takes what the renderer has done and gives it more. */
  #pump(): void {
    const renderer = this.#renderer
    if (document.hidden || !renderer || this.#gl?.isContextLost()) return
    renderer.isSharing = this.#isLive
    const done = renderer.collect()
    for (const { batch, elapsedMs } of done) {
      this.#scheduler.finished(batch, elapsedMs)
      if (!renderer.isOrdered) this.#onPainted(batch)
      if (batch.completesLevel) this.#retire()
      if (!batch.completesLevel || batch.scene !== this.#passScene) continue
      const sinceStartMs = performance.now() - this.#passStartMs
      this.#coverMs ??= sinceStartMs
      // A world without items is complete at once; that is no picture.
      if (batch.level.step !== 1 || batch.level.samples !== 1 || batch.scene.items.length === 0) continue
      this.#frameMs = sinceStartMs
      // Nothing is drawn any more that would show the figure.
      this.events.onChange()
    }
    // Here and not once a frame: between two frames another file may have come, and the old net be gone.
    this.#scheduler.setScene({
      items: this.#items,
      camera: this.#camera,
      viewport: this.#viewport,
      samples: this.#isLive ? 1 : this.#samples,
    })
    while (!renderer.isFull) {
      const batch = this.#scheduler.nextBatch()
      if (!batch) break
      if (batch.scene !== this.#passScene) {
        this.#passScene = batch.scene
        this.#passStartMs = performance.now()
        this.#coverMs = null
      }
      try {
        renderer.paint(batch)
      } catch (error) {
        this.#shrink(error)
        return
      }
      if (renderer.isOrdered) this.#onPainted(batch)
    }
    // The last batch is done: one more frame shows it and tells whoever waits.
    if (renderer.isEmpty && done.length > 0) this.#requestFrame()
  }

  #onPainted(batch: Batch): void {
    this.#hasNewTiles = true
    if (batch.completesLevel) this.#isDirty = true
  }

  /** Takes the canvas of the renderer before away, now that there is a picture in its place. */
  #retire(): void {
    if (!this.#retiring) return
    this.#present()
    this.#retiring.remove()
    this.#retiring = null
  }

  readonly #onDone = (): void => {
    this.#pump()
    if (this.#isDirty || this.#isPresentDue(performance.now())) this.#requestFrame()
  }

  #isPresentDue(nowMs: number): boolean {
    const isSlow = this.isCpu || this.#scheduler.pace.perMs < SLOW_PER_MS
    const interval = isSlow ? SLOW_PRESENT_INTERVAL_MS : PRESENT_INTERVAL_MS
    return this.#hasNewTiles && !this.#isLive && nowMs - this.#lastPresentMs >= interval
  }

  #present(): void {
    const isMoving = !sameCamera(this.#camera, this.#presentedCamera)
    this.#presentedCamera = this.#camera
    this.#renderer?.present(this.#camera, this.#viewport, !isMoving && !this.#isLive)
  }

  #answerWaiters(): void {
    if (this.#status.kind === 'failed') {
      const { reason } = this.#status
      for (const { reject } of this.#waiters) reject(new UnsupportedError(reason))
      this.#waiters = []
    }
    if (!this.isSettled || this.#isDirty || this.#items.length === 0) return
    for (const { resolve } of this.#waiters) resolve()
    this.#waiters = []
    if (this.#rival && !this.#isMeeting && !this.#isLive) {
      this.#isMeeting = true
      void this.#meetRival(this.#rival).then(() => {
        this.#isMeeting = false
      })
    }
  }

  // Size.

  #onResize(): void {
    this.#isResized = true
    this.#requestFrame()
  }

  #resize(): void {
    this.#isResized = false
    const css = { width: this.host.clientWidth, height: this.host.clientHeight }
    // Where the browser tells the exact device pixels they are taken: a picture one pixel off would be resampled. Further
    // off they are not those of this page (under emulated pixel ratios Chromium tells the screen's).
    const exact = this.#deviceSize
    const isExact =
      exact !== null &&
      Math.abs(exact.width - css.width * devicePixelRatio) < 2 &&
      Math.abs(exact.height - css.height * devicePixelRatio) < 2
    const [box, ratio] = isExact ? [exact, 1] : [css, devicePixelRatio]
    const next = this.#renderer?.resize(box, ratio * this.#ratioCap) ?? { width: 0, height: 0 }
    if (next.width !== this.#viewport.width || next.height !== this.#viewport.height) {
      const { view } = this
      this.#viewport = next
      if (view && this.item && next.width > 0) this.#camera = cameraFromView(this.item, view, next)
    }
    this.#isDirty = true
  }

  /** Too large a picture for this renderer: halve the resolution before giving up. */
  #shrink(error: unknown): void {
    if (!(error instanceof PictureSizeError) || this.#ratioCap < 0.2) {
      this.#fail(error)
      return
    }
    this.#ratioCap /= 2
    this.#renderer?.clear()
    this.#scheduler.restart()
    this.#onResize()
  }

  #watchPixelRatio(): void {
    this.#pixelRatioQuery = matchMedia(`(resolution: ${devicePixelRatio}dppx)`)
    this.#pixelRatioQuery.addEventListener('change', this.#onPixelRatio, { once: true })
  }

  readonly #onPixelRatio = (): void => {
    this.#watchPixelRatio()
    this.#onResize()
  }

  readonly #onVisibility = (): void => {
    if (!document.hidden) this.#invalidate()
  }
}
