// The residents of the world: networks that hang in it all the time, as the flags of a wall do, or the units of one network, which
// the renderer then holds once. This is what is known of them; what the renderer holds of each is a cache, made again when
// there is another renderer.

import type { DivergingTone } from '../model/diverging.js'
import { evaluationCost, type FoldedNetwork } from '../model/fold.js'
import type { Frame } from '../model/frame.js'
import type { Network } from '../model/network.js'
import { sameTap, sameTone, type Tap } from '../model/tap.js'
import type { Rect } from '../world/camera.js'
import type { Item, NetworkHandle } from '../world/item.js'
import { ContextLostError } from '../gpu/errors.js'
import type { Renderer } from './renderer.js'

/** Weights that the renderer holds once, whoever shows them. Compared by identity; they may change. */
export interface WeightSource {
  network: Network
  folded: FoldedNetwork
}

/** A network, or a unit of one, that hangs in the world. Compared by identity; its place, weights, tap and tone may change. */
export interface Resident extends WeightSource {
  frame: Frame
  rect: Rect
  /** The unit that is seen; none for the head. */
  tap?: Tap | null
  /** How the unit's values are coloured. */
  tone?: DivergingTone | null
  /** Whose weights are shown; none for its own, which are not looked at where there is one. May be a resident itself. */
  readonly source?: WeightSource
}

/** Whose weights a resident shows. */
export function sourceOf(resident: Resident): WeightSource {
  return resident.source ?? resident
}

// The page is told of new items this often while many come in.
const NEWS_MS = 120

export class Residents {
  #wanted: readonly Resident[] = []
  readonly #handles = new Map<WeightSource, NetworkHandle>()
  /** Those whose units the renderer can draw. */
  readonly #tapped = new Set<WeightSource>()
  #items: readonly Item[] = []
  /** The item of each, made anew only when something of it changes: pictures know items by identity. */
  #itemOf = new Map<Resident, Item>()
  #renderer: Renderer | null = null
  #isAdding = false

  /**
   * @param onChange there are other items now
   * @param onRemove a network is gone from the renderer
   * @param onRefused the renderer cannot hold one
   */
  constructor(
    private readonly events: {
      readonly onChange: () => void
      readonly onRemove: (network: NetworkHandle) => void
      readonly onRefused: (resident: Resident, error: Error) => void
    },
  ) {}

  /** All whose networks the renderer holds, in their order, bounded by their frames. */
  get items(): readonly Item[] {
    return this.#items
  }

  /** Whether there are more to come. */
  get isPending(): boolean {
    return this.#next() !== null
  }

  itemOf(resident: Resident): Item | null {
    return this.#itemOf.get(resident) ?? null
  }

  residentOf(item: Item): Resident | null {
    for (const [resident, own] of this.#itemOf) if (own === item) return resident
    return null
  }

  /** The renderer's network of a source; null while it has not got it. */
  handleOf(source: WeightSource): NetworkHandle | null {
    return this.#handles.get(source) ?? null
  }

  /** Gives the renderer other weights for a source, and all that show it new items. */
  update(source: WeightSource, folded: FoldedNetwork): void {
    const network = this.#handles.get(source)
    if (network === undefined) return
    this.#renderer?.updateNetwork(network, folded)
    for (const resident of this.#wanted) if (sourceOf(resident) === source) this.#itemOf.delete(resident)
    this.#update()
  }

  /** Says who lives there; call it again when rectangles, frames, taps, tones or weights have changed. */
  set(residents: readonly Resident[]): void {
    this.#wanted = residents
    const wanted = new Set(residents.map(sourceOf))
    for (const [source, network] of this.#handles) {
      if (wanted.has(source)) continue
      this.#handles.delete(source)
      this.#tapped.delete(source)
      this.#renderer?.removeNetwork(network)
      this.events.onRemove(network)
    }
    this.#update()
    void this.#add()
  }

  /** Gives the networks to another renderer; null while there is none. Handles of the one before are worth nothing. */
  attach(renderer: Renderer | null): void {
    this.#renderer = renderer
    this.#handles.clear()
    this.#tapped.clear()
    this.#itemOf.clear()
    this.#update()
    void this.#add()
  }

  async #add(): Promise<void> {
    if (this.#isAdding) return
    this.#isAdding = true
    let newsMs = 0
    try {
      for (let next = this.#next(); next; next = this.#next()) {
        const renderer = this.#renderer as Renderer
        const source = sourceOf(next)
        const known = this.#handles.get(source)
        let network = known
        const { folded } = source
        try {
          network ??= await renderer.addNetwork(folded)
          if (next.tap) await renderer.prepareTaps(network)
        } catch (error) {
          if (known === undefined && network !== undefined) renderer.removeNetwork(network)
          // Another renderer begins anew; a lost one is going to be taken away.
          if (renderer !== this.#renderer) continue
          if (error instanceof ContextLostError) return
          this.#refuse(source, error as Error)
          continue
        }
        if (renderer !== this.#renderer || this.#handles.get(source) !== known) continue
        if (!this.#wanted.some(resident => sourceOf(resident) === source)) {
          if (known === undefined) renderer.removeNetwork(network)
          continue
        }
        this.#handles.set(source, network)
        if (next.tap) this.#tapped.add(source)
        if (known === undefined && source.folded !== folded) renderer.updateNetwork(network, source.folded)
        if (performance.now() - newsMs < NEWS_MS) continue
        newsMs = performance.now()
        this.#update()
      }
    } finally {
      this.#isAdding = false
    }
    this.#update()
  }

  #next(): Resident | null {
    if (!this.#renderer) return null
    return this.#wanted.find(resident => !this.#isHeld(resident)) ?? null
  }

  /** Whether the renderer can draw what a resident shows. */
  #isHeld(resident: Resident): boolean {
    const source = sourceOf(resident)
    return this.#handles.has(source) && (!resident.tap || this.#tapped.has(source))
  }

  /** Drops all who show what the renderer cannot hold. */
  #refuse(source: WeightSource, error: Error): void {
    const refused = this.#wanted.filter(resident => sourceOf(resident) === source)
    this.#wanted = this.#wanted.filter(resident => sourceOf(resident) !== source)
    for (const resident of refused) this.events.onRefused(resident, error)
  }

  #update(): void {
    const before = this.#itemOf
    this.#itemOf = new Map()
    for (const resident of this.#wanted) {
      const source = sourceOf(resident)
      const network = this.#handles.get(source)
      if (network === undefined || !this.#isHeld(resident)) continue
      const known = before.get(resident)
      const { frame, rect, tap = null, tone = null } = resident
      const isSame =
        known?.network === network &&
        known.frame === frame &&
        known.rect === rect &&
        sameTap(known.tap, tap) &&
        sameTone(known.tone, tone)
      const cost = evaluationCost(source.folded, tap)
      this.#itemOf.set(resident, isSame ? known : { network, tap, tone, frame, rect, cost, unbounded: false })
    }
    const items = [...this.#itemOf.values()]
    if (items.length === this.#items.length && items.every((item, i) => item === this.#items[i])) return
    this.#items = items
    this.events.onChange()
  }
}
