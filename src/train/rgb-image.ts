// The picture a net is trained on and compared with, and the size it takes. Where its pixels come from (resample.ts) and
// what is measured on them (metrics.ts) is told there.

import { FormatError } from '../model/errors.js'

/** A picture in floats. */
export interface RgbImage {
  readonly width: number
  readonly height: number
  /** Values [height, width, 3], sRGB-encoded channels in [0, 1], row 0 at the top. */
  readonly data: Float32Array<ArrayBuffer>
}

/** The size of a picture in pixels. */
export interface ImageSize {
  readonly width: number
  readonly height: number
}

/** What a target is wide when nobody says otherwise. */
export const DEFAULT_TARGET_WIDTH = 320

/** Pixels an edge of a target: far more than a net of 6,675 numbers can hold, and 200 MB in floats. */
export const MAX_TARGET_EDGE = 4096

/**
 * The size of an image scaled to a width, its proportions kept: the height is rounded, at least 1.
 * @param width of the image, in any unit (those of an SVG need not be whole), as `height`
 * @param targetWidth in pixels
 * @throws FormatError when an edge would be no whole number from 1 to 4096
 */
export function targetSize(width: number, height: number, targetWidth: number): ImageSize {
  return checkTargetSize(targetWidth, Math.max(1, Math.round((targetWidth * height) / width)))
}

/**
 * Checks a size that an image is to be trained on or compared at.
 * @throws FormatError when an edge is no whole number from 1 to 4096
 */
export function checkTargetSize(width: number, height: number): ImageSize {
  if (!isEdge(width) || !isEdge(height))
    throw new FormatError(`size: expected edges of 1 to ${MAX_TARGET_EDGE} pixels, got ${width} x ${height}`)
  return { width, height }
}

function isEdge(pixels: number): boolean {
  return Number.isInteger(pixels) && pixels >= 1 && pixels <= MAX_TARGET_EDGE
}

/** A raster of about the same proportions with at most so many pixels. */
export function coarserThan({ width, height }: ImageSize, pixels: number): ImageSize {
  const factor = Math.min(1, Math.sqrt(pixels / (width * height)))
  return { width: Math.max(1, Math.floor(width * factor)), height: Math.max(1, Math.floor(height * factor)) }
}
