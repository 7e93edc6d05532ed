// What a viewer asks of whoever sees to its renderer: one of its own, or its share of one that many viewers draw with.

import { UnsupportedError } from '../model/errors.js'
import type { FoldedNetwork } from '../model/fold.js'
import type { Item } from '../world/item.js'
import type { Scene } from '../world/scheduler.js'
import type { Renderer } from './renderer.js'
import type { ViewerStats } from './viewer-stats.js'

/** What the page shows of the renderer's health. */
export type RendererStatus =
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'failed'; readonly reason: string }

export interface LifecycleEvents {
  readonly onStatus: (status: RendererStatus) => void
  /** Batches may be done. */
  readonly onDone: () => void
  /**
   * Gives a new renderer what it is to draw.
   * @param isWanted whether it is still going to be used
   * @param takeOver called when it has got all there is; what it is given must be called when it is the one that draws, before anything else
   *   can happen: whatever is opened later comes to it by itself
   */
  readonly fill: (renderer: Renderer, isWanted: () => boolean, takeOver: (take: () => void) => void) => Promise<void>
  /** It draws from now on; null: nothing does, and the one that did is disposed of next. */
  readonly onAttach: (renderer: Renderer | null) => void
}

/** The view at rest, for a comparison. */
export interface ComparedView {
  readonly scene: Scene
  /** Puts it into another renderer. @returns what that draws of it, and what makes it the one that draws */
  readonly copyTo: (renderer: Renderer) => Promise<{ readonly items: readonly Item[]; readonly take: () => void }>
  /** Whether it is still the same. */
  readonly isSame: () => boolean
  /** Whether it is still the same, complete and at rest. */
  readonly isAtRest: () => boolean
}

export interface Lifecycle {
  /** What lies behind all pictures, in [0, 1]; may be written to: renderers look at it with every picture. */
  readonly background: [number, number, number]
  readonly status: RendererStatus
  /** What draws; null while there is nothing, or its context is lost. */
  readonly renderer: Renderer | null
  /** What is there, though its context may be lost: for what is kept in it by handle. */
  readonly holder: Renderer | null
  readonly figures: Pick<ViewerStats, 'renderer' | 'rendererNote' | 'liveObjects' | 'shader'>

  start(): void
  /** Tries once more after a failure. */
  retry(): void
  /** Gives up until somebody tries again. */
  fail(error: unknown): void
  dispose(): void

  /** @throws FormatError or UnsupportedError for weights that the renderer would refuse, also before it is there and while it is away */
  check(folded: FoldedNetwork): void
  /** Resolves when there is something to draw with; rejects with the reason when there is none. */
  whenReady(): Promise<void>

  /**
   * The renderer has worked.
   * @param perMs net evaluations a millisecond, as they are estimated by now
   */
  addWork(elapsedMs: number, perMs: number): void
  /** A picture of the whole view is complete, at some resolution. @param present shows it */
  retire(present: () => void): void
  /** Whether two renderers are to be compared on the first view that comes to rest. */
  readonly isComparisonDue: boolean
  compare(view: ComparedView): Promise<void>
}

const POLL_MS = 20

/** What {@link Lifecycle.whenReady} does. @param isDisposed whether nothing is going to draw any more */
export async function whenReady(lifecycle: Pick<Lifecycle, 'status'>, isDisposed: () => boolean): Promise<void> {
  while (lifecycle.status.kind !== 'ready') {
    if (lifecycle.status.kind === 'failed') throw new UnsupportedError(lifecycle.status.reason)
    if (isDisposed()) throw new UnsupportedError('the viewer was disposed')
    await new Promise(resolve => setTimeout(resolve, POLL_MS))
  }
}
