// The painter: keeps two pictures of the viewport, the one being refined and the last one that covered its view, and
// shows them on the canvas as the camera has moved since. Tiles are made in a scratch texture (packed, four pixels a
// texel) and resolved into the picture.

import * as twgl from 'twgl.js'
import presentSource from '../../shaders/present.frag.glsl?raw'
import resolveSource from '../../shaders/resolve.frag.glsl?raw'
import { type Camera, type Rect, sameCamera, type Size } from '../world/camera.js'
import { itemSampling, visibleRect } from '../world/item.js'
import type { Batch, Scene } from '../world/scheduler.js'
import type { Tile } from '../world/tiles.js'
import { createScreenProgram } from './program.js'
import { VERSION_AND_PRECISION } from './shader-header.js'
import { Target } from './target.js'
import { LANES, type TileMaker } from './tile-maker.js'

interface Picture {
  readonly target: Target
  readonly scene: Scene
}

/** Colour around and behind everything, sRGB-encoded in [0, 1]. */
export type Background = readonly [number, number, number]

export class Painter {
  #front: Picture | null = null
  #back: Picture | null = null
  #scratch: Target | null = null

  private constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly tileMaker: TileMaker,
    private readonly resolveProgram: twgl.ProgramInfo,
    private readonly presentProgram: twgl.ProgramInfo,
  ) {}

  /** Compiles what every picture needs. */
  static async create(tileMaker: TileMaker): Promise<Painter> {
    const { gl } = tileMaker
    const [resolve, present] = await Promise.all(
      [resolveSource, presentSource].map(source => createScreenProgram(gl, VERSION_AND_PRECISION + source)),
    )
    return new Painter(gl, tileMaker, resolve, present)
  }

  /**
   * Makes a batch of tiles.
   * @throws UnsupportedError when the GPU cannot hold a picture of this size
   */
  paint(batch: Batch): void {
    if (batch.beginsPass) this.#beginPicture(batch.scene, batch.keepsPrevious)
    for (const tile of batch.tiles) this.#makeTile(tile, batch.scene)
    if (batch.completesLevel !== null && batch.completesLevel > 1) this.#smoothLevel(batch.completesLevel, batch.scene)
  }

  /** Draws the pictures to the canvas as `camera` sees them. Whole canvas, every time: nothing is preserved. */
  present(camera: Camera, canvas: Size, background: Background): void {
    const { gl } = this
    gl.bindFramebuffer(gl.FRAMEBUFFER, null)
    gl.viewport(0, 0, canvas.width, canvas.height)
    gl.disable(gl.SCISSOR_TEST)
    gl.clearColor(...background, 1)
    gl.clear(gl.COLOR_BUFFER_BIT)
    gl.enable(gl.BLEND)
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
    gl.useProgram(this.presentProgram.program)
    for (const picture of [this.#back, this.#front]) if (picture) this.#show(picture, camera, canvas)
    gl.disable(gl.BLEND)
    gl.disable(gl.SCISSOR_TEST)
  }

  /** Forgets the pictures: what they show is no longer to be seen. */
  clear(): void {
    for (const picture of [this.#front, this.#back]) picture?.target.dispose()
    this.#front = null
    this.#back = null
  }

  dispose(): void {
    this.clear()
    this.#scratch?.dispose()
    this.#scratch = null
    this.gl.deleteProgram(this.resolveProgram.program)
    this.gl.deleteProgram(this.presentProgram.program)
  }

  #beginPicture(scene: Scene, keepsPrevious: boolean): void {
    const { gl } = this
    const { width, height } = scene.viewport
    if (keepsPrevious) [this.#front, this.#back] = [this.#back, this.#front]
    let target = this.#front?.target
    if (!target || target.width !== width || target.height !== height) {
      target?.dispose()
      this.#front = null
      target = new Target(gl, width, height, 'rgba8')
    }
    this.#front = { target, scene }
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer)
    gl.clearColor(0, 0, 0, 0)
    gl.clear(gl.COLOR_BUFFER_BIT)
    const scratchWidth = Math.ceil(width / LANES)
    if (this.#scratch?.width !== scratchWidth || this.#scratch.height !== height) {
      this.#scratch?.dispose()
      this.#scratch = null
      this.#scratch = new Target(gl, scratchWidth, height, 'rgba32ui')
    }
  }

  #makeTile(tile: Tile, scene: Scene): void {
    const { gl } = this
    const { item, blocks, step, samples } = tile
    gl.bindFramebuffer(gl.FRAMEBUFFER, (this.#scratch as Target).framebuffer)
    this.tileMaker.draw('tile', {
      network: item.network,
      frame: item.frame,
      sampling: itemSampling(item, scene.camera),
      viewport: scene.viewport,
      blocks,
      step,
      samples,
      origin: [0, 0],
    })
    this.#resolve(tile.pixels, blocks, step)
  }

  /** Interpolates a finished coarse level once more, now across the borders of its tiles. */
  #smoothLevel(step: number, { items, camera, viewport }: Scene): void {
    for (const item of items) {
      const seen = visibleRect(item, camera, viewport)
      if (!seen) continue
      const x = Math.floor(seen.x / step)
      const y = Math.floor(seen.y / step)
      const width = Math.ceil((seen.x + seen.width) / step) - x
      const height = Math.ceil((seen.y + seen.height) / step) - y
      this.#resolve(seen, { x, y, width, height }, step)
    }
  }

  #resolve(pixels: Rect, blocks: Rect, step: number): void {
    const { gl } = this
    gl.bindFramebuffer(gl.FRAMEBUFFER, (this.#front as Picture).target.framebuffer)
    gl.viewport(pixels.x, pixels.y, pixels.width, pixels.height)
    gl.useProgram(this.resolveProgram.program)
    twgl.setUniforms(this.resolveProgram, {
      uScratch: (this.#scratch as Target).textures[0],
      uStep: step,
      uBounds: [blocks.x, blocks.y, blocks.x + blocks.width - 1, blocks.y + blocks.height - 1],
    })
    gl.disable(gl.BLEND)
    gl.disable(gl.SCISSOR_TEST)
    gl.drawArrays(gl.TRIANGLES, 0, 3)
  }

  #show({ target, scene }: Picture, camera: Camera, canvas: Size): void {
    const { gl } = this
    const isExact = sameCamera(scene.camera, camera) && target.width === canvas.width && target.height === canvas.height
    // Differences first, in float64, so that a picture at a deep zoom does not jump by float32's steps.
    const ratio = camera.scale / scene.camera.scale
    const width = target.width * ratio
    const height = target.height * ratio
    const left = canvas.width / 2 + (scene.camera.x - camera.x) * camera.scale - width / 2
    const top = canvas.height / 2 + (scene.camera.y - camera.y) * camera.scale - height / 2
    const clip = clipToCanvas(left, top, width, height, canvas)
    if (!clip) return
    gl.enable(gl.SCISSOR_TEST)
    gl.scissor(clip.x, canvas.height - clip.y - clip.height, clip.width, clip.height)
    twgl.setUniforms(this.presentProgram, {
      uPicture: target.textures[0],
      uCanvasHeight: canvas.height,
      uPlace: [left, top, width, height],
      uExact: isExact ? 1 : 0,
    })
    gl.drawArrays(gl.TRIANGLES, 0, 3)
  }
}

/** The canvas pixels whose centres lie in a rectangle; null when there are none. */
function clipToCanvas(left: number, top: number, width: number, height: number, canvas: Size): Rect | null {
  const x = Math.max(0, Math.ceil(left - 0.5))
  const y = Math.max(0, Math.ceil(top - 0.5))
  const right = Math.min(canvas.width, Math.ceil(left + width - 0.5))
  const bottom = Math.min(canvas.height, Math.ceil(top + height - 0.5))
  return right > x && bottom > y ? { x, y, width: right - x, height: bottom - y } : null
}
