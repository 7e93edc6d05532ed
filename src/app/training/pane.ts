// A picture of pixels beside the net, seen through the same view: the target, and the difference. Close up its pixels are
// squares: that is what the net was told, and all of it.

import type { ImageSize } from '../../train/rgb-image.js'
import type { View } from '../../model/view.js'
import { cameraFromView, type Item, itemSampling } from '../../world/item.js'

// From here on a pixel of the picture is a square on the screen; below, its edges would be uneven.
const SQUARE_FROM = 3

export class Pane {
  /** To be put into the page. */
  readonly canvas = document.createElement('canvas')
  #picture: OffscreenCanvas | null = null
  #version = 0
  #drawn = ''

  /** Sets what is shown. @param rgba [height, width, 4] levels; null for nothing */
  setPicture(size: ImageSize, rgba: Uint8ClampedArray<ArrayBuffer> | null): void {
    this.#version++
    this.#picture = null
    if (!rgba) return
    const { width, height } = size
    this.#picture = new OffscreenCanvas(width, height)
    this.#picture.getContext('2d')?.putImageData(new ImageData(rgba, width, height), 0, 0)
  }

  /** Draws the picture where the view sees the plane's [-1, 1] x [-1, 1], if anything has changed. */
  draw(item: Item | null, view: View | null): void {
    const { canvas } = this
    const width = Math.round(canvas.clientWidth * devicePixelRatio)
    const height = Math.round(canvas.clientHeight * devicePixelRatio)
    const state = `${width} ${height} ${this.#version} ${JSON.stringify([view, item?.frame])}`
    if (state === this.#drawn) return
    this.#drawn = state
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
    const context = canvas.getContext('2d')
    if (!context) return
    context.clearRect(0, 0, width, height)
    if (!this.#picture || !item || !view || width === 0 || height === 0) return
    const { x, y, stepX, stepY } = itemSampling(item, cameraFromView(item, view, { width, height }))
    const across = overlap(x, stepX, width, this.#picture.width)
    const down = overlap(y, stepY, height, this.#picture.height)
    if (!across || !down) return
    context.save()
    // A frame may be mirrored.
    context.scale(across.sign, down.sign)
    context.imageSmoothingEnabled = across.length / across.sourceLength < SQUARE_FROM
    context.imageSmoothingQuality = 'high'
    context.drawImage(
      this.#picture,
      across.source,
      down.source,
      across.sourceLength,
      down.sourceLength,
      across.begin,
      down.begin,
      across.length,
      down.length,
    )
    context.restore()
  }
}

/** What an axis shows of a picture: a stretch of its pixels, and where that goes, in canvas pixels times the sign. */
interface Stretch {
  readonly source: number
  readonly sourceLength: number
  readonly begin: number
  readonly length: number
  readonly sign: 1 | -1
}

/**
 * Cuts a picture over [-1, 1] to a canvas, in float64: at a deep zoom the canvas would get its corners wrong.
 * @param centre plane coordinate of the canvas's middle
 * @param step plane units a canvas pixel, negative when mirrored
 */
function overlap(centre: number, step: number, canvasLength: number, pictureLength: number): Stretch | null {
  const perPixel = (Math.abs(step) * pictureLength) / 2
  const sign = step < 0 ? -1 : 1
  // Canvas positions times the sign, in which both axes run the same way.
  const [left, right] = sign > 0 ? [0, canvasLength] : [-canvasLength, 0]
  const middle = (sign * canvasLength) / 2
  const sourceAt = (position: number) => ((centre + 1) / 2) * pictureLength + (position - middle) * perPixel
  const source = Math.max(0, sourceAt(left))
  const sourceEnd = Math.min(pictureLength, sourceAt(right))
  if (sourceEnd <= source) return null
  const begin = left + (source - sourceAt(left)) / perPixel
  const sourceLength = sourceEnd - source
  return { source, sourceLength, begin, length: sourceLength / perPixel, sign }
}
