// One WebGL context for a whole page: browsers allow some sixteen. Every renderer draws to its lower left corner and copies from there to the
// canvas of its element.

import { UnsupportedError } from '../model/errors.js'
import { rendererName } from '../gpu/context.js'
import { maxPictureEdge, resizeCanvas } from '../gpu/drawing-buffer.js'
import { countLiveObjects, type LiveObjectCount } from '../gpu/live-objects.js'
import { TileMaker } from '../gpu/tile-maker.js'
import { checkDrawable } from '../gpu/weight-texels.js'
import { baseVariant } from '../draw/shader-tuning.js'
import { type Surface, WebglRenderer } from '../draw/webgl-renderer.js'
import type { Backend } from './backend.js'

const counts = new WeakMap<WebGL2RenderingContext, LiveObjectCount>()

/** @param gl a context whose canvas nobody sees */
export function createWebglBackend(gl: WebGL2RenderingContext): Backend {
  if (!counts.has(gl)) counts.set(gl, countLiveObjects(gl))
  const tileMaker = new TileMaker(gl, baseVariant(rendererName(gl)))
  return {
    name: rendererName(gl),
    get liveObjects() {
      return counts.get(gl)?.() ?? 0
    },
    check: checkDrawable,
    createRenderer: (canvas, background, events) =>
      WebglRenderer.createShared(tileMaker, createSurface(gl, canvas), background, events),
    dispose: () => tileMaker.dispose(),
  }
}

function createSurface(gl: WebGL2RenderingContext, canvas: HTMLCanvasElement): Surface {
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true })
  if (!context) throw new UnsupportedError('this browser gives no canvas to draw to')
  const buffer = gl.canvas
  return {
    resize(box, ratio) {
      const size = resizeCanvas(canvas, box, ratio, maxPictureEdge(gl))
      if (!size) return null
      // It only grows: every other size would take the memory anew for each element that draws.
      if (buffer.width < size.width) buffer.width = size.width
      if (buffer.height < size.height) buffer.height = size.height
      // A browser that is short of memory gives less than it was asked for.
      const share = Math.min(gl.drawingBufferWidth / size.width, gl.drawingBufferHeight / size.height)
      return share < 1 ? resizeCanvas(canvas, box, ratio * share, maxPictureEdge(gl)) : size
    },
    show({ width, height }, isWhole) {
      // The picture of before stays until there is another one.
      if (!isWhole) return
      context.drawImage(buffer, 0, gl.drawingBufferHeight - height, width, height, 0, 0, width, height)
    },
  }
}
