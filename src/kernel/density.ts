// How fine a picture is: pixels along the longer edge of its frame. Coherent pictures are worth it from some fineness on.

import type { Frame } from '../model/frame.js'
import type { Sampling } from '../model/view.js'

/** Pictures with fewer pixels along the longer edge of the frame gain little, and what is thinner than a block is missed. */
export const MIN_COHERENT_DENSITY = 640

/** How far from the net's a pixel that is put in between may be, roughly, in levels: of a still picture, and while the camera moves. */
export const STILL_TOLERANCE = 0.5
export const MOVING_TOLERANCE = 2

/** Pixels along the longer edge of the frame. */
export function densityOf({ x, y }: Frame, { stepX, stepY }: Sampling): number {
  return Math.max(Math.abs((x[1] - x[0]) / stepX), Math.abs((y[1] - y[0]) / stepY))
}
