// What a net is trained on, and what it is measured against: two rasters of one drawing, whose edges they share.

import type { RgbImage } from './rgb-image.js'

export interface Target {
  /** The drawing as finely as it is trained on. */
  readonly detail: RgbImage
  /** The picture as it is seen: at the width that was asked for, each pixel the mean of what it covers. */
  readonly seen: RgbImage
}

/** How near a net is to its target, dB, inference mode, clamped and not rounded. */
export interface Psnrs {
  /** As it is seen: SEEN_SAMPLES samples a pixel against `seen`. */
  readonly psnr: number
  /** One sample at each pixel's centre against `detail`. */
  readonly psnrDetail: number
}

/** A target that is trained on as it is seen. */
export function plainTarget(image: RgbImage): Target {
  return { detail: image, seen: image }
}

/** Samples a pixel with which a net's picture is held against `seen` (src/model/samples.ts has their places). */
export const SEEN_SAMPLES = 16
