// How far an edited network's picture is from the original's: both evaluated by the kernel over one grid of the frame, the
// difference as a picture. Only the newest question matters to the page; each is answered.

import { ColourDrawer } from '../../kernel/colours.js'
import { Evaluator } from '../../kernel/evaluator.js'
import { regionOfRows } from '../../kernel/region.js'
import { type FoldedNetwork, foldNetwork, shapeKey } from '../../model/fold.js'
import type { Frame } from '../../model/frame.js'
import type { Network } from '../../model/network.js'
import { levelOf } from '../../model/tone.js'
import { wholeFrame } from '../../model/view.js'
import { ERROR_GAIN } from '../../train/comparison-picture.js'
import { psnrOfMeanSquare } from '../../train/metrics.js'
import { lineOf } from '../messages.js'

export interface CompareRequest {
  /** Null: the original is the one of the request before. */
  readonly original: Network | null
  readonly edited: Network
  readonly frame: Frame
  /** Points of the grid, at the middles of equal pixels over the whole frame. */
  readonly width: number
  readonly height: number
}

export type CompareReply =
  | {
      readonly ok: true
      /** dB over all points and channels of the colours as they are shown, clamped and not rounded; Infinity for equal ones. */
      readonly psnr: number
      /** [height, width, 4]: the absolute difference of each channel, ERROR_GAIN times as bright; black is equal. */
      readonly rgba: Uint8ClampedArray<ArrayBuffer>
    }
  | { readonly ok: false; readonly reason: string }

let original: { readonly folded: FoldedNetwork; key: string; colours: Float32Array } | null = null
let evaluator: { readonly shape: string; readonly drawer: ColourDrawer } | null = null

self.addEventListener('message', ({ data }: MessageEvent<CompareRequest>) => {
  try {
    const { psnr, rgba } = compare(data)
    postMessage({ ok: true, psnr, rgba } satisfies CompareReply, { transfer: [rgba.buffer] })
  } catch (error) {
    const reason = lineOf(error)
    postMessage({ ok: false, reason } satisfies CompareReply, { transfer: [] })
  }
})

function compare(request: CompareRequest): { psnr: number; rgba: Uint8ClampedArray<ArrayBuffer> } {
  const { frame, width, height } = request
  const key = JSON.stringify([frame, width, height])
  if (request.original) original = { folded: foldNetwork(request.original), key: '', colours: new Float32Array() }
  if (!original) throw new Error('a comparison before there is an original')
  if (original.key !== key) {
    original.colours = coloursOf(original.folded, request).slice()
    original.key = key
  }
  const before = original.colours
  const after = coloursOf(foldNetwork(request.edited), request)
  const rgba = new Uint8ClampedArray(width * height * 4)
  let squares = 0
  for (let i = 0, to = 0; i < before.length; to++) {
    for (let channel = 0; channel < 3; channel++, i++, to++) {
      const error = after[i] - before[i]
      squares += error * error
      rgba[to] = levelOf(Math.min(1, ERROR_GAIN * Math.abs(error)))
    }
    rgba[to] = 255
  }
  return { psnr: psnrOfMeanSquare(squares / before.length), rgba }
}

/** Displayed colours [height * width, 3] over the whole frame; good until the next call. */
function coloursOf(folded: FoldedNetwork, { frame, width, height }: CompareRequest): Float32Array {
  const shape = shapeKey(folded)
  if (evaluator?.shape !== shape) evaluator = { shape, drawer: new ColourDrawer(new Evaluator(folded)) }
  else evaluator.drawer.evaluator.setNetwork(folded)
  const picture = { folded, frame, view: wholeFrame(frame), width, height, samples: 1 as const }
  return evaluator.drawer.draw(regionOfRows(picture, 0, height))
}
