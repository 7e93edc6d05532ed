// The worker that does what a training needs of pictures besides the training itself: an image to its size, and the
// difference of net and target. One request at a time, each with one reply.

import type { Tensors } from '../../kernel/training.js'
import { MYSTERY_NET } from '../../model/architecture.js'
import { FormatError } from '../../model/errors.js'
import { levelOf } from '../../model/tone.js'
import type { Rgb } from '../../train/colour.js'
import { ERROR_GAIN } from '../../train/comparison-picture.js'
import { Inspector } from '../../train/inspector.js'
import { psnrOfMeanSquare } from '../../train/metrics.js'
import { resample } from '../../train/resample.js'
import type { ImageSize, RgbImage } from '../../train/rgb-image.js'

export type PictureRequest =
  | {
      readonly kind: 'resample'
      readonly bitmap: ImageBitmap
      readonly size: ImageSize
      readonly background: Rgb
    }
  /** Sets the target of the comparisons. */
  | { readonly kind: 'target'; readonly image: RgbImage }
  | { readonly kind: 'compare'; readonly tensors: Tensors }

/** A net against its target. */
export interface Difference extends ImageSize {
  /** [height, width, 4]: the absolute difference of each channel, ERROR_GAIN times as bright; black is equal. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>
  /** dB; NaN when a weight is no number. */
  readonly psnr: number
}

export interface PictureResults {
  readonly resample: RgbImage
  readonly target: null
  readonly compare: Difference
}

export type PictureReply =
  | { readonly ok: true; readonly result: PictureResults[PictureRequest['kind']] }
  | { readonly ok: false; readonly message: string; readonly isFormat: boolean }

let target: { readonly image: RgbImage; readonly inspector: Inspector } | null = null

self.addEventListener('message', ({ data }: MessageEvent<PictureRequest>) => {
  try {
    const result = answer(data)
    const transfer = result === null ? [] : 'rgba' in result ? [result.rgba.buffer] : [result.data.buffer]
    postMessage({ ok: true, result } satisfies PictureReply, { transfer })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    postMessage({ ok: false, message, isFormat: error instanceof FormatError } satisfies PictureReply)
  }
})

function answer(request: PictureRequest): PictureResults[PictureRequest['kind']] {
  switch (request.kind) {
    case 'resample':
      return resampleBitmap(request.bitmap, request.size, request.background)
    case 'target':
      target = { image: request.image, inspector: new Inspector(MYSTERY_NET, request.image) }
      return null
    case 'compare':
      return compare(request.tensors)
  }
}

// A canvas of the whole image may be larger than a browser allows; strips never are.
const STRIP_PIXELS = 2 ** 22

function resampleBitmap(bitmap: ImageBitmap, size: ImageSize, background: Rgb): RgbImage {
  const { width, height } = bitmap
  const rgba = new Uint8ClampedArray(width * height * 4)
  const rows = Math.max(1, Math.min(height, Math.floor(STRIP_PIXELS / width)))
  const canvas = new OffscreenCanvas(width, rows)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new FormatError(`${width} x ${height}: too large for this browser`)
  for (let top = 0; top < height; top += rows) {
    const count = Math.min(rows, height - top)
    context.clearRect(0, 0, width, rows)
    context.drawImage(bitmap, 0, -top)
    rgba.set(context.getImageData(0, 0, width, count).data, top * width * 4)
  }
  bitmap.close()
  return resample(rgba, { width, height }, size, background)
}

function compare(tensors: Tensors): Difference {
  if (!target) throw new Error('a comparison before there is a target')
  const { image, inspector } = target
  const { width, height, data } = image
  const rgba = new Uint8ClampedArray(width * height * 4)
  const rgb = inspector.evaluate(tensors)
  if (!rgb) return { width, height, rgba, psnr: Number.NaN }
  let squares = 0
  for (let i = 0, to = 0; i < data.length; to++) {
    for (let channel = 0; channel < 3; channel++, i++, to++) {
      const error = Math.min(1, Math.max(0, rgb[i])) - data[i]
      squares += error * error
      rgba[to] = levelOf(Math.min(1, ERROR_GAIN * Math.abs(error)))
    }
    rgba[to] = 255
  }
  return { width, height, rgba, psnr: psnrOfMeanSquare(squares / data.length) }
}
