// Flights of the camera: smooth and efficient zooming and panning after van Wijk and Nuij (2003), out, over and in again, by
// d3-interpolate. A flight ends early when anything else moves the camera.

import { interpolateZoom } from 'd3-interpolate'
import { type Camera, sameCamera } from '../../world/camera.js'
import type { Viewer } from '../viewer.js'

/** Curvature: how far out a flight goes between two places. */
const RHO = 1.1
/** The package's types do not know of `rho`. */
const zoomPath = (interpolateZoom as typeof interpolateZoom & { rho: (rho: number) => typeof interpolateZoom }).rho(RHO)
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
    const path = zoomPath([from.x, from.y, width / from.scale], [target.x, target.y, width / target.scale])
    const durationMs = Math.min(MAX_MS, Math.max(MIN_MS, path.duration))
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
        const [x, y, span] = path(eased(time))
        last = { x, y, scale: width / span }
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
