// The path of a flight: smooth and efficient zooming and panning after van Wijk and Nuij (2003, equations 9 to 11), out, over and in again. Written
// out because the usual form, log(sqrt(b^2 + 1) - b) and cosh r tanh(s + r) - sinh r, cancels to log(0) and to noise between
// cameras that are more than some 10^6 apart in scale; asinh, and the difference as one quotient, do not.

import type { Camera } from './camera.js'

export interface FlightPath {
  /** Length of the path in the paper's measure: about one for each change of the view by its own width, or by e. */
  readonly length: number
  /** The camera at a share of the path, in [0, 1]; exactly the two ends at its ends. */
  at(share: number): Camera
}

/** Curvature: how far out a flight goes between two places. */
const RHO = 1.1
const RHO2 = RHO * RHO
/** Nearer than this part of the smaller view, the path is a straight zoom. */
const NEAR = 1e-6

/** @param width of the viewport, pixels, above 0 */
export function flightPath(from: Camera, to: Camera, width: number): FlightPath {
  const [w0, w1] = [width / from.scale, width / to.scale]
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const distance = Math.hypot(dx, dy)
  const [length, between] =
    distance < NEAR * Math.min(w0, w1) ? straight(from, to, w0, w1) : curved(from, dx, dy, distance, w0, w1)
  return {
    length,
    at(share) {
      if (share <= 0) return from
      if (share >= 1) return to
      const { x, y, span } = between(share * length)
      return { x, y, scale: width / span }
    },
  }
}

/** The place and the width of the view, world units, at a length of the path. */
type Between = (s: number) => { readonly x: number; readonly y: number; readonly span: number }

function straight(from: Camera, to: Camera, w0: number, w1: number): [number, Between] {
  const logRatio = Math.log(w1 / w0)
  const length = Math.abs(logRatio) / RHO
  return [
    length,
    s => {
      const share = length > 0 ? s / length : 1
      return {
        x: from.x + share * (to.x - from.x),
        y: from.y + share * (to.y - from.y),
        span: w0 * Math.exp(share * logRatio),
      }
    },
  ]
}

function curved(from: Camera, dx: number, dy: number, distance: number, w0: number, w1: number): [number, Between] {
  const squares = (w1 - w0) * (w1 + w0)
  const rise = RHO2 * RHO2 * distance * distance
  const r0 = -Math.asinh((squares + rise) / (2 * w0 * RHO2 * distance))
  const r1 = -Math.asinh((squares - rise) / (2 * w1 * RHO2 * distance))
  return [
    (r1 - r0) / RHO,
    s => {
      const height = Math.cosh(RHO * s + r0)
      const moved = (w0 * Math.sinh(RHO * s)) / (RHO2 * distance * height)
      return { x: from.x + moved * dx, y: from.y + moved * dy, span: (w0 * Math.cosh(r0)) / height }
    },
  ]
}
