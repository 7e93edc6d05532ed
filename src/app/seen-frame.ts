// What is on screen as a frame of its own: for pictures of it in other sizes.

import type { Frame } from '../model/frame.js'
import type { View } from '../model/view.js'
import type { Camera, Size } from '../world/camera.js'
import { type Item, itemSampling } from '../world/item.js'

/** A network seen alone. */
export interface Shown {
  readonly item: Item
  readonly view: View
  readonly camera: Camera
  readonly viewport: Size
}

/** A View fills the picture with its frame: the viewport's edges are those of a frame of its own, around the same centre. */
export function seenFrame(frame: Frame, { item, view, camera, viewport }: Shown): Frame {
  const { stepX, stepY } = itemSampling(item, camera)
  const across = (from: number, step: number, pixels: number): [number, number] => [
    from,
    from + step * pixels * view.zoom,
  ]
  return {
    ...frame,
    x: across(frame.x[0], stepX, viewport.width),
    y: across(frame.y[0], stepY, viewport.height),
    aspect: viewport.width / viewport.height,
  }
}
