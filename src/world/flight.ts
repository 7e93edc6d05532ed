// A flight as a motion in time: along its path, slow at both ends, the longer the path the longer, within limits.

import { type Camera, sameCamera } from './camera.js'
import { flightPath } from './flight-path.js'

/** For a path of length 1. */
const PACE_MS = 778
const MIN_MS = 250
const MAX_MS = 1600

export interface Flight {
  readonly target: Camera
  readonly durationMs: number
  /** The camera so long after the start; exactly the target from `durationMs` on. */
  at(elapsedMs: number): Camera
}

/** @param width of the viewport, pixels; without one, and from the target itself, the flight takes no time */
export function createFlight(from: Camera, target: Camera, width: number): Flight {
  if (width === 0 || sameCamera(from, target)) return { target, durationMs: 0, at: () => target }
  const path = flightPath(from, target, width)
  const durationMs = Math.min(MAX_MS, Math.max(MIN_MS, PACE_MS * path.length))
  return { target, durationMs, at: elapsedMs => path.at(eased(Math.min(1, elapsedMs / durationMs))) }
}

/** Slow at both ends. */
function eased(time: number): number {
  return time * time * (3 - 2 * time)
}
