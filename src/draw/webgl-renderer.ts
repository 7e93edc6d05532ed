// Draws with WebGL2: tile maker, painter and the queue of what the GPU is working on, on one context. The context itself is
// the viewer's: it may be lost, and then there is a new renderer.

import type { FoldedNetwork } from '../model/fold.js'
import { BatchQueue } from '../gpu/batch-queue.js'
import { rendererName } from '../gpu/context.js'
import { resizeDrawingBuffer } from '../gpu/drawing-buffer.js'
import { gpuIdle } from '../gpu/fence.js'
import { type Background, Painter } from '../gpu/painter.js'
import { type ParitySubject, shaderSubject } from '../gpu/parity.js'
import { TileMaker } from '../gpu/tile-maker.js'
import type { Camera, Size } from '../world/camera.js'
import type { NetworkHandle } from '../world/item.js'
import type { Batch, Scene } from '../world/scheduler.js'
import type { StandIn } from '../world/stills.js'
import type { Tile } from '../world/tiles.js'
import type { DoneBatch, Pixels, Renderer, RendererEvents } from './renderer.js'

const POLL_MS = 1

export class WebglRenderer implements Renderer {
  readonly kind = 'webgl'
  readonly isOrdered = true
  isSharing = false
  readonly name: string
  readonly subject: ParitySubject
  readonly #queue: BatchQueue
  #pollTimer = 0

  private constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly tileMaker: TileMaker,
    private readonly painter: Painter,
    private readonly background: Background,
    private readonly events: RendererEvents,
  ) {
    this.name = rendererName(gl)
    this.subject = shaderSubject(tileMaker)
    this.#queue = new BatchQueue(gl)
  }

  /** Compiles what every picture needs. @throws ShaderError or ContextLostError; nothing is left behind then */
  static async create(
    gl: WebGL2RenderingContext,
    background: Background,
    events: RendererEvents,
  ): Promise<WebglRenderer> {
    const tileMaker = new TileMaker(gl)
    try {
      return new WebglRenderer(gl, tileMaker, await Painter.create(tileMaker), background, events)
    } catch (error) {
      tileMaker.dispose()
      throw error
    }
  }

  addNetwork(folded: FoldedNetwork): Promise<NetworkHandle> {
    return this.tileMaker.addNetwork(folded)
  }

  prepareTaps(network: NetworkHandle): Promise<void> {
    return this.tileMaker.prepareTaps(network)
  }

  updateNetwork(network: NetworkHandle, folded: FoldedNetwork): void {
    this.tileMaker.updateNetwork(network, folded)
  }

  removeNetwork(network: NetworkHandle): void {
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
    return performance.now() - startMs
  }

  resize(box: Size, ratio: number): Size | null {
    return resizeDrawingBuffer(this.gl, box, ratio)
  }

  present(camera: Camera, canvas: Size, withTiles: boolean, stills: readonly StandIn[]): void {
    this.painter.present(camera, canvas, this.background, withTiles, stills)
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
    this.tileMaker.dispose()
  }

  /** A page learns of a fence only by looking at it now and then. */
  #pollLater(): void {
    clearTimeout(this.#pollTimer)
    if (!this.#queue.isEmpty) this.#pollTimer = window.setTimeout(this.events.onDone, POLL_MS)
  }
}
