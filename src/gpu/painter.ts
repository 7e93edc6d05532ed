// The painter: keeps two pictures of the viewport, the last complete one (of whatever level and camera) and the one being
// made, and shows them on the canvas as the camera has moved since. Tiles are made in a scratch texture (packed, as many blocks a
// texel as share an invocation) and resolved into the picture.

import * as twgl from 'twgl.js'
import presentSource from '../../shaders/present.frag.glsl?raw'
import resolveSource from '../../shaders/resolve.frag.glsl?raw'
import { HAS_CHECKS } from '../model/checks.js'
import type { SampleCount } from '../model/samples.js'
import { type Camera, type Rect, sameCamera, type Size } from '../world/camera.js'
import { itemSampling } from '../world/item.js'
import type { Batch, Scene } from '../world/scheduler.js'
import type { StandIn } from '../world/stills.js'
import type { Tile } from '../world/tiles.js'
import type { CoherentMaker } from './coherent-maker.js'
import { createScreenProgram } from './program.js'
import { VERSION_AND_PRECISION } from './shader-header.js'
import { PACKED_FORMATS, Target } from './target.js'
import type { TileMaker } from './tile-maker.js'

interface Picture {
  readonly target: Target
  readonly scene: Scene
  /** Pixels of the viewport a texel stands for, along an edge. */
  readonly step: number
}

/** Colour around and behind everything, sRGB-encoded in [0, 1]. */
export type Background = readonly [number, number, number]

/** Keeps the picture of a scene on the GPU while it gets finer, and shows it. */
export class Painter {
  #complete: Picture | null = null
  #making: Picture | null = null
  /** The texture of the last picture that was superseded, for the next one. */
  #spare: Target | null = null
  #scratch: Target | null = null
  /** The blocks that share a texel of it. */
  #scratchLanes = 0
  /** The pages of stills. */
  readonly #pages: Target[] = []
  /** Null until its passes are compiled. */
  #coherent: CoherentMaker | null = null
  #isDisposed = false

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
    const painter = new Painter(gl, tileMaker, resolve, present)
    void painter.#prepareCoherence()
    return painter
  }

  /** Whether coherent tiles can be made: that takes a moment, for which nobody waits. */
  get hasCoherence(): boolean {
    return this.#coherent !== null
  }

  /**
   * Makes a batch of tiles.
   * @throws UnsupportedError when the GPU cannot hold a picture of this size
   */
  paint(batch: Batch): void {
    if (batch.stills) {
      const page = this.#page(batch.stills[0].page, batch.scene.viewport)
      for (const tile of batch.tiles) this.#makeTile(tile, batch.scene, page)
      return
    }
    if (batch.beginsLevel) this.#begin(batch.scene, batch.level.step)
    for (const tile of batch.tiles) this.#makeTile(tile, batch.scene, (this.#making as Picture).target)
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
   * @param stills what stands in where the pictures are empty
   */
  present(camera: Camera, canvas: Size, background: Background, withTiles: boolean, stills: readonly StandIn[]): void {
    const { gl } = this
    gl.bindFramebuffer(gl.FRAMEBUFFER, null)
    gl.viewport(0, 0, canvas.width, canvas.height)
    gl.disable(gl.SCISSOR_TEST)
    gl.disable(gl.BLEND)
    gl.clearColor(...background, 1)
    gl.clear(gl.COLOR_BUFFER_BIT)
    gl.useProgram(this.presentProgram.program)
    for (const standIn of stills) this.#showStill(standIn, camera, canvas)
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
    if (this.#complete) {
      // Between the items of a wall a picture has holes.
      if (this.#complete.scene.items.some(({ unbounded }) => !unbounded)) gl.enable(gl.BLEND)
      this.#show(this.#complete, camera, canvas)
    }
    if (this.#making && (withTiles || !this.#complete)) {
      gl.enable(gl.BLEND)
      this.#show(this.#making, camera, canvas)
    }
  }

  /** The scene of the last complete picture. */
  get completeScene(): Scene | null {
    return this.#complete?.scene ?? null
  }

  /** Bytes of all textures that hold pictures. */
  get sizeBytes(): number {
    const targets = [this.#complete?.target, this.#making?.target, this.#spare, this.#scratch, ...this.#pages]
    return targets.reduce((sum, target) => sum + (target?.sizeBytes ?? 0), this.#coherent?.sizeBytes ?? 0)
  }

  /** Forgets the pictures, not the stills, and frees what held them. */
  clear(): void {
    for (const target of [this.#complete?.target, this.#making?.target, this.#spare, this.#scratch]) target?.dispose()
    this.#coherent?.clear()
    this.#complete = null
    this.#making = null
    this.#spare = null
    this.#scratch = null
  }

  /** Frees the pages of stills from this one on: nothing on them is shown any more. */
  trimPages(count: number): void {
    for (const page of this.#pages.splice(count)) page?.dispose()
  }

  /** Frees what is on the GPU. */
  dispose(): void {
    this.#isDisposed = true
    this.#coherent?.dispose()
    this.#coherent = null
    this.clear()
    this.trimPages(0)
    this.gl.deleteProgram(this.resolveProgram.program)
    this.gl.deleteProgram(this.presentProgram.program)
  }

  async #prepareCoherence(): Promise<void> {
    // Fetched when it is needed, as it is not for the first picture. What a driver does not take is done without; a lost context has its own way back.
    const coherent = await import('./coherent-maker.js')
      .then(({ CoherentMaker }) => (this.#isDisposed ? null : CoherentMaker.create(this.tileMaker)))
      .catch(() => null)
    if (this.#isDisposed) coherent?.dispose()
    else this.#coherent = coherent
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

  #page(index: number, size: Size): Target {
    this.#reserveScratch(size)
    this.#pages[index] ??= new Target(this.gl, size.width, size.height, 'rgba8')
    return this.#pages[index]
  }

  #makeTile(tile: Tile, scene: Scene, target: Target): void {
    // What is put in between knows of no checks.
    if (tile.coherent && this.#coherent && !(HAS_CHECKS && this.tileMaker.isOverChecks(tile.item.network))) {
      this.#coherent.make(tile, scene, target)
      return
    }
    const { gl } = this
    const { shown } = tile
    // Between two batches of a picture another variant may have taken over.
    this.#reserveScratch(scene.viewport)
    this.#evaluate(tile, scene)
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer)
    gl.viewport(shown.x, shown.y, shown.width, shown.height)
    gl.useProgram(this.resolveProgram.program)
    twgl.setUniforms(this.resolveProgram, {
      uScratch: (this.#scratch as Target).textures[0],
      uLaneBits: Math.log2(this.#scratchLanes),
    })
    gl.drawArrays(gl.TRIANGLES, 0, 3)
  }

  #evaluate({ item, blocks, step, samples }: Tile, scene: Scene): void {
    const { gl } = this
    gl.bindFramebuffer(gl.FRAMEBUFFER, (this.#scratch as Target).framebuffer)
    this.tileMaker.draw('tile', {
      network: item.network,
      tap: item.tap,
      tone: item.tone,
      frame: item.frame,
      sampling: itemSampling(item, scene.camera),
      viewport: scene.viewport,
      blocks,
      step,
      samples: samples as SampleCount,
      origin: [0, 0],
    })
  }

  /** Makes the scratch texture large enough for pictures of this size, of texels that suit the tile maker's lanes. */
  #reserveScratch({ width, height }: Size): void {
    const { lanes } = this.tileMaker
    const isSuitable = this.#scratchLanes === lanes
    const scratchWidth = Math.max(Math.ceil(width / lanes), isSuitable ? (this.#scratch?.width ?? 0) : 0)
    const scratchHeight = Math.max(height, this.#scratch?.height ?? 0)
    if (isSuitable && this.#scratch?.width === scratchWidth && this.#scratch.height === scratchHeight) return
    this.#scratch?.dispose()
    this.#scratch = null
    this.#scratch = new Target(this.gl, scratchWidth, scratchHeight, PACKED_FORMATS[lanes])
    this.#scratchLanes = lanes
  }

  #showStill({ item, still }: StandIn, camera: Camera, canvas: Size): void {
    const { x, y, width, height } = still.placed.rect
    const left = canvas.width / 2 + (item.rect.x - camera.x) * camera.scale
    const top = canvas.height / 2 + (item.rect.y - camera.y) * camera.scale
    const scale = (item.rect.height * camera.scale) / height
    this.#showPart(this.#pages[still.page], { x, y, width, height }, [left, top, scale], canvas, false)
  }

  #show({ target, scene, step }: Picture, camera: Camera, canvas: Size): void {
    const { width, height } = scene.viewport
    const isExact = step === 1 && sameCamera(scene.camera, camera) && width === canvas.width && height === canvas.height
    // Differences first, in float64, so that a picture at a deep zoom does not jump by float32's steps.
    const ratio = camera.scale / scene.camera.scale
    const left = canvas.width / 2 + (scene.camera.x - camera.x) * camera.scale - (width * ratio) / 2
    const top = canvas.height / 2 + (scene.camera.y - camera.y) * camera.scale - (height * ratio) / 2
    const used = { x: 0, y: 0, width: width / step, height: height / step }
    this.#showPart(target, used, [left, top, ratio * step], canvas, isExact)
  }

  /**
   * Shows a part of a texture.
   * @param part in texels; those at its far edges may be cut
   * @param place of the part's corner on the canvas, and canvas pixels a texel
   */
  #showPart(
    target: Target,
    part: Rect,
    [left, top, scale]: readonly [number, number, number],
    canvas: Size,
    isExact: boolean,
  ): void {
    const { gl } = this
    const clip = clipToCanvas(left, top, part.width * scale, part.height * scale, canvas)
    if (!clip) return
    gl.enable(gl.SCISSOR_TEST)
    gl.scissor(clip.x, canvas.height - clip.y - clip.height, clip.width, clip.height)
    twgl.setUniforms(this.presentProgram, {
      uPicture: target.textures[0],
      uCanvasHeight: canvas.height,
      uPlace: [left, top, scale],
      uFirst: [part.x, part.y],
      uUsed: [Math.ceil(part.width), Math.ceil(part.height)],
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
