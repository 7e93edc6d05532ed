// What of the wall is seen, as an address has it.

import { type Camera, sameCamera, type Size } from '../../world/camera.js'
import { type Item, viewFromCamera } from '../../world/item.js'
import { nearestTo } from '../../world/overview.js'
import type { PlacesState } from './address.js'
import type { FlagWall } from './place.js'

/** What of the wall is seen: around the flag of a code; nothing said: all of it. */
export type WallView = Pick<PlacesState, 'wall' | 'x' | 'y' | 'zoom'>

/** What a camera sees, by the flag that is nearest. */
export function wallViewOf(wall: FlagWall, camera: Camera, viewport: Size): WallView {
  const nearest = nearestTo(wall.flags, camera)
  if (!nearest || sameCamera(camera, wall.home)) return { wall: null, x: null, y: null, zoom: 1 }
  // The camera's own rounding is nobody's business: a link leads to the same words again.
  const rounded = (value: number) => Math.round(value * 1e12) / 1e12
  const { x, y, zoom } = viewFromCamera(wall.anchorOf(nearest) as Item, camera, viewport)
  return { wall: nearest.code, x: rounded(x), y: rounded(y), zoom: rounded(zoom) }
}
