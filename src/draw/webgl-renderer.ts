// Draws with WebGL2: tile maker, painter and the queue of what the GPU is working on, on one context. The context itself is
// the viewer's, or that of many viewers: it may be lost, and then there is a new renderer.

import type { FoldedNetwork } from '../model/fold.js'
import { BatchQueue } from '../gpu/batch-queue.js'
import { rendererName } from '../gpu/context.js'
import { resizeDrawingBuffer } from '../gpu/drawing-buffer.js'
import { ContextLostError } from '../gpu/errors.js'
import { gpuIdle } from '../gpu/fence.js'
import { type Background, Painter } from '../gpu/painter.js'
import { type ParitySubject, shaderSubject } from '../gpu/parity.js'
import type { ShaderVariant } from '../gpu/shader-variant.js'
import { TileMaker } from '../gpu/tile-maker.js'
import type { Camera, Size } from '../world/camera.js'
import type { NetworkHandle } from '../world/item.js'
import type { Batch, Scene } from '../world/scheduler.js'
import type { StandIn } from '../world/stills.js'
import { MAX_COHERENT_EDGE, type Tile } from '../world/tiles.js'
import type { DoneBatch, Pixels, Renderer, RendererEvents } from './renderer.js'

const POLL_MS = 1

/** Where the pictures of a renderer are seen. */
export interface Surface {
  /** As {@link Renderer.resize}; the drawing buffer is at least as large afterwards. */
  resize(box: Size, ratio: number): Size | null
  /**
   * The drawing buffer holds, at its lower left, what is to be seen.
   * @param isWhole whether a picture of a whole view is among it
   */
  show(canvas: Size, isWhole: boolean): void
}

export class WebglRenderer implements Renderer {
  readonly kind = 'webgl'
  readonly isOrdered = true
  isSharing = false
  readonly name: string
  readonly subject: ParitySubject
  readonly #queue: BatchQueue
  readonly #networks = new Set<NetworkHandle>()
  #pollTimer = 0
  /** Frees what makes the tiles, where that is this renderer's own. */
  #disposeShared = () => {}

  private constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly tileMaker: TileMaker,
    private readonly painter: Painter,
    private readonly surface: Surface,
    private readonly background: Background,
    private readonly events: RendererEvents,
  ) {
    this.name = rendererName(gl)
    this.subject = shaderSubject(tileMaker)
    this.#queue = new BatchQueue(gl)
  }

  /**
   * Compiles what every picture needs.
   * @param variant how networks are drawn, until {@link useVariant}
   * @throws ShaderError or ContextLostError; nothing is left behind then
   */
  static async create(
    gl: WebGL2RenderingContext,
    background: Background,
    events: RendererEvents,
    variant: ShaderVariant,
  ): Promise<WebglRenderer> {
    const tileMaker = new TileMaker(gl, variant)
    try {
      const whole: Surface = { resize: (box, ratio) => resizeDrawingBuffer(gl, box, ratio), show() {} }
      const renderer = await WebglRenderer.createShared(tileMaker, whole, background, events)
      renderer.#disposeShared = () => tileMaker.dispose()
      return renderer
    } catch (error) {
      tileMaker.dispose()
      throw error
    }
  }

  /** One of many on a context: what makes tiles is shared, and is whoever's made it. @throws as {@link create} */
  static async createShared(
    tileMaker: TileMaker,
    surface: Surface,
    background: Background,
    events: RendererEvents,
  ): Promise<WebglRenderer> {
    const painter = await Painter.create(tileMaker)
    return new WebglRenderer(tileMaker.gl, tileMaker, painter, surface, background, events)
  }

  get coherentEdge(): number | null {
    return this.painter.hasCoherence ? MAX_COHERENT_EDGE : null
  }

  /** How networks are drawn. */
  get variant(): ShaderVariant {
    return this.tileMaker.variant
  }

  /** Draws another way from then on; pictures stay. @throws ShaderError or ContextLostError; all is as before then */
  useVariant(variant: ShaderVariant): Promise<void> {
    return variant === this.variant ? Promise.resolve() : this.tileMaker.useVariant(variant)
  }

  /** Whether a network is drawn as the variant says: what fits no uniform blocks keeps the texture. */
  isAsWanted(network: NetworkHandle): boolean {
    return this.tileMaker.isAsWanted(network)
  }

  async addNetwork(folded: FoldedNetwork): Promise<NetworkHandle> {
    const network = await this.tileMaker.addNetwork(folded)
    this.#networks.add(network)
    return network
  }

  prepareTaps(network: NetworkHandle): Promise<void> {
    return this.tileMaker.prepareTaps(network)
  }

  updateNetwork(network: NetworkHandle, folded: FoldedNetwork): void {
    this.tileMaker.updateNetwork(network, folded)
  }

  removeNetwork(network: NetworkHandle): void {
    this.#networks.delete(network)
    this.tileMaker.removeNetwork(network)
  }

  get isEmpty(): boolean {
    return this.#queue.isEmpty
  }

  get isFull(): boolean {
    return this.#queue.isFull
  }

  paint(batch: Batch): void {
    this.painter.paint(batch)
    this.#queue.push(batch)
    this.#pollLater()
  }

  readonly shareAtOnce = 1

  paintAtOnce(batch: Batch): void {
    // The GPU keeps the order: at most two batches of a few milliseconds come before it.
    this.paint(batch)
  }

  collect(): readonly DoneBatch[] {
    const done = this.#queue.collect()
    this.#pollLater()
    return done
  }

  async time(tiles: readonly Tile[], scene: Scene): Promise<number> {
    await gpuIdle(this.gl)
    const startMs = performance.now()
    for (const tile of tiles) this.painter.makeUnseen(tile, scene)
    await gpuIdle(this.gl)
    // A lost context is done with everything at once.
    if (this.gl.isContextLost()) throw new ContextLostError()
    return performance.now() - startMs
  }

  resize(box: Size, ratio: number): Size | null {
    return this.surface.resize(box, ratio)
  }

  present(camera: Camera, canvas: Size, withTiles: boolean, stills: readonly StandIn[]): void {
    this.painter.present(camera, canvas, this.background, withTiles, stills)
    this.surface.show(canvas, this.completeScene !== null)
  }

  get completeScene(): Scene | null {
    return this.painter.completeScene
  }

  readPixels({ width, height }: Size): Pixels {
    const { gl } = this
    const upward = new Uint8Array(width * height * 4)
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, upward)
    const data = new Uint8ClampedArray(upward.length)
    const rowBytes = width * 4
    for (let row = 0; row < height; row++)
      data.set(upward.subarray((height - 1 - row) * rowBytes, (height - row) * rowBytes), row * rowBytes)
    return { width, height, data }
  }

  get textureBytes(): number {
    return this.painter.sizeBytes + this.tileMaker.sizeBytes
  }

  trimPages(count: number): void {
    this.painter.trimPages(count)
  }

  clear(): void {
    this.painter.clear()
  }

  dispose(): void {
    clearTimeout(this.#pollTimer)
    this.#queue.dispose()
    this.painter.dispose()
    for (const network of this.#networks) this.tileMaker.removeNetwork(network)
    this.#networks.clear()
    this.#disposeShared()
  }

  /** A page learns of a fence only by looking at it now and then. */
  #pollLater(): void {
    clearTimeout(this.#pollTimer)
    if (!this.#queue.isEmpty) this.#pollTimer = window.setTimeout(this.events.onDone, POLL_MS)
  }
}
