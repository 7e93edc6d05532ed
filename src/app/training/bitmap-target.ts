// From an image that the browser has decoded to the rasters of a target. The largest image has 256 MB of pixels, and it is there once, in
// the browser's bitmap: what is read of it is a strip at a time.

import { FormatError } from '../../model/errors.js'
import type { Rgb } from '../../train/colour.js'
import { resampleRows } from '../../train/resample.js'
import type { ImageSize } from '../../train/rgb-image.js'
import { plainTarget, type Target } from '../../train/target.js'
import type { TargetSizes } from '../../train/target-size.js'

/** What a picture is to be learned as. */
export interface LoadedTarget {
  readonly target: Target
  /** Whether the background is seen in it. */
  readonly isTransparent: boolean
}

/** 16 MB. A canvas of the whole image may also be larger than a browser allows. */
const STRIP_PIXELS = 2 ** 22

/**
 * Makes the rasters of a target. The bitmap is used up.
 * @param background under transparent parts
 * @throws FormatError when the browser has no canvas for it
 */
export function targetOfBitmap(bitmap: ImageBitmap, { detail, seen }: TargetSizes, background: Rgb): LoadedTarget {
  const plainRowAt = rowsOf(bitmap)
  let isTransparent = false
  const rowAt = (y: number) => {
    const row = plainRowAt(y)
    isTransparent ||= isSeenThrough(row)
    return row
  }
  const raster = (size: ImageSize) => resampleRows(rowAt, bitmap, size, background)
  try {
    if (detail.width === seen.width && detail.height === seen.height) {
      const target = plainTarget(raster(seen))
      return { target, isTransparent }
    }
    const target = { detail: raster(detail), seen: raster(seen) }
    return { target, isTransparent }
  } finally {
    bitmap.close()
  }
}

/** Whether a row [width, 4] has a pixel that is not opaque. */
function isSeenThrough(row: Uint8ClampedArray): boolean {
  for (let i = 3; i < row.length; i += 4) if (row[i] < 255) return true
  return false
}

/** Reads rows [width, 4], alpha not multiplied in; fast where they are asked for in turn. */
function rowsOf(bitmap: ImageBitmap): (y: number) => Uint8ClampedArray {
  const { width, height } = bitmap
  const stripRows = Math.max(1, Math.min(height, Math.floor(STRIP_PIXELS / width)))
  const canvas = new OffscreenCanvas(width, stripRows)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new FormatError(`${width} x ${height}: too large for this browser`)
  let strip = { top: 0, levels: new Uint8ClampedArray() }
  return y => {
    const top = y - (y % stripRows)
    if (strip.levels.length === 0 || strip.top !== top) {
      context.clearRect(0, 0, width, stripRows)
      context.drawImage(bitmap, 0, -top)
      strip = { top, levels: context.getImageData(0, 0, width, stripRows).data }
    }
    return strip.levels.subarray((y - top) * width * 4, (y - top + 1) * width * 4)
  }
}
