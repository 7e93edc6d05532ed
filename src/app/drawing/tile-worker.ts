// The drawing worker: holds the kernel with every network there is, and evaluates regions one after the other.

import { ColourDrawer } from '../../kernel/colours.js'
import { Evaluator } from '../../kernel/evaluator.js'
import type { Region } from '../../kernel/region.js'
import type { FoldedNetwork } from '../../model/fold.js'
import { levelOf } from '../../model/tone.js'
import type { NetworkHandle } from '../../world/item.js'

export type TileRequest =
  /** Adds a network or replaces it by another; answered. */
  | { readonly kind: 'set'; readonly network: NetworkHandle; readonly folded: FoldedNetwork }
  | { readonly kind: 'remove'; readonly network: NetworkHandle }
  /** Answered. */
  | { readonly kind: 'draw'; readonly network: NetworkHandle; readonly region: Region }

/** One for each request that is answered, in their order. */
export type TileReply =
  | { readonly ok: true; readonly rgba: Uint8ClampedArray<ArrayBuffer> | null }
  | { readonly ok: false; readonly reason: string }

const networks = new Map<NetworkHandle, FoldedNetwork>()

/** A kernel holds one network of its architecture at a time: hundreds of nets would be hundreds of memories. */
interface Station {
  readonly evaluator: Evaluator
  readonly drawer: ColourDrawer
  /** What it holds. */
  folded: FoldedNetwork
}

const stations = new Map<string, Station>()

self.addEventListener('message', ({ data: request }: MessageEvent<TileRequest>) => {
  try {
    const rgba = answer(request)
    if (rgba !== undefined) postMessage({ ok: true, rgba } satisfies TileReply, { transfer: rgba ? [rgba.buffer] : [] })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    postMessage({ ok: false, reason } satisfies TileReply, { transfer: [] })
  }
})

function answer(request: TileRequest): Uint8ClampedArray<ArrayBuffer> | null | undefined {
  switch (request.kind) {
    case 'set':
      stationOf(request.folded)
      networks.set(request.network, request.folded)
      return null
    case 'remove':
      networks.delete(request.network)
      return undefined
    case 'draw': {
      const folded = networks.get(request.network)
      // It was removed before: whoever asked, a timing of the renderer for instance, has no use for the piece any more.
      if (!folded) return null
      return opaqueOf(stationOf(folded).drawer.draw(request.region))
    }
  }
}

/** A kernel that holds the network. */
function stationOf(folded: FoldedNetwork): Station {
  const key = folded.layers.map(({ inDim, outDim, gelu }) => `${inDim},${outDim},${gelu}`).join(' ')
  let station = stations.get(key)
  if (!station) {
    const evaluator = new Evaluator(folded)
    station = { evaluator, drawer: new ColourDrawer(evaluator), folded }
    stations.set(key, station)
  } else if (station.folded !== folded) {
    station.evaluator.setNetwork(folded)
    station.folded = folded
  }
  return station
}

/** Rounds colours [n, 3] to RGBA8 [n, 4]. */
function opaqueOf(colours: Float32Array): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray((colours.length / 3) * 4)
  for (let from = 0, to = 0; from < colours.length; from += 3, to += 4) {
    rgba[to] = levelOf(colours[from])
    rgba[to + 1] = levelOf(colours[from + 1])
    rgba[to + 2] = levelOf(colours[from + 2])
    rgba[to + 3] = 255
  }
  return rgba
}
