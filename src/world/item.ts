// The item: everything that is drawn is a network, seen through a tap and a tone, over a frame, placed in a rectangle of the
// world.

import type { DivergingTone } from '../model/diverging.js'
import type { Frame } from '../model/frame.js'
import type { Tap } from '../model/tap.js'
import type { Sampling, View } from '../model/view.js'
import { type Camera, pixelFromWorld, type Rect, type Size, transformPoint } from './camera.js'

/** Names a network held by a tile maker: what `TileMaker.addNetwork` returned. */
export type NetworkHandle = number

/** Something that hangs in the world: a network in its frame, over a rectangle. */
export interface Item {
  readonly network: NetworkHandle
  /** The unit that is seen; null for the head, through the frame's tone. */
  readonly tap: Tap | null
  /** How the unit's values are coloured; null for the plain one, and not looked at where there is no tap. */
  readonly tone: DivergingTone | null
  readonly frame: Frame
  /** Where the frame's edges hang, world units. */
  readonly rect: Rect
  /** What one evaluation of the net, as far as the tap, costs, MysteryNet's being 1: the time budget is counted in these. */
  readonly cost: number
  /** Whether what the net paints outside its frame is shown, too. */
  readonly unbounded: boolean
}

/** What the pixels of a viewport sample of an item: the plane point under the viewport's centre and the steps a pixel. */
export function itemSampling(item: Item, camera: Camera): Sampling {
  const { frame, rect } = item
  const perWorldX = (frame.x[1] - frame.x[0]) / rect.width
  const perWorldY = (frame.y[1] - frame.y[0]) / rect.height
  return {
    x: frame.x[0] + (camera.x - rect.x) * perWorldX,
    y: frame.y[0] + (camera.y - rect.y) * perWorldY,
    stepX: perWorldX / camera.scale,
    stepY: perWorldY / camera.scale,
  }
}

/** The scale at which the item's rectangle just fits into the viewport: zoom 1. */
export function fitScale(item: Item, viewport: Size): number {
  return Math.min(viewport.width / item.rect.width, viewport.height / item.rect.height)
}

/** The camera that shows an item through a view (plane centre and zoom). */
export function cameraFromView(item: Item, view: View, viewport: Size): Camera {
  const { frame, rect } = item
  return {
    x: rect.x + ((view.x - frame.x[0]) / (frame.x[1] - frame.x[0])) * rect.width,
    y: rect.y + ((view.y - frame.y[0]) / (frame.y[1] - frame.y[0])) * rect.height,
    scale: fitScale(item, viewport) * view.zoom,
  }
}

/** The view of an item that a camera has: the inverse of {@link cameraFromView}. */
export function viewFromCamera(item: Item, camera: Camera, viewport: Size): View {
  const { x, y } = itemSampling(item, camera)
  return { x, y, zoom: camera.scale / fitScale(item, viewport) }
}

/** The pixels of the viewport whose centres an item covers; null when there are none. */
export function visibleRect(item: Item, camera: Camera, viewport: Size): Rect | null {
  if (item.unbounded) return { x: 0, y: 0, ...viewport }
  const map = pixelFromWorld(camera, viewport)
  const [left, top] = transformPoint(map, item.rect.x, item.rect.y)
  const [right, bottom] = transformPoint(map, item.rect.x + item.rect.width, item.rect.y + item.rect.height)
  const x = Math.max(0, Math.ceil(left - 0.5))
  const y = Math.max(0, Math.ceil(top - 0.5))
  const width = Math.min(viewport.width, Math.ceil(right - 0.5)) - x
  const height = Math.min(viewport.height, Math.ceil(bottom - 0.5)) - y
  return width > 0 && height > 0 ? { x, y, width, height } : null
}
