// A texture that is drawn to, with its framebuffer.

import { PictureSizeError } from './errors.js'

/** What a target stores a texel as: a displayed colour, one of ten bits a channel, a mark, or four, two, one packed colours. */
export type TargetFormat = 'rgba8' | 'rgb10a2' | 'r8' | 'rgba32ui' | 'rg32ui' | 'r32ui'

/** The format that holds one, two or four packed colours a texel. */
export const PACKED_FORMATS = { 1: 'r32ui', 2: 'rg32ui', 4: 'rgba32ui' } as const

/** One or several textures of one size and the framebuffer over them. Dispose it; twice is harmless. */
export class Target {
  readonly framebuffer: WebGLFramebuffer
  readonly sizeBytes: number
  readonly textures: readonly WebGLTexture[]

  /**
   * @param attachments how many colour attachments, 1 to 4
   * @throws PictureSizeError when the GPU refuses the size
   */
  constructor(
    private readonly gl: WebGL2RenderingContext,
    readonly width: number,
    readonly height: number,
    format: TargetFormat,
    attachments = 1,
  ) {
    const [internalFormat, texelBytes] = {
      rgba8: [gl.RGBA8, 4],
      rgb10a2: [gl.RGB10_A2, 4],
      r8: [gl.R8, 1],
      rgba32ui: [gl.RGBA32UI, 16],
      rg32ui: [gl.RG32UI, 8],
      r32ui: [gl.R32UI, 4],
    }[format]
    this.sizeBytes = width * height * texelBytes * attachments
    const filter = format === 'rgba8' ? gl.LINEAR : gl.NEAREST
    // Errors of others must not be taken for ours.
    while (gl.getError() !== gl.NO_ERROR && !gl.isContextLost());
    this.framebuffer = gl.createFramebuffer()
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.framebuffer)
    this.textures = Array.from({ length: attachments }, (_, index) => {
      const texture = gl.createTexture()
      gl.bindTexture(gl.TEXTURE_2D, texture)
      gl.texStorage2D(gl.TEXTURE_2D, 1, internalFormat, width, height)
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, filter)
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, filter)
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE)
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE)
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0 + index, gl.TEXTURE_2D, texture, 0)
      return texture
    })
    gl.drawBuffers(this.textures.map((_, index) => gl.COLOR_ATTACHMENT0 + index))
    const error = gl.getError()
    if (error !== gl.NO_ERROR && error !== gl.CONTEXT_LOST_WEBGL && !gl.isContextLost()) {
      this.dispose()
      throw new PictureSizeError(`the GPU cannot hold a picture of ${width} x ${height} pixels (GL error ${error})`)
    }
  }

  dispose(): void {
    for (const texture of this.textures) this.gl.deleteTexture(texture)
    this.gl.deleteFramebuffer(this.framebuffer)
  }
}
