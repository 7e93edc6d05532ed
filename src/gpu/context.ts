// The one GL context of a page.

import { UnsupportedError } from '../model/errors.js'

/**
 * Creates a WebGL2 context that a picture is drawn to: opaque, no antialiasing (the net is sampled instead), no depth.
 * @throws UnsupportedError with the browser's reason when there is none
 */
export function createContext(canvas: HTMLCanvasElement): WebGL2RenderingContext {
  let reason = ''
  const onError = (event: Event) => {
    reason = (event as WebGLContextEvent).statusMessage
  }
  canvas.addEventListener('webglcontextcreationerror', onError)
  const gl = canvas.getContext('webgl2', {
    alpha: false,
    antialias: false,
    depth: false,
    stencil: false,
    powerPreference: 'high-performance',
  })
  canvas.removeEventListener('webglcontextcreationerror', onError)
  if (!gl) throw new UnsupportedError(`this browser gives no WebGL2 context${reason ? `: ${reason}` : ''}`)
  return gl
}

/** The name of the GL renderer, unmasked where the browser tells it. */
export function rendererName(gl: WebGL2RenderingContext): string {
  const info = gl.getExtension('WEBGL_debug_renderer_info')
  return String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER) ?? 'unknown')
}
