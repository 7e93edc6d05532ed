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
  /** As it is seen: the mean of 16 samples a pixel, at SEEN_OFFSETS, against `seen`. */
  readonly psnr: number
  /** One sample at each pixel's centre against `detail`. */
  readonly psnrDetail: number
}

/** A target that is trained on as it is seen. */
export function plainTarget(image: RgbImage): Target {
  return { detail: image, seen: image }
}

/** Samples along each edge of a pixel with which a net's picture is held against `seen`. */
export const SEEN_GRID = 4

/** Samples a pixel of that picture. */
export const SEEN_SAMPLES = SEEN_GRID ** 2

/**
 * Where these samples lie, offsets from the pixel's centre in pixels, x y x y ...: a regular grid, since what is measured is a
 * mean. (The multisample pattern of 16 that is drawn with lies 1/32 pixel off the middle: that alone would cap the measure near 41 dB.)
 * They are the centres of the pixels of a raster four times as fine, which `detail` is as a rule.
 */
export const SEEN_OFFSETS: readonly number[] = Array.from({ length: SEEN_GRID ** 2 }, (_, i) => [
  ((i % SEEN_GRID) + 0.5) / SEEN_GRID - 0.5,
  (Math.floor(i / SEEN_GRID) + 0.5) / SEEN_GRID - 0.5,
]).flat()
