// Which points of the plane stand for what is seen: a grid of equal pixels over the part of the viewport that the flag covers.

import type { SensitivityView } from '../../explain/sensitivity.js'
import type { Camera, Size } from '../../world/camera.js'
import { type Item, itemSampling, visibleRect } from '../../world/item.js'

/** About as many points as 48 x 32: less than a tenth of a second on one core, and more would change the order of few. */
const POINTS = 1536
const LONGEST_EDGE = 128

/** The grid for what is seen of an item; null where nothing of it is. */
export function sensitivityView(item: Item, camera: Camera, viewport: Size): SensitivityView | null {
  const seen = visibleRect(item, camera, viewport)
  if (!seen) return null
  const edge = (own: number, other: number) =>
    Math.max(1, Math.min(own, LONGEST_EDGE, Math.round(Math.sqrt((POINTS * own) / other))))
  const width = edge(seen.width, seen.height)
  const height = edge(seen.height, seen.width)
  const { x, y, stepX, stepY } = itemSampling(item, camera)
  const sampling = {
    x: x + (seen.x + seen.width / 2 - viewport.width / 2) * stepX,
    y: y + (seen.y + seen.height / 2 - viewport.height / 2) * stepY,
    stepX: (stepX * seen.width) / width,
    stepY: (stepY * seen.height) / height,
  }
  return { frame: item.frame, sampling, width, height }
}

/** Whether two views look at the same points in the same way. */
export function sameSensitivityView(a: SensitivityView | null, b: SensitivityView | null): boolean {
  if (a === b) return true
  if (!a || !b || a.width !== b.width || a.height !== b.height || a.frame !== b.frame) return false
  const [from, to] = [a.sampling, b.sampling]
  return from.x === to.x && from.y === to.y && from.stepX === to.stepX && from.stepY === to.stepY
}
