// A net's whole picture as floats, to be measured against an image.

import type { FoldedNetwork } from '../model/fold.js'
import type { Frame } from '../model/frame.js'
import { type PictureSpec, referenceRows } from '../model/picture.js'
import { wholeFrame } from '../model/view.js'
import { ColourDrawer } from '../kernel/colours.js'
import { createEvaluator } from '../kernel/evaluator.js'
import { regionOfRows } from '../kernel/region.js'
import type { ImageSize, RgbImage } from './rgb-image.js'

// Rows that are drawn at a time.
const BAND_PIXELS = 65_536

/** The whole frame as the net shows it, clamped to [0, 1]: one sample a pixel, by the kernel where it takes the net. */
export function drawNetwork(folded: FoldedNetwork, frame: Frame, { width, height }: ImageSize): RgbImage {
  const spec: PictureSpec = { folded, frame, view: wholeFrame(frame), width, height, samples: 1 }
  const evaluator = createEvaluator(folded)
  const drawer = evaluator && new ColourDrawer(evaluator)
  const data = new Float32Array(width * height * 3)
  const band = Math.max(1, Math.floor(BAND_PIXELS / width))
  for (let row = 0; row < height; row += band) {
    const rows = Math.min(band, height - row)
    const colours = drawer ? drawer.draw(regionOfRows(spec, row, rows)) : referenceRows(spec, row, rows)
    data.set(colours, row * width * 3)
  }
  return { width, height, data }
}
