// The size of the drawing buffer: CSS pixels times the device's pixel ratio, within what the GPU really has.

import type { Size } from '../world/camera.js'

/** The largest edge this context draws and holds pictures of, pixels. */
export function maxPictureEdge(gl: WebGL2RenderingContext): number {
  const viewport = gl.getParameter(gl.MAX_VIEWPORT_DIMS) as Int32Array | null
  const edges = [gl.getParameter(gl.MAX_TEXTURE_SIZE), gl.getParameter(gl.MAX_RENDERBUFFER_SIZE), ...(viewport ?? [])]
  return Math.min(...edges.map(Number).filter(edge => edge > 0), MAX_EDGE)
}

/** Beyond this an edge costs memory that no screen shows. */
export const MAX_EDGE = 16_384

/**
 * Resizes the canvas's drawing buffer to its place on the page.
 * @param boxSize of the canvas on the page, in CSS or device pixels
 * @param ratio drawing-buffer pixels a pixel of the box
 * @returns the size that the browser really gave, which may be less than was asked for; null when it has no area
 */
export function resizeDrawingBuffer(gl: WebGL2RenderingContext, boxSize: Size, ratio: number): Size | null {
  const size = resizeCanvas(gl.canvas as HTMLCanvasElement, boxSize, ratio, maxPictureEdge(gl))
  return size && { width: gl.drawingBufferWidth || size.width, height: gl.drawingBufferHeight || size.height }
}

/** Resizes a canvas to its place on the page, no edge longer than `maxEdge`; null when it has no area. */
export function resizeCanvas(canvas: HTMLCanvasElement, boxSize: Size, ratio: number, maxEdge: number): Size | null {
  if (!(boxSize.width > 0 && boxSize.height > 0)) return null
  const longest = Math.max(boxSize.width, boxSize.height) * ratio
  const fitted = ratio * Math.min(1, maxEdge / longest)
  const width = Math.max(1, Math.round(boxSize.width * fitted))
  const height = Math.max(1, Math.round(boxSize.height * fitted))
  // Setting a size, even the same one, clears the canvas.
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
  return { width, height }
}
