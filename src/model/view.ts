// The View: which inputs the pixels of a W x H picture at a centre and a zoom stand for, as an affine map. Rows run
// from the top: pixel (c, r) has its centre at (c + 0.5, r + 0.5), and nothing flips here.

import { FormatError } from './errors.js'
import { type Frame, frameAspect } from './frame.js'

/** Centre in plane coordinates (before the order swap) and zoom; zoom 1 is the whole frame. */
export interface View {
  readonly x: number
  readonly y: number
  readonly zoom: number
}

/**
 * What a picture samples: pixel position (px, py), counted from the picture's centre, sees plane point
 * (x + px * stepX, y + py * stepY). Kept relative to the centre so that no digit is lost at any zoom.
 */
export interface Sampling {
  readonly x: number
  readonly y: number
  /** Plane units a pixel to the right, negative for a flipped frame. */
  readonly stepX: number
  /** Plane units a pixel down. */
  readonly stepY: number
}

/** The view that shows the whole frame. */
export function wholeFrame(frame: Frame): View {
  return { x: (frame.x[0] + frame.x[1]) / 2, y: (frame.y[0] + frame.y[1]) / 2, zoom: 1 }
}

/** The sampling of a width x height picture of the frame through a view. */
export function samplingOf(frame: Frame, view: View, width: number, height: number): Sampling {
  return {
    x: view.x,
    y: view.y,
    stepX: (frame.x[1] - frame.x[0]) / (width * view.zoom),
    stepY: (frame.y[1] - frame.y[0]) / (height * view.zoom),
  }
}

/**
 * Writes the net's inputs for a rectangle of pixels of a picture, in rows.
 * @param out [columns * rows, 2], written and returned: (first, second) in the frame's order
 * @param offsetX sample position inside the pixel, 0.5 its centre
 */
export function inputsOfPixels(
  out: Float64Array,
  sampling: Sampling,
  order: Frame['order'],
  size: { readonly width: number; readonly height: number },
  rect: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  offsetX = 0.5,
  offsetY = 0.5,
): Float64Array {
  const first = order === 'xy' ? 0 : 1
  let i = 0
  for (let row = rect.y; row < rect.y + rect.height; row++) {
    const y = sampling.y + (row + offsetY - size.height / 2) * sampling.stepY
    for (let column = rect.x; column < rect.x + rect.width; column++, i += 2) {
      out[i + first] = sampling.x + (column + offsetX - size.width / 2) * sampling.stepX
      out[i + 1 - first] = y
    }
  }
  return out
}

const DEFAULT_WIDTH = 640
/** Pixels an edge: more than any PNG viewer opens, less than a typo's worth of memory. */
export const MAX_PICTURE_EDGE = 65_536

/**
 * Completes a wanted picture size: a missing side follows from the frame's aspect, rounded, at least 1.
 * @throws FormatError when a side is not a whole number from 1 to 65,536
 */
export function pictureSize(frame: Frame, width?: number, height?: number): { width: number; height: number } {
  const aspect = frameAspect(frame)
  const w = width ?? (height === undefined ? DEFAULT_WIDTH : Math.max(1, Math.round(height * aspect)))
  const size = { width: w, height: height ?? Math.max(1, Math.round(w / aspect)) }
  for (const [name, side] of Object.entries(size))
    if (!Number.isInteger(side) || side < 1 || side > MAX_PICTURE_EDGE)
      throw new FormatError(`${name}: expected a whole number of pixels from 1 to ${MAX_PICTURE_EDGE}, got ${side}`)
  return size
}
