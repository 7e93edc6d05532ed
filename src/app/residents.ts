// The residents of the world: networks that hang in it all the time, as the flags of a wall do. This is what is known of them;
// what the renderer holds of each is a cache, made again when there is another renderer.

import { evaluationCost, type FoldedNetwork } from '../model/fold.js'
import type { Frame } from '../model/frame.js'
import type { Network } from '../model/network.js'
import type { Rect } from '../world/camera.js'
import type { Item, NetworkHandle } from '../world/item.js'
import { ContextLostError } from '../gpu/errors.js'
import type { Renderer } from './drawing/renderer.js'

/** A network that hangs in the world. Compared by identity; its place and weights may change. */
export interface Resident {
  network: Network
  folded: FoldedNetwork
  frame: Frame
  rect: Rect
}

// The page is told of new items this often while many come in.
const NEWS_MS = 120

export class Residents {
  #wanted: readonly Resident[] = []
  readonly #handles = new Map<Resident, NetworkHandle>()
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
    return this.#renderer !== null && this.#handles.size < this.#wanted.length
  }

  itemOf(resident: Resident): Item | null {
    return this.#itemOf.get(resident) ?? null
  }

  residentOf(item: Item): Resident | null {
    for (const [resident, own] of this.#itemOf) if (own === item) return resident
    return null
  }

  /** Says who lives there; call it again when rectangles, frames or weights have changed. */
  set(residents: readonly Resident[]): void {
    this.#wanted = residents
    const wanted = new Set(residents)
    for (const [resident, network] of this.#handles) {
      if (wanted.has(resident)) continue
      this.#handles.delete(resident)
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
        let network: NetworkHandle
        const { folded } = next
        try {
          network = await renderer.addNetwork(folded)
        } catch (error) {
          // Another renderer begins anew; a lost one is going to be taken away.
          if (renderer !== this.#renderer) continue
          if (error instanceof ContextLostError) return
          const refused = next
          this.#wanted = this.#wanted.filter(resident => resident !== refused)
          this.events.onRefused(refused, error as Error)
          continue
        }
        if (renderer !== this.#renderer) continue
        if (!this.#wanted.includes(next)) {
          renderer.removeNetwork(network)
          continue
        }
        this.#handles.set(next, network)
        if (next.folded !== folded) renderer.updateNetwork(network, next.folded)
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
    return this.#wanted.find(resident => !this.#handles.has(resident)) ?? null
  }

  #update(): void {
    const before = this.#itemOf
    this.#itemOf = new Map()
    for (const resident of this.#wanted) {
      const network = this.#handles.get(resident)
      if (network === undefined) continue
      const known = before.get(resident)
      const { frame, rect } = resident
      const isSame = known?.network === network && known.frame === frame && known.rect === rect
      this.#itemOf.set(
        resident,
        isSame ? known : { network, frame, rect, cost: evaluationCost(resident.folded), unbounded: false },
      )
    }
    const items = [...this.#itemOf.values()]
    if (items.length === this.#items.length && items.every((item, i) => item === this.#items[i])) return
    this.#items = items
    this.events.onChange()
  }
}
