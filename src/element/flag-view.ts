// A network seen in an element: drawn while somebody sees it, its last picture kept otherwise. What is seen of it (view, frame, what lies over
// its weights) is kept here, a viewer is made and given up as the page scrolls.

import type { Frame } from '../model/frame.js'
import type { Network } from '../model/network.js'
import type { SampleCount } from '../model/samples.js'
import { type View, wholeFrame } from '../model/view.js'
import { Viewer } from '../draw/viewer.js'
import { SharedLifecycle } from './shared-lifecycle.js'
import type { SharedRenderer } from './shared-renderer.js'
import type { Turns } from './turns.js'

export interface FlagViewEvents {
  /** A picture of the whole view is on the canvas, at some resolution. */
  readonly onPicture: () => void
  /** The view is another one. */
  readonly onCamera: (view: View) => void
  /** The picture at rest is complete. */
  readonly onSettle: () => void
  /** It cannot be drawn here. */
  readonly onError: (error: Error) => void
  /** There is a viewer from now on; what is returned is called when it is given up. */
  readonly onViewer: (viewer: Viewer) => () => void
}

interface Seen {
  readonly network: Network
  readonly frame: Frame
}

export class FlagView {
  #seen: Seen | null = null
  #overlay: Network | null = null
  #view: View | null = null
  #samples: SampleCount | null = null
  #isLive = false
  #isVisible = false
  /** How many wait for the picture, visible or not. */
  #waiting = 0
  #viewer: Viewer | null = null
  #endTurn: (() => void) | null = null
  #endViewer = () => {}
  /** Resolves when the viewer has what was put into it last: before that it is at rest, too, and shows nothing or what was there before. */
  #shown: Promise<void> = Promise.resolve()
  #isSettling = false

  /**
   * @param stage the element that the picture fills
   * @param canvas that it is shown on, within the stage
   */
  constructor(
    private readonly stage: HTMLElement,
    private readonly canvas: HTMLCanvasElement,
    private readonly page: { readonly renderer: SharedRenderer; readonly turns: Turns },
    private readonly events: FlagViewEvents,
  ) {}

  /** Shows a network, whole. @param view null for the whole frame */
  open(network: Network, frame: Frame, view: View | null): void {
    this.#seen = { network, frame }
    this.#overlay = null
    this.#view = view
    const viewer = this.#viewer
    if (viewer) this.#show(viewer)
    else this.#follow()
  }

  /** Shows nothing any more. */
  close(): void {
    this.#seen = null
    this.#follow()
  }

  /** Draws other weights in place of the network's own; null for these. @param isAtOnce whether the next frame shows them, however coarsely */
  setOverlay(overlay: Network | null, isAtOnce = false): void {
    this.#overlay = overlay
    if (this.#seen) this.#viewer?.contents.showOverlay(this.#seen.network, overlay, isAtOnce)
    this.#awaitRest()
  }

  get view(): View | null {
    return this.#viewer?.view ?? this.#view ?? (this.#seen && wholeFrame(this.#seen.frame))
  }

  /** @param view null for the whole frame */
  set view(view: View | null) {
    this.#view = view
    const whole = this.#seen && wholeFrame(this.#seen.frame)
    const next = view ?? whole
    if (next) this.#viewer?.navigator.setView(next)
  }

  set frame(frame: Frame) {
    if (!this.#seen) return
    this.#seen = { ...this.#seen, frame }
    this.#viewer?.contents.setFrame(frame)
    this.view = null
  }

  /** Samples a pixel of the picture at rest; null: as many as the renderer's speed allows. */
  set samples(samples: SampleCount | null) {
    this.#samples = samples
    if (this.#viewer) this.#viewer.loop.samples = samples
  }

  /** Whether weights come many times a second. */
  set isLive(isLive: boolean) {
    this.#isLive = isLive
    if (this.#viewer) this.#viewer.loop.isLive = isLive
    if (!isLive) this.#awaitRest()
  }

  set isVisible(isVisible: boolean) {
    this.#isVisible = isVisible
    this.#follow()
  }

  /** Resolves when the picture at rest is complete, seen or not; rejects when it cannot be drawn. */
  async settled(): Promise<void> {
    this.#waiting++
    this.#follow()
    try {
      // A turn may have to be waited for.
      while (!this.#viewer) await new Promise(requestAnimationFrame)
      const viewer = this.#viewer
      await this.#shown
      await viewer.settled()
      // What came last may wait for its turn to be shown.
      viewer.loop.present()
    } finally {
      this.#waiting--
      this.#follow()
    }
  }

  get rendererName(): string | null {
    return this.#viewer?.stats().renderer ?? null
  }

  dispose(): void {
    this.#isVisible = false
    this.#waiting = 0
    this.#follow()
  }

  /** Has a viewer while one is needed, and none else. */
  #follow(): void {
    const isNeeded = this.#seen !== null && (this.#isVisible || this.#waiting > 0)
    if (isNeeded === (this.#endTurn !== null || this.#viewer !== null)) return
    if (isNeeded) this.#endTurn = this.page.turns.take(() => this.#create())
    else this.#giveUp()
  }

  #create(): void {
    const { stage, canvas, page, events } = this
    let lastView = ''
    const viewer = new Viewer(
      stage,
      {
        onChange: () => {
          const { view } = viewer
          if (!view || this.#viewer !== viewer) return
          const text = `${view.x},${view.y},${view.zoom}`
          if (lastView !== '' && lastView !== text) {
            events.onCamera(view)
            this.#awaitRest()
          }
          lastView = text
        },
        onStatus: status => {
          if (status.kind !== 'failed') return
          this.#endTurn?.()
          events.onError(new Error(status.reason))
        },
        onResize: () => this.#awaitRest(),
        onRefused: () => {},
        wholeScale: () => null,
      },
      (_, lifecycleEvents) =>
        new SharedLifecycle(page.renderer, canvas, lifecycleEvents, () => {
          this.#endTurn?.()
          events.onPicture()
        }),
    )
    this.#viewer = viewer
    viewer.navigator.isInstant = matchMedia('(prefers-reduced-motion: reduce)').matches
    viewer.loop.samples = this.#samples
    viewer.loop.isLive = this.#isLive
    this.#endViewer = events.onViewer(viewer)
    this.#show(viewer)
  }

  /** Puts what is to be seen into the viewer. */
  #show(viewer: Viewer): void {
    const { network, frame } = this.#seen as Seen
    const [view, overlay] = [this.#view, this.#overlay]
    this.#shown = viewer.contents.open(network, frame).then(
      () => {
        if (this.#viewer !== viewer || this.#seen?.network !== network) return
        if (view) viewer.navigator.setView(view)
        if (this.#overlay ?? overlay) viewer.contents.showOverlay(network, this.#overlay ?? overlay)
        this.#awaitRest()
      },
      (error: Error) => {
        if (this.#viewer === viewer) this.events.onError(error)
      },
    )
  }

  #giveUp(): void {
    this.#endTurn?.()
    this.#endTurn = null
    const viewer = this.#viewer
    if (!viewer) return
    this.#view = viewer.view ?? this.#view
    this.#viewer = null
    this.#endViewer()
    viewer.dispose()
  }

  /** Tells once when the picture has come to rest, however often it is asked before. */
  #awaitRest(): void {
    const viewer = this.#viewer
    if (!viewer || this.#isSettling) return
    this.#isSettling = true
    this.#shown
      .then(() => viewer.settled())
      .then(
        () => {
          this.#isSettling = false
          if (this.#viewer !== viewer) return
          viewer.loop.present()
          this.events.onSettle()
        },
        () => {
          this.#isSettling = false
        },
      )
  }
}
