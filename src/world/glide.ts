// Motion of the camera: whatever a gesture asks for is put into a pending movement, and every frame takes an
// exponentially falling share of it. A wheel notch eases, a released drag runs out, a key press slides: one mechanism.

import { type Camera, panBy, zoomAt } from './camera.js'

/** Movement that is still to be made: pixels of pan, and the logarithm of a zoom factor about a pixel. */
export interface Glide {
  readonly panX: number
  readonly panY: number
  readonly logZoom: number
  /** Counted from the viewport's centre. */
  readonly anchor: readonly [number, number]
}

export const REST: Glide = { panX: 0, panY: 0, logZoom: 0, anchor: [0, 0] }

/** The time in which a glide loses all but 1/e of itself. */
export const GLIDE_TAU_MS = 90
/** A released drag runs longer than a wheel notch: its pending pan is velocity times this. */
export const FLING_MS = 180

// Below these the rest is made at once: less than anybody sees.
const REST_PIXELS = 0.25
const REST_LOG_ZOOM = 5e-4

/** Whether there is nothing left to move. */
export function isAtRest(glide: Glide): boolean {
  return glide.panX === 0 && glide.panY === 0 && glide.logZoom === 0
}

/**
 * Advances the camera by the share of the glide that `elapsedMs` takes; `instant` takes all of it (reduced motion).
 */
export function stepGlide(
  camera: Camera,
  glide: Glide,
  elapsedMs: number,
  limits: { readonly minScale: number; readonly maxScale: number },
  instant: boolean,
): { camera: Camera; glide: Glide } {
  const isLast =
    instant || (Math.hypot(glide.panX, glide.panY) < REST_PIXELS && Math.abs(glide.logZoom) < REST_LOG_ZOOM)
  const share = isLast ? 1 : 1 - Math.exp(-elapsedMs / GLIDE_TAU_MS)
  let moved = camera
  if (glide.panX !== 0 || glide.panY !== 0) moved = panBy(moved, glide.panX * share, glide.panY * share)
  if (glide.logZoom !== 0) moved = zoomAt(moved, glide.anchor, Math.exp(glide.logZoom * share), limits)
  const left = 1 - share
  const rest = isLast
    ? REST
    : { ...glide, panX: glide.panX * left, panY: glide.panY * left, logZoom: glide.logZoom * left }
  return { camera: moved, glide: rest }
}
