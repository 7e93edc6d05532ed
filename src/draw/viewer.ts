// The viewer: a canvas, what is seen on it, and where from. It puts together what draws: the contents, the navigator, the loop, the renderer's life.

import type { FoldedNetwork } from '../model/fold.js'
import type { Frame } from '../model/frame.js'
import type { Network } from '../model/network.js'
import { UnsupportedError } from '../model/errors.js'
import { type View, wholeFrame } from '../model/view.js'
import { PictureSizeError } from '../gpu/errors.js'
import type { Camera, Size } from '../world/camera.js'
import type { Item } from '../world/item.js'
import { Navigator } from '../world/navigator.js'
import { CanvasSize } from './canvas-size.js'
import { Contents } from './contents.js'
import { DrawingLoop } from './drawing-loop.js'
import type { Lifecycle, LifecycleEvents, RendererStatus } from './lifecycle.js'
import type { Pixels } from './renderer.js'
import type { Resident } from './residents.js'
import { Settling } from './settling.js'
import { viewAtRest } from './view-at-rest.js'
import type { ViewerStats } from './viewer-stats.js'

export interface ViewerEvents {
  /** The camera, the picture's completeness or the viewport changed. */
  readonly onChange: () => void
  readonly onStatus: (status: RendererStatus) => void
  /** The viewport has another size; an open network's view is kept. */
  readonly onResize: () => void
  /** A resident cannot be drawn here. */
  readonly onRefused: (resident: Resident, error: Error) => void
  /** The scale at which all that hangs where the camera is fits; null where there is no such thing. */
  readonly wholeScale: () => number | null
}

export class Viewer {
  /** Where the camera is, and how it moves. */
  readonly navigator: Navigator
  /** What there is to be seen. */
  readonly contents: Contents
  /** How what is seen is drawn. */
  readonly loop: DrawingLoop
  /** What draws, and whether it can. */
  readonly lifecycle: Lifecycle
  readonly #size: CanvasSize
  readonly #settling: Settling

  /**
   * @param host the element that the canvas fills
   * @param createLifecycle what sees to it that there is a renderer
   */
  constructor(
    private readonly host: HTMLElement,
    private readonly events: ViewerEvents,
    createLifecycle: (host: HTMLElement, events: LifecycleEvents) => Lifecycle,
  ) {
    const invalidate = () => this.loop.invalidate()
    const requestFrame = () => this.loop.requestFrame()
    this.navigator = new Navigator(
      () => ({ item: this.item, isAlone: !this.isWorld, wholeScale: events.wholeScale() }),
      invalidate,
    )
    this.loop = new DrawingLoop(
      {
        renderer: () => this.lifecycle.renderer,
        items: () => this.contents.items,
        beforeFrame: () => this.#size.isStale && this.#resize(),
        onChange: () => events.onChange(),
        onWork: elapsedMs => this.lifecycle.addWork(elapsedMs, this.loop.perMs),
        onLevel: () => this.lifecycle.retire(() => this.loop.present()),
        afterFrame: () => this.#afterFrame(),
        onError: error => this.#shrink(error),
      },
      this.navigator,
    )
    this.contents = new Contents({
      renderer: () => this.lifecycle.holder,
      check: folded => this.lifecycle.check(folded),
      whenReady: () => this.lifecycle.whenReady(),
      stills: this.loop.stills,
      camera: () => this.camera,
      onChange: invalidate,
      onOpen: frame => this.navigator.setView(wholeFrame(frame)),
      onEnter: () => this.navigator.adoptCamera(),
      onArrival: () => {
        invalidate()
        events.onChange()
      },
      requestFrame,
      onMoved: () => this.loop.clearPictures(),
      hurry: () => this.loop.hurry(),
      onRefused: (resident, error) => events.onRefused(resident, error),
    })
    this.#settling = new Settling(requestFrame)
    this.#size = new CanvasSize(host, requestFrame)
    this.lifecycle = createLifecycle(host, {
      onStatus: status => {
        if (status.kind === 'failed') this.#settling.refuse(new UnsupportedError(status.reason))
        events.onStatus(status)
      },
      onDone: this.loop.onDone,
      fill: (renderer, isWanted, takeOver) => this.#fill(renderer, isWanted, takeOver),
      onAttach: renderer => {
        this.loop.restart()
        this.contents.attach(renderer)
        this.#size.invalidate()
      },
    })
    this.lifecycle.start()
  }

  // What is seen, as the contents have it.

  get network(): Network | null {
    return this.contents.network
  }

  get folded(): FoldedNetwork | null {
    return this.contents.folded
  }

  get frame(): Frame | null {
    return this.contents.frame
  }

  get item(): Item | null {
    return this.contents.item
  }

  get isWorld(): boolean {
    return this.contents.isWorld
  }

  // Where it is seen from, as the navigator has it.

  get viewport(): Size {
    return this.navigator.viewport
  }

  get camera(): Camera {
    return this.navigator.camera
  }

  get view(): View | null {
    return this.navigator.view
  }

  /** Drawing-buffer pixels a CSS pixel, across. */
  get pixelRatio(): number {
    return this.host.clientWidth > 0 ? this.viewport.width / this.host.clientWidth : 1
  }

  /** Whether the view shows the latest weights: the time for the next ones. */
  get isUpToDate(): boolean {
    return this.lifecycle.status.kind === 'ready' && this.loop.isCovered
  }

  get #isSettled(): boolean {
    const { navigator, contents } = this
    return this.lifecycle.status.kind === 'ready' && navigator.isAtRest && !contents.isExpecting && this.loop.isSettled
  }

  /** Resolves when the picture at rest is complete; rejects when there is nothing to complete it with. */
  settled(): Promise<void> {
    if (this.lifecycle.status.kind === 'failed')
      return Promise.reject(new UnsupportedError(this.lifecycle.status.reason))
    const settled = this.#settling.wait()
    this.#afterFrame()
    return settled
  }

  /** Reads the drawing buffer. */
  readPixels(): Pixels {
    const { renderer } = this.lifecycle
    if (!renderer) throw new UnsupportedError('there is no picture: the renderer is not ready')
    return this.loop.readPixels(renderer)
  }

  stats(): ViewerStats {
    const { figures, holder } = this.lifecycle
    const megapixelsPerSecond = this.loop.perMs / 1000
    return { ...figures, textureBytes: holder?.textureBytes ?? 0, ...this.loop.figures, megapixelsPerSecond }
  }

  /** Tries once more after a failure. */
  retry(): void {
    this.#size.restore()
    this.lifecycle.retry()
  }

  dispose(): void {
    this.navigator.stop()
    this.loop.dispose()
    this.lifecycle.dispose()
    this.#size.dispose()
    this.#settling.end()
  }

  #fill(...[renderer, isWanted, takeOver]: Parameters<LifecycleEvents['fill']>): Promise<void> {
    return this.contents.fill(renderer, isWanted, take =>
      takeOver(() => {
        take()
        // Opened or moved while there was no renderer, the camera still means the item before.
        if (!this.isWorld) this.navigator.showAsked()
      }),
    )
  }

  #resize(): void {
    this.#size.isStale = false
    const { width, height } = this.viewport
    const next = this.lifecycle.renderer?.resize(this.#size.box, this.#size.ratio) ?? { width: 0, height: 0 }
    if (next.width !== width || next.height !== height) {
      this.navigator.resize(next)
      this.events.onResize()
    }
    this.loop.invalidate()
  }

  #afterFrame(): void {
    const isReady = this.lifecycle.status.kind === 'ready'
    // Where the page has no room for a picture there is none to wait for.
    const isNowhere = isReady && !this.#size.isStale && this.viewport.width * this.viewport.height === 0
    const hasItems = this.contents.items.length > 0 || !this.frame
    if (!isNowhere && !(this.#isSettled && !this.loop.isDirty && hasItems)) return
    this.#settling.resolve()
    if (!isNowhere) this.#compareRenderers()
  }

  #compareRenderers(): void {
    const { contents, navigator, loop, lifecycle } = this
    // Stills under way would spoil the timing.
    if (!lifecycle.isComparisonDue || !lifecycle.renderer?.isEmpty || loop.isLive) return
    const view = viewAtRest(contents, navigator, () => this.#isSettled)
    if (view) void lifecycle.compare(view).then(() => this.events.onChange())
  }

  /** Too large a picture for this renderer: halve the resolution before giving up. */
  #shrink(error: unknown): void {
    if (!(error instanceof PictureSizeError) || !this.#size.halve()) {
      this.lifecycle.fail(error)
      return
    }
    this.loop.beginAnew()
    this.#size.invalidate()
  }
}
