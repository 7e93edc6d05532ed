// The viewer: a canvas and what draws on it, the camera over it, and the loop that draws. What is shown is kept here as the
// truth; everything that the renderer holds is a cache that is built again after a context loss. Either one network is open,
// alone and with all that it paints outside its frame, or the world is seen, with everything that hangs in it.

import { evaluationCost, type FoldedNetwork, foldNetwork } from '../model/fold.js'
import { type Frame, frameAspect } from '../model/frame.js'
import type { Network } from '../model/network.js'
import type { SampleCount } from '../model/samples.js'
import { sameTap, sameTone } from '../model/tap.js'
import { UnsupportedError } from '../model/errors.js'
import { type View, wholeFrame } from '../model/view.js'
import { createContext, rendererName } from '../gpu/context.js'
import { ContextLostError, PictureSizeError } from '../gpu/errors.js'
import { countLiveObjects, type LiveObjectCount } from '../gpu/live-objects.js'
import type { Background } from '../gpu/painter.js'
import type { ParitySubject } from '../gpu/parity.js'
import { checkDrawable } from '../gpu/weight-texels.js'
import { checkKernelWeights } from '../kernel/evaluator.js'
import { type Camera, isFiniteCamera, type Rect, sameCamera, type Size } from '../world/camera.js'
import { type Glide, isAtRest, REST, stepGlide } from '../world/glide.js'
import { cameraFromView, fitScale, type Item, itemAt, type NetworkHandle, viewFromCamera } from '../world/item.js'
import { layoutSingle } from '../world/layout.js'
import { type Batch, type Scene, TileScheduler } from '../world/scheduler.js'
import { standIns } from '../world/stills.js'
import { isSoftwareGl, measureRate } from './choice.js'
import { CpuRenderer } from './cpu-renderer.js'
import type { Pixels, Renderer } from './renderer.js'
import { WebglRenderer } from './webgl-renderer.js'
import { type Resident, Residents, sourceOf, type WeightSource } from './residents.js'

export type { Pixels } from './renderer.js'

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
  /** The viewport has another size; an open network's view is kept. */
  readonly onResize: () => void
  /** A resident cannot be drawn here. */
  readonly onRefused: (resident: Resident, error: Error) => void
}

export interface ViewerStats {
  /** What draws: the GL renderer's name, or 'CPU, 2 threads'. */
  readonly renderer: string
  /** Why this one draws, in a line; null where the GPU does, or it was asked for. */
  readonly rendererNote: string | null
  /** GPU objects alive, or workers. */
  readonly liveObjects: number
  /** Bytes of all textures, or of the canvases that stand in their place. */
  readonly textureBytes: number
  /** Milliseconds from the start of the last whole picture (one sample a pixel) to its end; null before the first. */
  readonly frameMs: number | null
  /** Milliseconds from the start of the last picture until a first, perhaps coarse one of the whole view. */
  readonly coverMs: number | null
  /**
   * Samples a pixel of the picture that is shown; null while it is none of every pixel: the camera has just moved, or what is
   * there is coarse. With `samples=auto` it becomes 1 at first, and more a moment later where the machine is fast enough.
   */
  readonly samples: number | null
  /** Net evaluations a second, in millions, as the scheduler estimates them. */
  readonly megapixelsPerSecond: number
}

/** How far the camera goes, as zoom of the flag. Beyond 1e9 float64 itself begins to step. */
export const ZOOM_LIMITS = { min: 0.02, max: 1e9 } as const
/** How far out the camera goes beyond the whole world. */
const WORLD_MARGIN = 0.5
/** How far from the flag, in plane units: where every net has long come to its last colour. */
const MAX_COORDINATE = 1e12
export const BACKGROUND: Background = [0x14 / 255, 0x16 / 255, 0x1a / 255]

// Weights that a person turns come this often: refining the picture in between would only delay the next one.
const REFINE_AFTER_MS = 90

// A context that is going to come back does so within a second or two; then the person is told.
const RESTORE_TIMEOUT_MS = 4000
// While a picture at rest is refined tile by tile it is shown no more often than this: on software GL every showing costs
// several batches of tiles and an animation frame, and a canvas that the CPU draws on goes to the compositor whole, 40 ms at
// 1920 x 1080. Camera movements and complete levels are shown at once.
const PRESENT_INTERVAL_MS = 100
const SLOW_PRESENT_INTERVAL_MS = 400
/** Net evaluations a millisecond below which a maker counts as slow. */
const SLOW_PER_MS = 1000

const NOTHING: readonly Item[] = []

/** One of many pictures of the open network: what is seen of it, and where that hangs. */
export type Facet = Pick<Item, 'rect' | 'tap' | 'tone'>

interface Shown {
  readonly network: Network
  readonly folded: FoldedNetwork
  readonly frame: Frame
  /** Where its frame hangs in the world; undefined for around the origin. */
  readonly rect?: Rect
  /** Whose network it is; null for one that is shown alone and gone when it is closed. */
  readonly resident: Resident | null
  /** What is drawn in place of its own weights: a moment of its film. */
  readonly moment?: { readonly network: Network; readonly folded: FoldedNetwork }
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
  /** The network of what is shown, where it is not a resident's. */
  #ownHandle: NetworkHandle | null = null
  /** The item of what is shown; null while there is none, and while the world is seen. */
  #shownItem: Item | null = null
  /** What the open network is taken apart into; null while it is seen as one picture. */
  #facets: readonly Facet[] | null = null
  #facetItems: readonly Item[] = NOTHING
  readonly #residents: Residents
  /** Whether more residents are on their way, so that no picture of the world is complete. */
  #isExpecting = false
  #opening: Promise<void> = Promise.resolve()

  #viewport: Size = { width: 0, height: 0 }
  #camera: Camera = { x: 0, y: 0, scale: 1 }
  /** The view to be restored when the viewport gets its size, or changes it. */
  #view: View | null = null
  /** The camera that shows `#view`: as long as it stands there the view is what was asked for, to the last digit. */
  #viewCamera: Camera | null = null
  #glide: Glide = REST
  #isInstant = false
  #samples: SampleCount | null = null
  #isLive = false
  /** Whether the next frame is to show the latest weights. */
  #isHurried = false
  /** Until then a coarse picture is not refined: the next weights come first. */
  #refineFromMs = 0
  #refineTimer = 0
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
  /** The last level that is complete, and its scene. */
  #shownLevel: Pick<Batch, 'scene' | 'level'> | null = null
  /** The last batch of a picture that the renderer has not reported done. Stills do not count: they are for later. */
  #unfinished: Batch | null = null
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
    this.#residents = new Residents({
      onChange: () => {
        if (this.#shown) return
        this.#invalidate()
        this.events.onChange()
      },
      onRemove: network => this.#scheduler.stills.remove(network),
      onRefused: (resident, error) => this.events.onRefused(resident, error),
    })
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

  /** What is drawn of the open network: its own weights, or a moment's. */
  get network(): Network | null {
    return this.#drawn?.network ?? null
  }

  get folded(): FoldedNetwork | null {
    return this.#drawn?.folded ?? null
  }

  get #drawn(): Pick<Shown, 'network' | 'folded'> | null {
    return this.#shown?.moment ?? this.#shown
  }

  /** The open network with its own weights, also while a moment stands in for them. */
  get ownNetwork(): Network | null {
    return this.#shown?.network ?? null
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

  /** What the view refers to: the open network, or of a world what is under the centre of the view, or nearest to it. */
  get item(): Item | null {
    if (!this.#shown) return itemAt(this.#residents.items, this.#camera)
    return this.#facets ? itemAt(this.#facetItems, this.#camera) : this.#shownItem
  }

  /** Whether many pictures are seen, those of the world or of the open network's units, and not one alone. */
  get isWorld(): boolean {
    return this.#shown === null || this.#facets !== null
  }

  get #items(): readonly Item[] {
    if (!this.#shown) return this.#residents.items
    if (this.#facets) return this.#facetItems
    return this.#shownItem ? this.#alone : NOTHING
  }

  /** The open item as a list, the same one as long as the item is the same. */
  #alone: readonly Item[] = NOTHING

  get isSettled(): boolean {
    return (
      this.#status.kind === 'ready' &&
      isAtRest(this.#glide) &&
      !(this.#shown === null && (this.#isExpecting || this.#residents.isPending)) &&
      this.#renderer !== null &&
      this.#unfinished === null &&
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
   * Shows a network alone. What was shown stays until the renderer has the new one, and for good if it cannot be drawn.
   * @param rect where in the world its frame hangs; default: around the origin
   * @param signal aborted when it is not wanted any more: nothing happens then
   * @throws UnsupportedError or ShaderError when it cannot be drawn here; the signal's reason
   */
  open(network: Network, frame: Frame, rect?: Rect, signal?: AbortSignal): Promise<void> {
    // One after the other: the last one called is the one that stays.
    this.#opening = this.#opening
      .catch(() => {})
      .then(() => {
        const folded = foldNetwork(network)
        // Throws here, also while the GPU is away, what would otherwise fail the viewer when it comes back.
        this.#check(folded)
        return this.#open({ network, folded, frame, rect: rect && reshape(rect, frame), resident: null }, signal)
      })
    return this.#opening
  }

  /** Opens a resident, alone; the camera stays where it is. Nothing happens before the renderer has its network. */
  enter(resident: Resident): boolean {
    const item = this.#residents.itemOf(resident)
    if (!item) return false
    this.#drop()
    this.#facets = null
    const { frame, rect } = resident
    const { network, folded } = sourceOf(resident)
    this.#shown = { network, folded, frame, rect, resident }
    this.#setItem(layoutSingle(item.network, frame, item.cost, rect, item))
    this.#viewCamera = null
    this.#keepView()
    this.#invalidate()
    return true
  }

  /** Closes what is open and shows the world; the camera stays where it is. */
  leave(): void {
    if (!this.#shown) return
    this.#drop()
    this.#facets = null
    this.#shown = null
    this.#setItem(null)
    this.#view = null
    this.#viewCamera = null
    this.#invalidate()
  }

  /**
   * Makes ready for {@link facets} with taps.
   * @throws ShaderError when units cannot be drawn here
   */
  async prepareFacets(): Promise<void> {
    await this.whenReady()
    const renderer = this.#renderer
    if (!renderer || !this.#shownItem) return
    try {
      await renderer.prepareTaps(this.#shownItem.network)
    } catch (error) {
      // It is made ready again with all the rest.
      if (!(error instanceof ContextLostError)) throw error
    }
  }

  /**
   * Takes the open network apart: units of it, or the head, each in its place, in a world of their own. They follow its weights
   * and its frame. null puts it together again; the camera is whoever's business laid them out.
   */
  set facets(facets: readonly Facet[] | null) {
    if (!this.#shown || facets === this.#facets) return
    if (!facets && this.#shownItem) this.#scheduler.stills.remove(this.#shownItem.network)
    this.#facets = facets
    this.#hangFacets()
    this.#invalidate()
  }

  /** Whose network is open; null for none, and for one that is no resident. */
  get entered(): Resident | null {
    return this.#shown?.resident ?? null
  }

  /**
   * Says what hangs in the world. Call it again when something of a resident has changed, such as its tap or its tone: nothing
   * else is needed, and nothing is compiled or uploaded.
   * @param isMoved whether places have changed: pictures of before are forgotten then
   */
  setResidents(residents: readonly Resident[], isMoved = false): void {
    this.#residents.set(residents)
    this.#followResident()
    if (!isMoved) return
    if (!this.#shown) this.#clearPictures()
    this.#invalidate()
  }

  /** The item of a resident; null while the renderer has not got it. */
  itemOf(resident: Resident): Item | null {
    return this.#residents.itemOf(resident)
  }

  /** The resident whose item the view refers to. */
  get nearest(): Resident | null {
    const item = itemAt(this.#residents.items, this.#camera)
    return item && this.#residents.residentOf(item)
  }

  /** More residents are on their way: until then no picture of the world counts as complete. */
  set isExpecting(isExpecting: boolean) {
    this.#isExpecting = isExpecting
    this.#requestFrame()
  }

  /** Changes the frame of what is shown; the view goes back to the whole frame when its ranges change. */
  setFrame(frame: Frame): void {
    if (!this.#shown || !this.#shownItem) return
    const before = this.view
    const isMoved =
      `${frame.x},${frame.y},${frame.aspect}` !==
      `${this.#shown.frame.x},${this.#shown.frame.y},${this.#shown.frame.aspect}`
    // The middle and the height of its place stay; its proportions may be others.
    const { rect } = this.#shown
    this.#shown = { ...this.#shown, frame, rect: rect && reshape(rect, frame) }
    const { network, cost } = this.#shownItem
    this.#setItem(layoutSingle(network, frame, cost, this.#shown.rect, this.#shownItem))
    if (this.#facets) this.#invalidate()
    else this.setView(isMoved || !before ? wholeFrame(frame) : before)
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
    const { resident } = this.#shown
    if (resident) {
      const source = sourceOf(resident)
      this.#setSource(source, after, folded)
      const handle = this.#residents.handleOf(source)
      if (handle !== null && !this.#facets) this.#scheduler.stills.outdate(handle)
    } else {
      this.#shown = { ...this.#shown, network: after, folded, moment: undefined }
      this.#draw(folded)
    }
    return true
  }

  /**
   * Puts other weights into a source that residents show: one upload, and all of them are drawn anew from the next frame on. Cheap
   * enough for every frame; set {@link isLive} while they come that often. What is seen of them stays until then, and stills
   * of a moment ago stand in while the camera flies.
   * @param after of the same architecture
   * @param isAtOnce whether the next animation frame shows them, however coarsely
   * @throws FormatError or UnsupportedError when the weights cannot be drawn here
   */
  updateSource(source: WeightSource, after: Network, isAtOnce = false): void {
    const folded = foldNetwork(after)
    this.#check(folded)
    if (isAtOnce) this.hurry()
    this.#setSource(source, after, folded)
  }

  #setSource(source: WeightSource, network: Network, folded: FoldedNetwork): void {
    Object.assign(source, { network, folded })
    const handle = this.#residents.handleOf(source)
    if (handle !== null) this.#scheduler.stills.age(handle)
    this.#residents.update(source, folded)
    const shown = this.#shown
    if (shown?.resident && sourceOf(shown.resident) === source) {
      this.#shown = { ...shown, network, folded, moment: undefined }
      if (this.#ownHandle !== null) this.#draw(folded)
      else if (this.#shownItem) this.#setItem({ ...this.#shownItem })
    }
    this.#invalidate()
  }

  /** Shows the open unit as its resident says by now. */
  #followResident(): void {
    const { resident } = this.#shown ?? {}
    const item = this.#shownItem
    if (!resident?.tap || !item) return
    const { tap, tone = null } = resident
    if (sameTap(tap, item.tap) && sameTone(tone, item.tone)) return
    this.#setItem({ ...item, tap, tone, cost: evaluationCost(sourceOf(resident).folded, tap) })
    this.#invalidate()
  }

  /**
   * Draws other weights in place of the open network's own, for a while: they come back by themselves when it is left, and
   * when another one is opened. A resident's are never touched.
   * @param own the network they stand in for: nothing happens when another one is open by now
   * @param moment of the same architecture; null for its own weights
   * @param isAtOnce whether the next animation frame shows them, however coarsely
   * @returns whether `own` was open
   * @throws FormatError or UnsupportedError when the weights cannot be drawn here
   */
  showMoment(own: Network, moment: Network | null, isAtOnce = false): boolean {
    const shown = this.#shown
    if (shown?.network !== own) return false
    const folded = moment ? foldNetwork(moment) : shown.folded
    this.#check(folded)
    this.#shown = { ...shown, moment: moment ? { network: moment, folded } : undefined }
    if (isAtOnce) this.hurry()
    this.#draw(folded)
    return true
  }

  /** The next animation frame shows the latest weights, at the resolution that there is time for. */
  hurry(): void {
    this.#isHurried = true
    this.#requestFrame()
  }

  /** Gives the renderer other weights for what is open. */
  #draw(folded: FoldedNetwork): void {
    if (this.#renderer && this.#shownItem) {
      const { network } = this.#shownItem
      this.#renderer.updateNetwork(network, folded)
      // Many stills at every change would keep the picture waiting: those of a moment ago will do.
      if (this.#facets) this.#scheduler.stills.age(network)
      this.#setItem({ ...this.#shownItem })
    }
    this.#invalidate()
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
    const { item } = this
    if (!item) return null
    if (this.#viewport.width === 0) return this.#view
    return this.isAsAsked ? this.#view : viewFromCamera(item, this.#camera, this.#viewport)
  }

  /** Whether the camera stands where {@link setView} put it. */
  get isAsAsked(): boolean {
    return this.#view !== null && this.#viewCamera !== null && sameCamera(this.#viewCamera, this.#camera)
  }

  /** Moves the camera there at once. */
  setView(view: View): void {
    if (![view.x, view.y, view.zoom].every(Number.isFinite)) return
    const zoom = Math.min(ZOOM_LIMITS.max, Math.max(ZOOM_LIMITS.min, view.zoom))
    const clamp = (value: number) => Math.min(MAX_COORDINATE, Math.max(-MAX_COORDINATE, value))
    if (this.#facets) {
      if (this.item) this.move(cameraFromView(this.item, { x: clamp(view.x), y: clamp(view.y), zoom }, this.#viewport))
      return
    }
    this.#view = { x: clamp(view.x), y: clamp(view.y), zoom }
    this.#glide = REST
    if (this.item && this.#viewport.width > 0) this.#applyView(this.item)
    this.#invalidate()
  }

  #applyView(item: Item): void {
    this.#camera = cameraFromView(item, this.#view as View, this.#viewport)
    this.#viewCamera = this.#camera
  }

  /** Sets a camera that a gesture computed, and what is left of its motion; one that is not finite is not taken. */
  move(camera: Camera, glide: Glide = REST): void {
    if (!isFiniteCamera(camera)) return
    this.#camera = camera
    this.#glide = glide
    this.#keepView()
    this.#invalidate()
  }

  /** Keeps the view of an open network, for when the viewport changes; a world's is its owner's business. */
  #keepView(): void {
    if (this.#shown && !this.#facets) this.#view = this.view
  }

  get glide(): Glide {
    return this.#glide
  }

  get scaleLimits(): { minScale: number; maxScale: number } {
    const fit = this.item ? fitScale(this.item, this.#viewport) : 1
    const min = this.isWorld && this.worldScale !== null ? this.worldScale * WORLD_MARGIN : fit * ZOOM_LIMITS.min
    return { minScale: min, maxScale: fit * ZOOM_LIMITS.max }
  }

  /** The scale at which the whole world fits, set by whoever lays it out; null for no such thing. */
  worldScale: number | null = null

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
      textureBytes: this.#renderer?.textureBytes ?? 0,
      frameMs: this.#frameMs,
      coverMs: this.#coverMs,
      samples: this.#shownSamples,
      megapixelsPerSecond: this.#scheduler.pace.perMs / 1000,
    }
  }

  get #shownSamples(): number | null {
    if (!this.#shownLevel) return null
    const { scene, level } = this.#shownLevel
    const isCurrent =
      scene.items === this.#items &&
      sameCamera(scene.camera, this.#camera) &&
      scene.viewport.width === this.#viewport.width &&
      scene.viewport.height === this.#viewport.height
    return isCurrent && level.step === 1 ? level.samples : null
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

  /** @throws UnsupportedError when a network's weights cannot be drawn here */
  check(network: Network): void {
    this.#check(foldNetwork(network))
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
      let handle: NetworkHandle | null
      do {
        shown = this.#shown
        handle = shown && (await renderer.addNetwork((shown.moment ?? shown).folded))
        if (handle !== null && (this.#facets || shown?.resident?.tap)) await renderer.prepareTaps(handle)
      } while (shown !== this.#shown && generation === this.#generation)
      if (generation !== this.#generation || this.#isDisposed) throw new ContextLostError()
      this.#showWith(handle)
      // Opened or moved while there was no renderer, the camera still means the item before.
      if (this.#shownItem && !this.#facets && this.#view && this.#viewport.width > 0) this.#applyView(this.#shownItem)
    } catch (error) {
      renderer?.dispose()
      if (generation === this.#generation && !(error instanceof ContextLostError)) this.#fail(error)
      return
    }
    this.#renderer = renderer
    this.#rendererName = renderer.name
    this.#unfinished = null
    this.#shownLevel = null
    this.#scheduler.restart()
    this.#scheduler.stills.clear()
    this.#residents.attach(renderer)
    this.#isResized = true
    this.#setStatus({ kind: 'ready' })
    this.#invalidate()
  }

  /** Shows what is open with a network of its own in the renderer, whosesoever it is. */
  #showWith(handle: NetworkHandle | null): void {
    const shown = this.#shown
    this.#ownHandle = handle
    this.#setItem(shown && handle !== null ? itemOfShown(shown, handle) : null)
  }

  #setItem(item: Item | null): void {
    this.#shownItem = item
    this.#alone = item ? [item] : NOTHING
    this.#hangFacets()
  }

  /** Makes the items of the facets: new ones with every change, by which pictures know it. */
  #hangFacets(): void {
    const { network, frame } = this.#shownItem ?? {}
    const folded = this.folded
    if (!this.#facets || network === undefined || !frame || !folded) {
      this.#facetItems = NOTHING
      return
    }
    const costs = new Map<number | null, number>()
    this.#facetItems = this.#facets.map(({ rect, tap, tone }) => {
      const layer = tap?.layer ?? null
      const cost = costs.get(layer) ?? evaluationCost(folded, tap)
      costs.set(layer, cost)
      return { network, frame, rect, tap, tone, cost, unbounded: false }
    })
  }

  /** Gives back the network of what was shown, unless it hangs in the world: that gets its own weights again. */
  #drop(): void {
    const { resident, moment } = this.#shown ?? {}
    if (this.#ownHandle !== null) this.#renderer?.removeNetwork(this.#ownHandle)
    else if (resident && moment) {
      const source = sourceOf(resident)
      const handle = this.#residents.handleOf(source)
      if (handle !== null) {
        this.#renderer?.updateNetwork(handle, source.folded)
        // Its still may have been asked for before the moment, and made of it.
        this.#scheduler.stills.outdate(handle)
      }
    }
    this.#ownHandle = null
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
    clearTimeout(this.#refineTimer)
    this.#refineFromMs = 0
    const renderer = this.#renderer
    this.#renderer = null
    this.#unfinished = null
    this.#shownLevel = null
    this.#residents.attach(null)
    renderer?.dispose()
    this.#scheduler.restart()
    this.#scheduler.stills.clear()
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
      const handle = await other.addNetwork((shown.moment ?? shown).folded)
      if (shown.resident?.tap) await other.prepareTaps(handle)
      const item = itemOfShown(shown, handle)
      const view = { camera: this.#camera, viewport: this.#viewport, samples: 1 }
      const otherRate = await measureRate(other, { ...view, items: [item] })
      if (this.#renderer !== current || this.#shown !== shown || this.#facets) return
      const rate = await measureRate(current, { ...view, items: this.#items })
      if (
        this.#renderer !== current ||
        this.#shown !== shown ||
        this.#rival !== rival ||
        !this.isSettled ||
        this.#facets
      )
        return
      const times = (a: number, b: number) => `${(a / Math.max(b, 1e-9)).toPrecision(2)} times as fast as`
      if (otherRate > RIVAL_FACTOR * rate) {
        this.#rival = null
        this.#rendererNote = `drawn by software WebGL, ${times(otherRate, rate)} the CPU here`
        this.#change(rival, other, handle, liveObjects)
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
  #change({ canvas, gl }: Rival, renderer: Renderer, handle: NetworkHandle, liveObjects: LiveObjectCount): void {
    const before = this.#renderer
    this.#retiring?.remove()
    this.#retiring = this.#canvas
    this.#canvas = canvas
    this.host.prepend(canvas)
    this.#gl = gl
    this.#liveObjects = liveObjects
    this.#renderer = renderer
    this.#rendererName = renderer.name
    this.#unfinished = null
    this.#shownLevel = null
    this.#showWith(handle)
    this.#scheduler.stills.clear()
    this.#residents.attach(renderer)
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

  async #open(shown: Shown, signal: AbortSignal | undefined): Promise<void> {
    // Once more if everything was built anew meanwhile; while there is no renderer the network is only kept, and drawn by
    // the build that is to come.
    for (let renderer = this.#renderer; renderer; renderer = this.#renderer === renderer ? null : this.#renderer) {
      try {
        const network = await renderer.addNetwork(shown.folded)
        if (this.#renderer !== renderer) continue
        if (signal?.aborted) renderer.removeNetwork(network)
        signal?.throwIfAborted()
        this.#drop()
        this.#facets = null
        this.#shown = shown
        this.#showWith(network)
      } catch (error) {
        if (!(error instanceof ContextLostError)) throw error
      }
    }
    signal?.throwIfAborted()
    this.#facets = null
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
      this.#keepView()
      this.#isDirty = true
    }
    this.#pump(true)
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

  /** Takes what the renderer has done and gives it more. @param isFrame whether a frame is being put together */
  #pump(isFrame = false): void {
    const renderer = this.#renderer
    if (document.hidden || !renderer || this.#gl?.isContextLost()) return
    renderer.isSharing = this.#isLive
    const done = renderer.collect()
    for (const { batch, elapsedMs } of done) {
      this.#scheduler.finished(batch, elapsedMs)
      if (batch === this.#unfinished) {
        this.#unfinished = null
        // One more frame tells whoever waits, though stills may follow.
        this.#requestFrame()
      }
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
    try {
      if (this.#isHurried && isFrame) this.#paintAtOnce(renderer)
      while (!renderer.isFull && !this.#isHeldBack) {
        const batch = this.#scheduler.nextBatch()
        if (!batch) break
        this.#beginPass(batch)
        if (!batch.stills) this.#unfinished = batch
        renderer.paint(batch)
        if (renderer.isOrdered) this.#onPainted(batch)
      }
    } catch (error) {
      this.#shrink(error)
      return
    }
    // The last batch is done: one more frame shows it and tells whoever waits.
    if (renderer.isEmpty && done.length > 0) this.#requestFrame()
  }

  #beginPass(batch: Batch): void {
    if (batch.scene === this.#passScene || batch.stills) return
    this.#passScene = batch.scene
    this.#passStartMs = performance.now()
    this.#coverMs = null
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
    this.#beginPass(batch)
    // Where batches come as they are done this one is done here, and what was under way is given up.
    this.#unfinished = renderer.isOrdered ? batch : null
    renderer.paintAtOnce(batch)
    this.#onPainted(batch)
    if (!renderer.isOrdered) {
      this.#retire()
      this.#coverMs = performance.now() - this.#passStartMs
    }
    if (this.#scheduler.isSettled) return
    this.#refineFromMs = performance.now() + REFINE_AFTER_MS
    clearTimeout(this.#refineTimer)
    this.#refineTimer = window.setTimeout(() => {
      this.#refineFromMs = 0
      this.#pump()
      this.#requestFrame()
    }, REFINE_AFTER_MS)
  }

  #onPainted(batch: Batch): void {
    // Beneath a complete picture nobody sees a still.
    if (!batch.stills || !this.#scheduler.isSettled) this.#hasNewTiles = true
    if (batch.completesLevel) {
      this.#isDirty = true
      this.#shownLevel = batch
    }
    // Weights that changed meanwhile leave it wanted.
    for (const still of batch.stills ?? []) if (still.state === 'asked') still.state = 'made'
  }

  #clearPictures(): void {
    this.#shownLevel = null
    this.#renderer?.clear()
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
    const renderer = this.#renderer
    if (!renderer) return
    const { stills } = this.#scheduler
    const standing = standIns(this.#items, stills, renderer.completeScene, this.#camera, this.#viewport)
    renderer.present(this.#camera, this.#viewport, !isMoving && !this.#isLive, standing)
  }

  #answerWaiters(): void {
    if (this.#status.kind === 'failed') {
      const { reason } = this.#status
      for (const { reject } of this.#waiters) reject(new UnsupportedError(reason))
      this.#waiters = []
    }
    // Where the page has no room for a picture there is none to wait for.
    const isNowhere =
      this.#status.kind === 'ready' && !this.#isResized && this.#viewport.width * this.#viewport.height === 0
    const isComplete = this.isSettled && !this.#isDirty && (this.#items.length > 0 || this.#shown === null)
    if (!isNowhere && !isComplete) return
    for (const { resolve } of this.#waiters) resolve()
    this.#waiters = []
    if (isNowhere) return
    // Stills under way would spoil the timing.
    const isIdle = this.#renderer?.isEmpty ?? false
    if (this.#rival && isIdle && this.#shown && !this.#facets && !this.#isMeeting && !this.#isLive) {
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
    const box = isExact ? exact : devicePixelsOf(this.host)
    const next = this.#renderer?.resize(box, this.#ratioCap) ?? { width: 0, height: 0 }
    if (next.width !== this.#viewport.width || next.height !== this.#viewport.height) {
      const { view } = this
      this.#viewport = next
      if (this.#shown && !this.#facets && view && this.#shownItem && next.width > 0) {
        this.#view = view
        this.#applyView(this.#shownItem)
      }
      this.events.onResize()
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
    this.#clearPictures()
    this.#unfinished = null
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

/** The item of what is shown, with the renderer's network for it. */
function itemOfShown({ folded, frame, rect, resident }: Shown, handle: NetworkHandle): Item {
  const { tap = null, tone = null } = resident ?? {}
  return layoutSingle(handle, frame, evaluationCost(folded, tap), rect, { tap, tone })
}

/** A rectangle with a frame's proportions, as high and in the same place as another. */
function reshape(rect: Rect, frame: Frame): Rect {
  const width = rect.height * frameAspect(frame)
  return { ...rect, x: rect.x + (rect.width - width) / 2, width }
}

/**
 * The device pixels that an element covers, where the browser does not tell (Safari): from rounded edge to rounded edge, as
 * browsers snap them. A rounded size is one off at fractional places.
 */
function devicePixelsOf(element: HTMLElement): Size {
  const { left, top, right, bottom } = element.getBoundingClientRect()
  const pixels = (from: number, to: number) =>
    Math.max(0, Math.round(to * devicePixelRatio) - Math.round(from * devicePixelRatio))
  return { width: pixels(left, right), height: pixels(top, bottom) }
}
