// What a drawing worker does: holds the kernel with every network there is, and evaluates regions one after the other.

import type { DrawnRegion, Region } from '../kernel/region.js'
import type { FoldedNetwork } from '../model/fold.js'
import type { NetworkHandle } from '../world/item.js'
import { loadDrawingKernel } from '../kernel/relaxed.js'
import { KernelDrawers } from './kernel-drawers.js'

export type TileRequest =
  /** Adds a network or replaces it by another; answered. */
  | { readonly kind: 'set'; readonly network: NetworkHandle; readonly folded: FoldedNetwork }
  | { readonly kind: 'remove'; readonly network: NetworkHandle }
  /** Answered. */
  | { readonly kind: 'draw'; readonly network: NetworkHandle; readonly region: Region }

/** One for each request that is answered, in their order. */
export type TileReply =
  { readonly ok: true; readonly drawn: DrawnRegion | null } | { readonly ok: false; readonly reason: string }

const networks = new Map<NetworkHandle, FoldedNetwork>()

/** Makes this thread a drawing worker. */
export function answerTileRequests(): void {
  const loading = loadDrawingKernel().then(kernel => new KernelDrawers(kernel))
  let drawers: KernelDrawers | null = null
  self.addEventListener('message', ({ data: request }: MessageEvent<TileRequest>) => {
    if (drawers) reply(drawers, request)
    // In the order in which they came: so a promise calls back who waits for it.
    else
      void loading.then(loaded => {
        drawers = loaded
        reply(loaded, request)
      })
  })
}

function reply(drawers: KernelDrawers, request: TileRequest): void {
  try {
    const drawn = answer(drawers, request)
    if (drawn === undefined) return
    postMessage({ ok: true, drawn } satisfies TileReply, { transfer: drawn ? [drawn.rgba.buffer] : [] })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    postMessage({ ok: false, reason } satisfies TileReply, { transfer: [] })
  }
}

function answer(drawers: KernelDrawers, request: TileRequest): DrawnRegion | null | undefined {
  switch (request.kind) {
    case 'set':
      drawers.check(request.folded)
      networks.set(request.network, request.folded)
      return null
    case 'remove':
      networks.delete(request.network)
      return undefined
    case 'draw': {
      const folded = networks.get(request.network)
      // It was removed before: whoever asked, a timing of the renderer for instance, has no use for the piece any more.
      return folded ? drawers.draw(folded, request.region) : null
    }
  }
}
