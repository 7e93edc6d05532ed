// How near a net is to a target, as files, manifests and people are told it: both measures on all pixels, in inference mode.
// What a training takes on its way is a part of that: gauge.ts.

import type { FoldedNetwork } from '../model/fold.js'
import type { Frame } from '../model/frame.js'
import { type Comparison, compareImages } from './metrics.js'
import { drawNetwork } from './network-picture.js'
import type { ImageSize, RgbImage } from './rgb-image.js'
import { type Psnrs, SEEN_GRID, SEEN_SAMPLES, type Target } from './target.js'

/** Both measures. */
export interface Quality extends Psnrs {
  /** Mean structural similarity as it is seen, and at the pixels' centres of the detail. */
  readonly ssim: number
  readonly ssimDetail: number
}

/** The net's picture as it is seen, at a size. */
export function drawSeen(folded: FoldedNetwork, frame: Frame, size: ImageSize): RgbImage {
  return drawNetwork(folded, frame, size, SEEN_GRID)
}

/** How near a net is to what it was trained on, one sample at each pixel's centre. */
export function compareDetail(folded: FoldedNetwork, frame: Frame, { detail }: Pick<Target, 'detail'>): Comparison {
  return compareImages(drawNetwork(folded, frame, detail), detail)
}

/** Measures a net against a target. NaN where the net overflows inside its frame. */
export function measureQuality(folded: FoldedNetwork, frame: Frame, target: Target): Quality {
  const seen = compareImages(drawSeen(folded, frame, target.seen), target.seen)
  const detail = compareDetail(folded, frame, target)
  return { psnr: seen.psnr, ssim: seen.ssim, psnrDetail: detail.psnr, ssimDetail: detail.ssim }
}

/** As in `45.60 dB at 320 x 168 with 16 samples a pixel, 37.10 dB at 1280 x 672`. */
export function tellQuality({ psnr, psnrDetail }: Psnrs, { seen, detail }: TargetSizesOf): string {
  return `${decibels(psnr)} at ${sizeText(seen)} with ${SEEN_SAMPLES} samples a pixel, ${decibels(psnrDetail)} at ${sizeText(detail)}`
}

type TargetSizesOf = { readonly [raster in keyof Target]: ImageSize }

function decibels(psnr: number): string {
  return psnr === Number.POSITIVE_INFINITY ? 'infinite' : `${psnr.toFixed(2)} dB`
}

function sizeText({ width, height }: ImageSize): string {
  return `${width} x ${height}`
}
