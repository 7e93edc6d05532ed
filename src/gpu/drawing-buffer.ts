// The size of the drawing buffer: CSS pixels times the device's pixel ratio, within what the GPU really has.

import type { Size } from '../world/camera.js'

/** The largest edge this context draws and holds pictures of, pixels. */
export function maxPictureEdge(gl: WebGL2RenderingContext): number {
  const viewport = gl.getParameter(gl.MAX_VIEWPORT_DIMS) as Int32Array | null
  const edges = [gl.getParameter(gl.MAX_TEXTURE_SIZE), gl.getParameter(gl.MAX_RENDERBUFFER_SIZE), ...(viewport ?? [])]
  return Math.min(...edges.map(Number).filter(edge => edge > 0), MAX_EDGE)
}

// Beyond this an edge costs memory that no screen shows.
const MAX_EDGE = 16_384

/**
 * Resizes the canvas's drawing buffer to its place on the page.
 * @param cssSize of the canvas's box, CSS pixels
 * @param pixelRatio device pixels a CSS pixel
 * @returns the size that the browser really gave, which may be less than was asked for; null when it has no area
 */
export function resizeDrawingBuffer(gl: WebGL2RenderingContext, cssSize: Size, pixelRatio: number): Size | null {
  const canvas = gl.canvas as HTMLCanvasElement
  if (!(cssSize.width > 0 && cssSize.height > 0)) return null
  const longest = Math.max(cssSize.width, cssSize.height) * pixelRatio
  const ratio = pixelRatio * Math.min(1, maxPictureEdge(gl) / longest)
  const width = Math.max(1, Math.round(cssSize.width * ratio))
  const height = Math.max(1, Math.round(cssSize.height * ratio))
  // Setting a size, even the same one, clears the canvas.
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
  return { width: gl.drawingBufferWidth || width, height: gl.drawingBufferHeight || height }
}
