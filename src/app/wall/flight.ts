// Flights of the camera, out, over and in again: see world/flight-path.ts. A flight ends early when anything else moves the
// camera.

import { type Camera, sameCamera } from '../../world/camera.js'
import { flightPath } from '../../world/flight-path.js'
import type { Viewer } from '../../draw/viewer.js'

/** For a path of length 1. */
const PACE_MS = 778
const MIN_MS = 250
const MAX_MS = 1600

export class Flight {
  #frame = 0
  /** Ends the flight under way; null while there is none. */
  #end: ((hasArrived: boolean) => void) | null = null

  constructor(private readonly viewer: Viewer) {}

  get isFlying(): boolean {
    return this.#end !== null
  }

  /**
   * Flies to a camera.
   * @returns whether it arrived; false when something else moved the camera meanwhile
   */
  to(target: Camera): Promise<boolean> {
    this.stop()
    const { viewer } = this
    const from = viewer.camera
    const { width } = viewer.viewport
    if (viewer.isInstant || width === 0 || sameCamera(from, target)) {
      viewer.move(target)
      return Promise.resolve(true)
    }
    const path = flightPath(from, target, width)
    const durationMs = Math.min(MAX_MS, Math.max(MIN_MS, PACE_MS * path.length))
    return new Promise(resolve => {
      let startMs: number | null = null
      let last = from
      const end = (hasArrived: boolean) => {
        if (this.#end === end) this.#end = null
        resolve(hasArrived)
      }
      this.#end = end
      const step = (nowMs: number) => {
        startMs ??= nowMs
        if (!sameCamera(viewer.camera, last)) {
          end(false)
          return
        }
        const time = Math.min(1, (nowMs - startMs) / durationMs)
        if (time === 1) {
          // Before the last move: whoever follows the camera then sees that the flight is over.
          end(true)
          viewer.move(target)
          return
        }
        last = path.at(eased(time))
        viewer.move(last)
        this.#frame = requestAnimationFrame(step)
      }
      this.#frame = requestAnimationFrame(step)
    })
  }

  /** Ends the flight under way where it is. */
  stop(): void {
    cancelAnimationFrame(this.#frame)
    this.#end?.(false)
  }
}

/** Slow at both ends. */
function eased(time: number): number {
  return time * time * (3 - 2 * time)
}
