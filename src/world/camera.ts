// The camera over the world, in float64: plain numbers and plain arrays only, because gl-matrix's own arrays are
// float32. World and pixels both have y downwards; y flips once, in shaders/present.frag.glsl, where pictures go to the canvas.

import { mat2d, vec2 } from 'gl-matrix'

/** World point under the viewport's centre, and drawing-buffer pixels a world unit. */
export interface Camera {
  readonly x: number
  readonly y: number
  readonly scale: number
}

/** Drawing-buffer pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** A rectangle in the space its user names; x, y is the top left corner. */
export interface Rect extends Size {
  readonly x: number
  readonly y: number
}

/** gl-matrix's 2x3 affine matrix [a b c d tx ty] as a plain float64 array. */
export type Affine = [number, number, number, number, number, number]

/** The map from world to pixels of the viewport. */
export function pixelFromWorld(camera: Camera, viewport: Size): Affine {
  const out: Affine = [1, 0, 0, 1, viewport.width / 2, viewport.height / 2]
  mat2d.scale(out, out, [camera.scale, camera.scale])
  mat2d.translate(out, out, [-camera.x, -camera.y])
  return out
}

/** The map from pixels of the viewport to the world. */
export function worldFromPixel(camera: Camera, viewport: Size): Affine {
  // Composed rather than inverted: the inverse of a matrix with a translation of 1e9 pixels would round to 1e-7.
  const out: Affine = [1, 0, 0, 1, camera.x, camera.y]
  mat2d.scale(out, out, [1 / camera.scale, 1 / camera.scale])
  mat2d.translate(out, out, [-viewport.width / 2, -viewport.height / 2])
  return out
}

/** Applies an affine map to a point. */
export function transformPoint(map: Affine, x: number, y: number): [number, number] {
  const out: [number, number] = [0, 0]
  vec2.transformMat2d(out, [x, y], map)
  return out
}

/** Moves the picture by (dx, dy) pixels: the world follows the finger. */
export function panBy(camera: Camera, dx: number, dy: number): Camera {
  return { ...camera, x: camera.x - dx / camera.scale, y: camera.y - dy / camera.scale }
}

/**
 * Multiplies the scale, clamped to [minScale, maxScale], with the world point under `pixel` staying there.
 * @param pixel position counted from the viewport's centre
 */
export function zoomAt(
  camera: Camera,
  pixel: readonly [number, number],
  factor: number,
  limits: { readonly minScale: number; readonly maxScale: number },
): Camera {
  const scale = Math.min(limits.maxScale, Math.max(limits.minScale, camera.scale * factor))
  const shift = 1 / camera.scale - 1 / scale
  return { x: camera.x + pixel[0] * shift, y: camera.y + pixel[1] * shift, scale }
}

/** Whether a camera is one: finite, and of a scale above 0. */
export function isFiniteCamera({ x, y, scale }: Camera): boolean {
  return Number.isFinite(x) && Number.isFinite(y) && Number.isFinite(scale) && scale > 0
}

/** Whether two cameras show the same picture to the bit. */
export function sameCamera(a: Camera, b: Camera): boolean {
  return a.x === b.x && a.y === b.y && a.scale === b.scale
}
