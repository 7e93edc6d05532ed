// The cover order of a picture: its pixels along a Hilbert curve, so that neighbours in the order are neighbours in the picture
// and any stretch of it is a compact patch. Even draws from the order cover the picture evenly.

import type { ImageSize } from './rgb-image.js'

/** @returns [width * height] row * 65536 + column, each pixel once */
export function coverOrder({ width, height }: ImageSize): Uint32Array {
  const places = new Uint32Array(width * height)
  let count = 0
  let side = 1
  while (side < width || side < height) side *= 2
  // A square with its corner at (x, y), its first axis (ax, ay), its second (bx, by); what lies outside the picture is left out.
  const visit = (x: number, y: number, ax: number, ay: number, bx: number, by: number): void => {
    if (Math.min(x, x + ax + bx) >= width || Math.min(y, y + ay + by) >= height) return
    const size = Math.abs(ax + ay)
    if (size === 1) {
      places[count++] = Math.min(y, y + ay + by) * 65_536 + Math.min(x, x + ax + bx)
      return
    }
    const [cx, cy, dx, dy] = [ax / 2, ay / 2, bx / 2, by / 2]
    visit(x, y, dx, dy, cx, cy)
    visit(x + cx, y + cy, cx, cy, dx, dy)
    visit(x + cx + dx, y + cy + dy, cx, cy, dx, dy)
    visit(x + cx + bx, y + cy + by, -dx, -dy, -cx, -cy)
  }
  visit(0, 0, side, 0, 0, side)
  return places
}

/** @param rgb [height, width, 3] @returns [pixels, 3] in the order of the places */
export function inOrder(rgb: Float32Array, width: number, places: Uint32Array): Float32Array {
  const ordered = new Float32Array(places.length * 3)
  for (let i = 0; i < places.length; i++) {
    const from = 3 * ((places[i] >>> 16) * width + (places[i] & 0xffff))
    ordered[3 * i] = rgb[from]
    ordered[3 * i + 1] = rgb[from + 1]
    ordered[3 * i + 2] = rgb[from + 2]
  }
  return ordered
}
