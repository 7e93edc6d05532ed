// The open network: the one that is seen alone, with all that it paints outside its frame, or taken apart into its units. Its item and
// the renderer's network are made anew from what is kept here whenever there is another renderer.

import { evaluationCost, type FoldedNetwork } from '../model/fold.js'
import { type Frame, frameAspect } from '../model/frame.js'
import type { Network } from '../model/network.js'
import { sameTap, sameTone } from '../model/tap.js'
import type { Rect } from '../world/camera.js'
import type { Item, NetworkHandle } from '../world/item.js'
import type { Camera } from '../world/camera.js'
import { layoutSingle } from '../world/layout.js'
import { nearestTo } from '../world/overview.js'
import type { StillAtlas } from '../world/stills.js'
import type { Renderer } from './renderer.js'
import { type Resident, type Residents, sourceOf, type WeightSource } from './residents.js'

/** One of many pictures of the open network: what is seen of it, and where that hangs. */
export type Facet = Pick<Item, 'rect' | 'tap' | 'tone'>

/** A network that is open, or is to be. */
export interface Shown {
  readonly network: Network
  readonly folded: FoldedNetwork
  readonly frame: Frame
  /** Where its frame hangs in the world; undefined for around the origin. */
  readonly rect?: Rect
  /** Whose network it is; null for one that is shown alone and gone when it is closed. */
  readonly resident: Resident | null
  /** What is drawn in place of its own weights: edited ones, or a moment of its film. */
  readonly overlay?: { readonly network: Network; readonly folded: FoldedNetwork }
}

const NOTHING: readonly Item[] = []

export class OpenNetwork {
  #shown: Shown | null = null
  /** The renderer's network of what is shown, where it is not a resident's. */
  #ownHandle: NetworkHandle | null = null
  /** Null while there is none that the renderer has. */
  #item: Item | null = null
  /** The item as a list, the same one as long as the item is the same. */
  #alone: readonly Item[] = NOTHING
  /** What it is taken apart into; null while it is seen as one picture. */
  #facets: readonly Facet[] | null = null
  #facetItems: readonly Item[] = NOTHING

  /**
   * @param renderer what draws just now; null for nothing
   * @param residents what hangs in the world: networks of theirs are opened, too
   * @param onChange called when another picture is to be drawn
   */
  constructor(
    private readonly renderer: () => Renderer | null,
    private readonly residents: Residents,
    private readonly stills: StillAtlas,
    private readonly onChange: () => void,
  ) {}

  get shown(): Shown | null {
    return this.#shown
  }

  /** What is drawn of it: its own weights, or those that lie over them. */
  get drawn(): Pick<Shown, 'network' | 'folded'> | null {
    return this.#shown?.overlay ?? this.#shown
  }

  get facets(): readonly Facet[] | null {
    return this.#facets
  }

  /** The whole picture; null while the renderer has not got it. */
  get item(): Item | null {
    return this.#item
  }

  /** What is to be drawn: the picture, or the units'. */
  get items(): readonly Item[] {
    return this.#facets ? this.#facetItems : this.#alone
  }

  /** What is under the centre of the view, or nearest to it. */
  itemAt(camera: Camera): Item | null {
    return this.#facets ? nearestTo(this.#facetItems, camera) : this.#item
  }

  /** Gives a renderer what is to be drawn. @throws as {@link Renderer.addNetwork} */
  async addTo(renderer: Renderer, shown: Shown): Promise<NetworkHandle> {
    const handle = await renderer.addNetwork((shown.overlay ?? shown).folded)
    if (this.#facets || shown.resident?.tap) await renderer.prepareTaps(handle)
    return handle
  }

  /** Its item in a renderer that has it under a handle. */
  itemIn(handle: NetworkHandle, shown: Shown): Item {
    const { folded, frame, rect, resident } = shown
    const { tap = null, tone = null } = resident ?? {}
    return layoutSingle(handle, frame, evaluationCost(folded, tap), rect, { tap, tone })
  }

  /** Shows what is open with a network of its own in the renderer; null while that has none. */
  hold(handle: NetworkHandle | null): void {
    this.#ownHandle = handle
    this.#setItem(this.#shown && handle !== null ? this.itemIn(handle, this.#shown) : null)
  }

  /** Opens a network in place of the one before. @param handle of the renderer; undefined while there is none */
  open(shown: Shown, handle?: NetworkHandle): void {
    if (handle !== undefined) this.#drop()
    this.#facets = null
    this.#shown = shown
    if (handle !== undefined) this.hold(handle)
    this.onChange()
  }

  /** Opens a resident. @param item what the renderer has of it */
  enter(resident: Resident, item: Item): void {
    this.#drop()
    this.#facets = null
    const { frame, rect } = resident
    const { network, folded } = sourceOf(resident)
    this.#shown = { network, folded, frame, rect, resident }
    this.#setItem(layoutSingle(item.network, frame, item.cost, rect, item))
    this.onChange()
  }

  close(): void {
    this.#drop()
    this.#facets = null
    this.#shown = null
    this.#setItem(null)
    this.onChange()
  }

  /** Takes it apart: units of it, or the head, each in its place. They follow its weights and its frame. null puts it together. */
  setFacets(facets: readonly Facet[] | null): void {
    if (!this.#shown || facets === this.#facets) return
    if (!facets && this.#item) this.stills.remove(this.#item.network)
    this.#facets = facets
    this.#hangFacets()
    this.onChange()
  }

  /** Changes its frame. The middle and the height of its place stay; its proportions may be others. */
  setFrame(frame: Frame): void {
    const shown = this.#shown
    if (!shown || !this.#item) return
    const { rect } = shown
    this.#shown = { ...shown, frame, rect: rect && reshape(rect, frame) }
    const { network, cost } = this.#item
    this.#setItem(layoutSingle(network, frame, cost, this.#shown.rect, this.#item))
    this.onChange()
  }

  /** Gives it other weights of its own; what lay over them is gone. */
  setWeights(network: Network, folded: FoldedNetwork): void {
    const shown = this.#shown
    if (!shown) return
    if (shown.resident) {
      const source = sourceOf(shown.resident)
      this.setSource(source, network, folded)
      const handle = this.residents.handleOf(source)
      if (handle !== null && !this.#facets) this.stills.outdate(handle)
      return
    }
    this.#shown = { ...shown, network, folded, overlay: undefined }
    this.#draw(folded)
  }

  /** Puts other weights into a source that residents show, the open one, perhaps, among them. */
  setSource(source: WeightSource, network: Network, folded: FoldedNetwork): void {
    Object.assign(source, { network, folded })
    const handle = this.residents.handleOf(source)
    if (handle !== null) this.stills.age(handle)
    this.residents.update(source, folded)
    const shown = this.#shown
    if (shown?.resident && sourceOf(shown.resident) === source) {
      this.#shown = { ...shown, network, folded, overlay: undefined }
      if (this.#ownHandle !== null) this.#draw(folded)
      else if (this.#item) this.#setItem({ ...this.#item })
    }
    this.onChange()
  }

  /** Draws other weights in place of its own; null for its own again. A resident's are never touched. */
  setOverlay(overlay: Shown['overlay'] | null): void {
    const shown = this.#shown
    if (!shown) return
    this.#shown = { ...shown, overlay: overlay ?? undefined }
    this.#draw((overlay ?? shown).folded)
  }

  /** Shows the open unit as its resident says by now. */
  followResident(): void {
    const { resident } = this.#shown ?? {}
    const item = this.#item
    if (!resident?.tap || !item) return
    const { tap, tone = null } = resident
    if (sameTap(tap, item.tap) && sameTone(tone, item.tone)) return
    this.#setItem({ ...item, tap, tone, cost: evaluationCost(sourceOf(resident).folded, tap) })
    this.onChange()
  }

  /** Gives the renderer other weights for it. */
  #draw(folded: FoldedNetwork): void {
    const renderer = this.renderer()
    if (renderer && this.#item) {
      const { network } = this.#item
      renderer.updateNetwork(network, folded)
      // Many stills at every change would keep the picture waiting: those of a moment ago will do.
      if (this.#facets) this.stills.age(network)
      this.#setItem({ ...this.#item })
    }
    this.onChange()
  }

  #setItem(item: Item | null): void {
    this.#item = item
    this.#alone = item ? [item] : NOTHING
    this.#hangFacets()
  }

  /** Makes the items of the facets: new ones with every change, by which pictures know it. */
  #hangFacets(): void {
    const { network, frame } = this.#item ?? {}
    const folded = this.drawn?.folded
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
    const { resident, overlay } = this.#shown ?? {}
    // The pictures that it was taken apart into hang nowhere else.
    if (this.#facets && this.#item) this.stills.remove(this.#item.network)
    if (this.#ownHandle !== null) this.renderer()?.removeNetwork(this.#ownHandle)
    else if (resident && overlay) {
      const source = sourceOf(resident)
      const handle = this.residents.handleOf(source)
      if (handle !== null) {
        this.renderer()?.updateNetwork(handle, source.folded)
        // Its still may have been asked for before the overlay, and made of it.
        this.stills.outdate(handle)
      }
    }
    this.#ownHandle = null
  }
}

/** A rectangle with a frame's proportions, as high and in the same place as another. */
export function reshape(rect: Rect, frame: Frame): Rect {
  const width = rect.height * frameAspect(frame)
  return { ...rect, x: rect.x + (rect.width - width) / 2, width }
}
