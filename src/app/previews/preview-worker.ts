// Draws small pictures of networks beside the page, by the kernel, and tells how far each is from the first of them.

import { ColourDrawer } from '../../kernel/colours.js'
import { createPointEvaluator } from '../../kernel/reference-evaluator.js'
import { regionOfRows } from '../../kernel/region.js'
import { type FoldedNetwork, foldNetwork, shapeKey } from '../../model/fold.js'
import type { Frame } from '../../model/frame.js'
import type { Network } from '../../model/network.js'
import { levelsOf } from '../../model/picture.js'
import type { SampleCount } from '../../model/samples.js'
import type { View } from '../../model/view.js'
import { psnrOfMeanSquare } from '../../train/metrics.js'
import { lineOf } from '../messages.js'

/** Pictures of one view, all of one size. */
export interface PreviewRequest {
  readonly networks: readonly Network[]
  readonly frame: Frame
  readonly view: View
  readonly width: number
  readonly height: number
  readonly samples: SampleCount
  /** Whether most pixels may be put in between where the picture is fine enough for that. */
  readonly isFast?: boolean
}

/** What a worker is asked: all rows of the pictures, or some. */
export interface PreviewOrder extends PreviewRequest {
  readonly rows: { readonly first: number; readonly count: number }
}

export interface Preview {
  readonly width: number
  readonly height: number
  /** [height, width, 4] levels. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>
  /**
   * To the first picture, dB: of the colours as they are shown, clamped and not rounded; Infinity for equal ones, NaN where it is not known: of
   * fast pictures, and of those that several workers drew.
   */
  readonly psnr: number
}

export type PreviewReply =
  { readonly ok: true; readonly previews: readonly Preview[] } | { readonly ok: false; readonly reason: string }

let evaluator: { readonly shape: string; readonly drawer: ColourDrawer } | null = null

self.addEventListener('message', ({ data }: MessageEvent<PreviewOrder>) => {
  try {
    const previews = draw(data)
    const transfer = previews.map(({ rgba }) => rgba.buffer)
    postMessage({ ok: true, previews } satisfies PreviewReply, { transfer })
  } catch (error) {
    postMessage({ ok: false, reason: lineOf(error) } satisfies PreviewReply, { transfer: [] })
  }
})

function draw(order: PreviewOrder): Preview[] {
  const { width, rows, isFast } = order
  const size = { width, height: rows.count }
  if (isFast)
    return order.networks.map(network => ({ ...size, rgba: pixelsOf(foldNetwork(network), order), psnr: NaN }))
  let first: Float32Array | null = null
  return order.networks.map(network => {
    const colours = coloursOf(foldNetwork(network), order)
    // What is drawn is good until the next one is.
    first ??= colours.slice()
    return { ...size, rgba: levelsOf(colours), psnr: psnrBetween(first, colours) }
  })
}

function psnrBetween(a: Float32Array, b: Float32Array): number {
  return psnrOfMeanSquare(a.reduce((sum, value, i) => sum + (b[i] - value) ** 2, 0) / a.length)
}

/** Displayed colours [rows * width, 3]; good until the next call. */
function coloursOf(folded: FoldedNetwork, order: PreviewOrder): Float32Array {
  return drawerOf(folded).draw(regionOfRows({ ...order, folded }, order.rows.first, order.rows.count))
}

/** Levels [rows, width, 4]. */
function pixelsOf(folded: FoldedNetwork, order: PreviewOrder): Uint8ClampedArray<ArrayBuffer> {
  return drawerOf(folded).drawPixels(regionOfRows({ ...order, folded }, order.rows.first, order.rows.count)).rgba
}

function drawerOf(folded: FoldedNetwork): ColourDrawer {
  const shape = shapeKey(folded)
  if (evaluator?.shape !== shape) evaluator = { shape, drawer: new ColourDrawer(createPointEvaluator(folded)) }
  else evaluator.drawer.evaluator.setNetwork(folded)
  return evaluator.drawer
}
