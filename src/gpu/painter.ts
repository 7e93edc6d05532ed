// The painter: keeps two pictures of the viewport, the last complete one (of whatever level and camera) and the one being
// made, and shows them on the canvas as the camera has moved since. Tiles are made in a scratch texture (packed, four
// blocks a texel) and resolved into the picture.

import * as twgl from 'twgl.js'
import presentSource from '../../shaders/present.frag.glsl?raw'
import resolveSource from '../../shaders/resolve.frag.glsl?raw'
import { type Camera, type Rect, sameCamera, type Size } from '../world/camera.js'
import { itemSampling } from '../world/item.js'
import type { Batch, Scene } from '../world/scheduler.js'
import type { Tile } from '../world/tiles.js'
import { createScreenProgram } from './program.js'
import { VERSION_AND_PRECISION } from './shader-header.js'
import { Target } from './target.js'
import { LANES, type TileMaker } from './tile-maker.js'

interface Picture {
  readonly target: Target
  readonly scene: Scene
  /** Pixels of the viewport a texel stands for, along an edge. */
  readonly step: number
}

/** Colour around and behind everything, sRGB-encoded in [0, 1]. */
export type Background = readonly [number, number, number]

export class Painter {
  #complete: Picture | null = null
  #making: Picture | null = null
  /** The texture of the last picture that was superseded, for the next one. */
  #spare: Target | null = null
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
    if (batch.beginsLevel) this.#begin(batch.scene, batch.level.step)
    for (const tile of batch.tiles) this.#makeTile(tile, batch.scene)
    if (batch.completesLevel) {
      this.#spare = this.#complete?.target ?? null
      this.#complete = this.#making
      this.#making = null
    }
  }

  /** Evaluates a tile for a timing: nothing of it is ever seen. */
  makeUnseen(tile: Tile, scene: Scene): void {
    this.#reserveScratch(scene.viewport)
    this.#evaluate(tile, scene)
  }

  /**
   * Draws what there is to the canvas as `camera` sees it. Whole canvas, every time: nothing is preserved.
   * @param withTiles whether the tiles of the unfinished picture are shown over the complete one. Two layers cost a
   * software GL a frame more, so they are for a camera at rest.
   */
  present(camera: Camera, canvas: Size, background: Background, withTiles: boolean): void {
    const { gl } = this
    gl.bindFramebuffer(gl.FRAMEBUFFER, null)
    gl.viewport(0, 0, canvas.width, canvas.height)
    gl.disable(gl.SCISSOR_TEST)
    gl.disable(gl.BLEND)
    gl.clearColor(...background, 1)
    gl.clear(gl.COLOR_BUFFER_BIT)
    gl.useProgram(this.presentProgram.program)
    if (this.#complete) this.#show(this.#complete, camera, canvas)
    if (this.#making && (withTiles || !this.#complete)) {
      gl.enable(gl.BLEND)
      gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
      this.#show(this.#making, camera, canvas)
    }
  }

  /** Forgets the pictures and frees what held them. */
  clear(): void {
    for (const target of [this.#complete?.target, this.#making?.target, this.#spare, this.#scratch]) target?.dispose()
    this.#complete = null
    this.#making = null
    this.#spare = null
    this.#scratch = null
  }

  dispose(): void {
    this.clear()
    this.gl.deleteProgram(this.resolveProgram.program)
    this.gl.deleteProgram(this.presentProgram.program)
  }

  #begin(scene: Scene, step: number): void {
    const { gl } = this
    const { width, height } = scene.viewport
    // What was being made is given up; its texture is as good as the spare one.
    const candidates = [this.#making?.target, this.#spare]
    this.#making = null
    this.#spare = null
    let target: Target | null = null
    for (const candidate of candidates) {
      if (!target && candidate?.width === width && candidate.height === height) target = candidate
      else candidate?.dispose()
    }
    this.#reserveScratch(scene.viewport)
    target ??= new Target(gl, width, height, 'rgba8')
    this.#making = { target, scene, step }
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer)
    gl.disable(gl.SCISSOR_TEST)
    gl.clearColor(0, 0, 0, 0)
    gl.clear(gl.COLOR_BUFFER_BIT)
  }

  #makeTile(tile: Tile, scene: Scene): void {
    const { gl } = this
    const { shown } = tile
    this.#evaluate(tile, scene)
    gl.bindFramebuffer(gl.FRAMEBUFFER, (this.#making as Picture).target.framebuffer)
    gl.viewport(shown.x, shown.y, shown.width, shown.height)
    gl.useProgram(this.resolveProgram.program)
    twgl.setUniforms(this.resolveProgram, { uScratch: (this.#scratch as Target).textures[0] })
    gl.drawArrays(gl.TRIANGLES, 0, 3)
  }

  #evaluate({ item, blocks, step, samples }: Tile, scene: Scene): void {
    const { gl } = this
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
  }

  /** Makes the scratch texture large enough for pictures of this size. */
  #reserveScratch({ width, height }: Size): void {
    const scratchWidth = Math.ceil(width / LANES)
    if (this.#scratch?.width === scratchWidth && this.#scratch.height === height) return
    this.#scratch?.dispose()
    this.#scratch = null
    this.#scratch = new Target(this.gl, scratchWidth, height, 'rgba32ui')
  }

  #show({ target, scene, step }: Picture, camera: Camera, canvas: Size): void {
    const { gl } = this
    const { width, height } = scene.viewport
    const isExact = step === 1 && sameCamera(scene.camera, camera) && width === canvas.width && height === canvas.height
    // Differences first, in float64, so that a picture at a deep zoom does not jump by float32's steps.
    const ratio = camera.scale / scene.camera.scale
    const left = canvas.width / 2 + (scene.camera.x - camera.x) * camera.scale - (width * ratio) / 2
    const top = canvas.height / 2 + (scene.camera.y - camera.y) * camera.scale - (height * ratio) / 2
    const clip = clipToCanvas(left, top, width * ratio, height * ratio, canvas)
    if (!clip) return
    gl.enable(gl.SCISSOR_TEST)
    gl.scissor(clip.x, canvas.height - clip.y - clip.height, clip.width, clip.height)
    twgl.setUniforms(this.presentProgram, {
      uPicture: target.textures[0],
      uCanvasHeight: canvas.height,
      uPlace: [left, top, ratio * step],
      uUsed: [Math.ceil(width / step), Math.ceil(height / step)],
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
