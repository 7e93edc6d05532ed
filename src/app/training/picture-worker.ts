// The worker that does what a training needs of pictures besides the training itself: an image to the rasters of a target,
// the difference of net and target, and how large it is. One request at a time, each with one reply.

import type { Tensors } from '../../kernel/training.js'
import type { Architecture } from '../../model/architecture.js'
import { FormatError } from '../../model/errors.js'
import { DEFAULT_FRAME } from '../../model/frame.js'
import { levelOf } from '../../model/tone.js'
import type { Rgb } from '../../train/colour.js'
import { ERROR_GAIN } from '../../train/comparison-picture.js'
import { foldTensors } from '../../train/inference.js'
import { psnrOf } from '../../train/metrics.js'
import { drawNetwork } from '../../train/network-picture.js'
import { drawSeen } from '../../train/quality.js'
import { rememberPicture } from '../../train/remember.js'
import type { ImageSize } from '../../train/rgb-image.js'
import type { Psnrs, Target } from '../../train/target.js'
import type { TargetSizes } from '../../train/target-size.js'
import { lineOf } from '../messages.js'
import { type LoadedTarget, targetOfBitmap } from './bitmap-target.js'

/** A net as its trainer has it. */
interface TrainedNet {
  readonly architecture: Architecture
  readonly tensors: Tensors
}

export type PictureRequest =
  | {
      readonly kind: 'resample'
      readonly bitmap: ImageBitmap
      readonly sizes: TargetSizes
      readonly background: Rgb
    }
  /** Sets the target of the comparisons. */
  | { readonly kind: 'target'; readonly target: Target }
  | ({ readonly kind: 'compare' } & TrainedNet)
  | ({ readonly kind: 'remember' } & TrainedNet)

/** A net against its target. The PSNRs, dB, are those of `vexel compare`; NaN when a weight is no number. */
export interface Difference extends ImageSize, Psnrs {
  /** [height, width, 4], of the detail: the absolute difference of each channel, ERROR_GAIN times as bright; black is equal. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>
}

export interface PictureResults {
  readonly resample: LoadedTarget
  readonly target: null
  readonly compare: Difference
  readonly remember: Tensors
}

export type PictureReply =
  | { readonly ok: true; readonly result: PictureResults[PictureRequest['kind']] }
  | { readonly ok: false; readonly message: string; readonly isFormat: boolean }

let target: Target | null = null

self.addEventListener('message', ({ data }: MessageEvent<PictureRequest>) => {
  try {
    const result = answer(data)
    const transfer = result === null ? [] : buffersOf(result)
    postMessage({ ok: true, result } satisfies PictureReply, { transfer })
  } catch (error) {
    const message = lineOf(error)
    postMessage({ ok: false, message, isFormat: error instanceof FormatError } satisfies PictureReply)
  }
})

function answer(request: PictureRequest): PictureResults[PictureRequest['kind']] {
  switch (request.kind) {
    case 'resample':
      return targetOfBitmap(request.bitmap, request.sizes, request.background)
    case 'target':
      target = request.target
      return null
    case 'compare':
      return compare(request)
    case 'remember':
      return rememberPicture(request.architecture, request.tensors, targetOf(target).detail)
  }
}

function buffersOf(result: LoadedTarget | Difference | Tensors): ArrayBuffer[] {
  if ('rgba' in result) return [result.rgba.buffer]
  if ('isTransparent' in result) {
    const { detail, seen } = (result as LoadedTarget).target
    return [...new Set([detail.data.buffer, seen.data.buffer])]
  }
  return []
}

function targetOf(known: Target | null): Target {
  if (!known) throw new Error('a net before there is a target')
  return known
}

function compare({ architecture, tensors }: TrainedNet): Difference {
  const { detail, seen } = targetOf(target)
  const { width, height } = detail
  const rgba = new Uint8ClampedArray(width * height * 4)
  const folded = foldTensors(architecture, tensors)
  if (!folded) return { width, height, rgba, psnr: Number.NaN, psnrDetail: Number.NaN }
  const picture = drawNetwork(folded, DEFAULT_FRAME, detail)
  for (let i = 0, to = 0; i < picture.data.length; to++) {
    for (let channel = 0; channel < 3; channel++, i++, to++)
      rgba[to] = levelOf(Math.min(1, ERROR_GAIN * Math.abs(picture.data[i] - detail.data[i])))
    rgba[to] = 255
  }
  const psnr = psnrOf(drawSeen(folded, DEFAULT_FRAME, seen), seen)
  return { width, height, rgba, psnr, psnrDetail: psnrOf(picture, detail) }
}
