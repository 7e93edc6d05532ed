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

/**
 * The whole frame as the net shows it, clamped to [0, 1], by the kernel where it takes the net.
 * @param grid samples along each edge of a pixel, evenly spaced, of which its colour is the mean
 */
export function drawNetwork(folded: FoldedNetwork, frame: Frame, { width, height }: ImageSize, grid = 1): RgbImage {
  const [fineWidth, fineHeight] = [width * grid, height * grid]
  const spec: PictureSpec = {
    folded,
    frame,
    view: wholeFrame(frame),
    width: fineWidth,
    height: fineHeight,
    samples: 1,
  }
  const evaluator = createEvaluator(folded)
  const drawer = evaluator && new ColourDrawer(evaluator)
  const data = new Float32Array(width * height * 3)
  const band = Math.max(1, Math.floor(BAND_PIXELS / fineWidth / grid))
  for (let row = 0; row < height; row += band) {
    const rows = Math.min(band, height - row)
    const region = [spec, row * grid, rows * grid] as const
    const colours = drawer ? drawer.draw(regionOfRows(...region)) : referenceRows(...region)
    data.set(grid === 1 ? colours : meansOf(colours, fineWidth, grid), row * width * 3)
  }
  return { width, height, data }
}

/** The means of squares of grid x grid pixels. @param rgb rows of `width` pixels, a multiple of `grid` of both */
function meansOf(rgb: ArrayLike<number>, width: number, grid: number): Float64Array {
  const means = new Float64Array(rgb.length / grid ** 2)
  const outWidth = width / grid
  for (let i = 0; i < rgb.length; i++) {
    const pixel = Math.floor(i / 3)
    const column = Math.floor((pixel % width) / grid)
    const row = Math.floor(Math.floor(pixel / width) / grid)
    means[3 * (row * outWidth + column) + (i % 3)] += rgb[i] / grid ** 2
  }
  return means
}
