// What there is to be seen: residents that hang in the world all the time, or one network that is open, alone or taken apart. Whoever changes it
// asks here; what is shown is kept as the truth, and all that the renderer holds of it is a cache.

import { type FoldedNetwork, foldNetwork } from '../model/fold.js'
import type { Frame } from '../model/frame.js'
import type { Network } from '../model/network.js'
import { ContextLostError } from '../gpu/errors.js'
import type { Camera, Rect } from '../world/camera.js'
import type { Item } from '../world/item.js'
import { nearestTo } from '../world/overview.js'
import type { StillAtlas } from '../world/stills.js'
import { type Facet, OpenNetwork, reshape, type Shown } from './open-network.js'
import type { Renderer } from './renderer.js'
import { type Resident, Residents, type WeightSource } from './residents.js'

export interface ContentsHost {
  /** What draws, though its context may be lost; null for nothing. */
  readonly renderer: () => Renderer | null
  /** Throws what the renderer would throw at a network, there or not. */
  readonly check: (folded: FoldedNetwork) => void
  /** Resolves when there is something to draw with. */
  readonly whenReady: () => Promise<void>
  /** The stills of what hangs in the world. */
  readonly stills: StillAtlas
  readonly camera: () => Camera
  /** Another picture is to be drawn. */
  readonly onChange: () => void
  /** Another network is open, alone. @param frame that it is seen in */
  readonly onOpen: (frame: Frame) => void
  /** Another thing is seen under the same camera. */
  readonly onEnter: () => void
  /** More hangs in the world that is seen. */
  readonly onArrival: () => void
  /** Whoever waits may not have to any more, or longer. */
  readonly requestFrame: () => void
  /** The pictures of before are of places that have moved. */
  readonly onMoved: () => void
  /** A network is to be shown as soon as possible, however coarsely. */
  readonly hurry: () => void
  /** A resident cannot be drawn here. */
  readonly onRefused: (resident: Resident, error: Error) => void
}

export class Contents {
  readonly #residents: Residents
  readonly #open: OpenNetwork
  #isExpecting = false
  #opening: Promise<void> = Promise.resolve()

  constructor(private readonly host: ContentsHost) {
    const { renderer, stills, onArrival, onRefused } = host
    this.#residents = new Residents({
      onChange: () => {
        if (!this.#open.shown) onArrival()
      },
      onRemove: network => stills.remove(network),
      onRefused,
    })
    this.#open = new OpenNetwork(renderer, this.#residents, stills, host.onChange)
  }

  /** What is drawn of the open network: its own weights, or those that lie over them. */
  get network(): Network | null {
    return this.#open.drawn?.network ?? null
  }

  get folded(): FoldedNetwork | null {
    return this.#open.drawn?.folded ?? null
  }

  /** The open network with its own weights, also while others lie over them. */
  get ownNetwork(): Network | null {
    return this.#open.shown?.network ?? null
  }

  get frame(): Frame | null {
    return this.#open.shown?.frame ?? null
  }

  /** What the view refers to: the open network, or of a world what is under the centre of the view, or nearest to it. */
  get item(): Item | null {
    return this.#open.shown
      ? this.#open.itemAt(this.host.camera())
      : nearestTo(this.#residents.items, this.host.camera())
  }

  /** Whether many pictures are seen, those of the world or of the open network's units, and not one alone. */
  get isWorld(): boolean {
    return this.#open.shown === null || this.#open.facets !== null
  }

  /** All that there is to be drawn. */
  get items(): readonly Item[] {
    return this.#open.shown ? this.#open.items : this.#residents.items
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
        const folded = this.#folded(network)
        return this.#show({ network, folded, frame, rect: rect && reshape(rect, frame), resident: null }, signal)
      })
    return this.#opening
  }

  async #show(shown: Shown, signal: AbortSignal | undefined): Promise<void> {
    const { renderer } = this.host
    // Once more if everything was built anew meanwhile; while there is no renderer the network is only kept, and drawn by
    // the build that is to come.
    for (let drawing = renderer(); drawing; drawing = renderer() === drawing ? null : renderer()) {
      try {
        const network = await drawing.addNetwork(shown.folded)
        if (renderer() !== drawing) continue
        if (signal?.aborted) drawing.removeNetwork(network)
        signal?.throwIfAborted()
        this.#open.open(shown, network)
      } catch (error) {
        if (!(error instanceof ContextLostError)) throw error
      }
    }
    signal?.throwIfAborted()
    if (this.#open.shown !== shown) this.#open.open(shown)
    this.host.onOpen(shown.frame)
  }

  /** Opens a resident, alone; the camera stays where it is. @returns whether it is open: nothing happens before the renderer has its network */
  enter(resident: Resident): boolean {
    const item = this.#residents.itemOf(resident)
    if (!item) return false
    this.#open.enter(resident, item)
    this.host.onEnter()
    return true
  }

  /** Closes what is open and shows the world; the camera stays where it is. */
  leave(): void {
    if (!this.#open.shown) return
    this.#open.close()
    this.host.onEnter()
  }

  /**
   * Makes ready for {@link facets} with taps.
   * @throws ShaderError when units cannot be drawn here
   */
  async prepareFacets(): Promise<void> {
    await this.host.whenReady()
    const { item } = this.#open
    try {
      if (item) await this.host.renderer()?.prepareTaps(item.network)
    } catch (error) {
      // It is made ready again with all the rest.
      if (!(error instanceof ContextLostError)) throw error
    }
  }

  /**
   * Takes the open network apart: units of it, or the head, each in its place, in a world of their own. They follow its weights
   * and its frame. null puts it together again; the camera is whoever's business laid them out.
   */
  get facets(): readonly Facet[] | null {
    return this.#open.facets
  }

  set facets(facets: readonly Facet[] | null) {
    this.#open.setFacets(facets)
  }

  /** Whose network is open; null for none, and for one that is no resident. */
  get entered(): Resident | null {
    return this.#open.shown?.resident ?? null
  }

  /**
   * Says what hangs in the world. Call it again when something of a resident has changed, such as its tap or its tone: nothing
   * else is needed, and nothing is compiled or uploaded.
   * @param isMoved whether places have changed: pictures of before are forgotten then
   */
  setResidents(residents: readonly Resident[], isMoved = false): void {
    this.#residents.set(residents)
    this.#open.followResident()
    if (!isMoved) return
    if (!this.#open.shown) this.host.onMoved()
    this.host.onChange()
  }

  /** The item of a resident; null while the renderer has not got it. */
  itemOf(resident: Resident): Item | null {
    return this.#residents.itemOf(resident)
  }

  /** The resident whose item the view refers to. */
  get nearest(): Resident | null {
    const item = nearestTo(this.#residents.items, this.host.camera())
    return item && this.#residents.residentOf(item)
  }

  /** More residents are on their way: until then no picture of the world counts as complete. */
  get isExpecting(): boolean {
    return !this.#open.shown && (this.#isExpecting || this.#residents.isPending)
  }

  set isExpecting(isExpecting: boolean) {
    this.#isExpecting = isExpecting
    this.host.requestFrame()
  }

  /** Changes the frame of what is shown. @returns whether that is seen as one picture, whose view it is then */
  setFrame(frame: Frame): boolean {
    if (!this.#open.item) return false
    this.#open.setFrame(frame)
    return this.#open.facets === null
  }

  /**
   * Puts other weights into the network that is shown; camera and frame stay.
   * @param before the network they are for: nothing happens when another one is shown by now
   * @param after of the same architecture
   * @returns whether `before` was shown
   * @throws UnsupportedError when the weights cannot be drawn here
   */
  updateNetwork(before: Network, after: Network): boolean {
    if (this.ownNetwork !== before) return false
    this.#open.setWeights(after, this.#folded(after))
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
    const folded = this.#folded(after)
    if (isAtOnce) this.host.hurry()
    this.#open.setSource(source, after, folded)
  }

  /**
   * Draws other weights in place of the open network's own, for a while: they come back by themselves when it is left, and
   * when another one is opened. A resident's are never touched.
   * @param own the network they stand in for: nothing happens when another one is open by now
   * @param overlay of the same architecture; null for its own weights
   * @param isAtOnce whether the next animation frame shows them, however coarsely
   * @returns whether `own` was open
   * @throws FormatError or UnsupportedError when the weights cannot be drawn here
   */
  showOverlay(own: Network, overlay: Network | null, isAtOnce = false): boolean {
    if (this.ownNetwork !== own) return false
    const folded = overlay && this.#folded(overlay)
    if (isAtOnce) this.host.hurry()
    this.#open.setOverlay(overlay && folded && { network: overlay, folded })
    return true
  }

  /** @throws UnsupportedError when a network's weights cannot be drawn here */
  check(network: Network): void {
    this.#folded(network)
  }

  /** Folds a network, and throws what the renderer would throw at it: also while that is away, and would fail when it comes back. */
  #folded(network: Network): FoldedNetwork {
    const folded = foldNetwork(network)
    this.host.check(folded)
    return folded
  }

  // Renderers come and go.

  /** Another renderer draws, or none does. */
  attach(renderer: Renderer | null): void {
    this.#residents.attach(renderer)
  }

  /** Gives a new renderer what is open, as LifecycleEvents.fill says. */
  async fill(renderer: Renderer, isWanted: () => boolean, takeOver: (take: () => void) => void): Promise<void> {
    // A file may be opened while its program compiles: what is shown at the end counts.
    for (;;) {
      const { shown } = this.#open
      const handle = shown && (await this.#open.addTo(renderer, shown))
      if (shown !== this.#open.shown && isWanted()) continue
      takeOver(() => this.#open.hold(handle))
      return
    }
  }

  /** What is open, seen alone; null where nothing is. Another object whenever anything of it is another. */
  get alone(): Shown | null {
    return this.#open.facets ? null : this.#open.shown
  }

  /** Gives another renderer what is open and seen alone. @returns what it draws there, and what makes it the one that draws */
  async copyTo(renderer: Renderer, shown: Shown): Promise<{ items: readonly Item[]; take: () => void }> {
    const handle = await this.#open.addTo(renderer, shown)
    return { items: [this.#open.itemIn(handle, shown)], take: () => this.#open.hold(handle) }
  }
}
