// Cameras onto what hangs in a world: onto one rectangle, and onto all of it.

import type { Camera, Rect, Size } from './camera.js'

/** The camera that shows a rectangle whole, as large as it fits. @param share of the viewport that it may take */
export function cameraOnto(rect: Rect, viewport: Size, share = 1): Camera {
  const scale = Math.min(viewport.width / rect.width, viewport.height / rect.height) * share
  return { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2, scale }
}

/**
 * The camera that shows all that hangs somewhere.
 * @param room what it is fitted into, drawing-buffer pixels
 */
export function overview(whole: Rect, room: Size): Camera {
  // Before the viewport has a size any scale is as good as another.
  const scale = Math.min(room.width / whole.width, room.height / whole.height) || 1
  return { x: whole.x + whole.width / 2, y: whole.y + whole.height / 2, scale }
}

/** How far a point is from a rectangle, 0 within. */
export function distanceTo(rect: Rect, { x, y }: Pick<Camera, 'x' | 'y'>): number {
  const dx = Math.max(rect.x - x, 0, x - rect.x - rect.width)
  const dy = Math.max(rect.y - y, 0, y - rect.y - rect.height)
  return Math.hypot(dx, dy)
}

/** What hangs under a point, or nearest to it; the first of those that are equally near, null where nothing hangs. */
export function nearestTo<T extends { readonly rect: Rect }>(
  hung: Iterable<T>,
  point: Pick<Camera, 'x' | 'y'>,
): T | null {
  let nearest: T | null = null
  let least = Number.POSITIVE_INFINITY
  for (const one of hung) {
    const distance = distanceTo(one.rect, point)
    if (distance < least) [nearest, least] = [one, distance]
    if (distance === 0) break
  }
  return nearest
}
