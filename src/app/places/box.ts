// Where things of the world are on the stage.

import type { Viewer } from '../../draw/viewer.js'
import type { Rect } from '../../world/camera.js'

/** Where a rectangle of the world is seen, CSS pixels from the top left corner of the picture. */
export function boxOf({ camera, viewport, pixelRatio }: Viewer, rect: Rect): Rect {
  const perCss = camera.scale / pixelRatio
  return {
    x: viewport.width / pixelRatio / 2 + (rect.x - camera.x) * perCss,
    y: viewport.height / pixelRatio / 2 + (rect.y - camera.y) * perCss,
    width: rect.width * perCss,
    height: rect.height * perCss,
  }
}
