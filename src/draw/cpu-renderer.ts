// Draws with the kernel on the processor: batches of tiles are cut into pieces for the workers, the pieces put into
// pictures as they come, and the pictures shown with Canvas 2D.

import { checksOf, HAS_CHECKS, isTransparent } from '../model/checks.js'
import type { FoldedNetwork } from '../model/fold.js'
import type { SampleCount } from '../model/samples.js'
import { UnsupportedError } from '../model/errors.js'
import { MAX_EDGE, resizeCanvas } from '../gpu/drawing-buffer.js'
import type { Background } from '../gpu/painter.js'
import type { ParitySubject } from '../gpu/parity.js'
import type { DrawnRegion, Region } from '../kernel/region.js'
import type { Camera, Rect, Size } from '../world/camera.js'
import { itemSampling, type NetworkHandle } from '../world/item.js'
import type { Batch, Scene } from '../world/scheduler.js'
import type { StandIn } from '../world/stills.js'
import { type Tile, tileEvaluations } from '../world/tiles.js'
import type { Kernel } from '../kernel/module.js'
import { KernelDrawers } from './kernel-drawers.js'
import { kernelSubject } from './kernel-subject.js'
import { PictureCanvas } from './picture-canvas.js'
import type { DoneBatch, Pixels, Renderer, RendererEvents } from './renderer.js'
import { type Piece, TileTeam } from './tile-team.js'

/** A batch under way. */
interface Work {
  readonly batch: Batch
  readonly picture: PictureCanvas
  piecesLeft: number
  /** Evaluations of the pieces that are done. */
  evaluations: number
  /** Its share of the time: that from each of its pieces back to the piece before, whosesoever that was. */
  elapsedMs: number
  /** Whether a newer picture was made at once: then nothing of it is shown any more. */
  isSuperseded: boolean
}

// Batches under way: while one is being finished the next one must be there for whoever is free.
const DEPTH = 3
// Left to the page and to the browser, which puts frames together in software where there is no GPU. Measured on two cores at
// 1280 x 800 while refining: with both 95 % of the animation frames came within 50 ms, with one 99 %.
const SPARED_CORES = 1
// Evaluations that are worth a message to a worker.
const MIN_PIECE = 2048
// Rows of a coherent piece: a lattice of its own costs every piece some evaluations more.
const MIN_COHERENT_ROWS = 64

export class CpuRenderer implements Renderer {
  readonly kind = 'cpu'
  readonly isOrdered = false
  readonly coherentEdge = 64
  readonly name: string
  readonly subject: ParitySubject
  readonly #team: TileTeam
  /** What the workers have, for what is drawn at once. */
  readonly #networks = new Map<NetworkHandle, FoldedNetwork>()
  /** Draw on the page's own thread: no worker answers within a frame. */
  readonly #drawers: KernelDrawers
  readonly #context: CanvasRenderingContext2D
  #complete: PictureCanvas | null = null
  /** The latest unfinished picture that has a tile. */
  #making: PictureCanvas | null = null
  /** The picture that batches are issued for. */
  #issued: PictureCanvas | null = null
  /** The pages of stills. */
  readonly #pages: PictureCanvas[] = []
  readonly #queue: Work[] = []
  /** When the last piece came, or the first batch after a rest. */
  #lastPieceMs = 0

  /**
   * Starts the workers, unless it draws with those of others.
   * @param kernel for what this thread draws; the workers load the same
   * @param team that draws for others, too, and is whoever's made it; null for one of its own
   * @throws UnsupportedError when the canvas is not to be drawn to
   */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly background: Background,
    private readonly events: RendererEvents,
    kernel: Kernel,
    private readonly team: TileTeam | null = null,
  ) {
    const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true })
    if (!context) throw new UnsupportedError('this browser gives no canvas to draw to')
    this.#context = context
    this.#team = team ?? createTeam(events.onFail)
    this.name = teamName(this.#team)
    this.#drawers = new KernelDrawers(kernel)
    this.subject = kernelSubject(this.name, kernel)
  }

  get textureBytes(): number {
    const pictures = new Set([this.#complete, this.#making, this.#issued, ...this.#pages])
    return [...pictures].reduce((sum, picture) => sum + (picture?.sizeBytes ?? 0), 0)
  }

  /** Workers alive. */
  get workerCount(): number {
    return this.#team.size
  }

  get isSharing(): boolean {
    return this.#team.isSharing
  }

  set isSharing(isSharing: boolean) {
    this.#team.isSharing = isSharing
  }

  async addNetwork(folded: FoldedNetwork): Promise<NetworkHandle> {
    const network = await this.#team.addNetwork(folded)
    this.#networks.set(network, folded)
    return network
  }

  /** The kernel is ready for them. */
  async prepareTaps(): Promise<void> {}

  updateNetwork(network: NetworkHandle, folded: FoldedNetwork): void {
    this.#networks.set(network, folded)
    this.#team.updateNetwork(network, folded)
  }

  removeNetwork(network: NetworkHandle): void {
    this.#networks.delete(network)
    this.#team.removeNetwork(network)
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0
  }

  get isFull(): boolean {
    return this.#queue.length >= DEPTH
  }

  paint(batch: Batch): void {
    if (batch.beginsLevel) this.#issued = new PictureCanvas(batch.scene, batch.level.step)
    const picture = batch.stills ? this.#page(batch) : (this.#issued as PictureCanvas)
    const work: Work = { batch, picture, piecesLeft: 0, evaluations: 0, elapsedMs: 0, isSuperseded: false }
    const isWanted = () => !work.isSuperseded
    const pieces = batch.tiles.flatMap(tile =>
      this.#piecesOf(tile, batch.scene, isWanted, (drawn, blocks) => {
        work.evaluations += (drawn?.evaluations ?? 0) * tile.item.cost
        if (drawn && !work.isSuperseded) {
          picture.put(drawn.rgba, blocks)
          if (!batch.stills) this.#making = picture
        }
        const nowMs = performance.now()
        work.elapsedMs += nowMs - this.#lastPieceMs
        this.#lastPieceMs = nowMs
        if (--work.piecesLeft === 0) this.events.onDone()
      }),
    )
    work.piecesLeft = pieces.length
    if (this.isEmpty) this.#lastPieceMs = performance.now()
    this.#queue.push(work)
    this.#team.draw(pieces)
    // A level of a world with nothing in sight has no tiles; it is done, too.
    if (pieces.length === 0) queueMicrotask(this.events.onDone)
  }

  get shareAtOnce(): number {
    return 1 / Math.max(1, this.#team.size)
  }

  paintAtOnce(batch: Batch): void {
    const picture = new PictureCanvas(batch.scene, batch.level.step)
    for (const work of this.#queue) if (!work.batch.stills) work.isSuperseded = true
    for (const tile of batch.tiles) {
      const folded = this.#networks.get(tile.item.network)
      if (!folded) continue
      const region = regionOf(tile, batch.scene, tile.shown, this.#isOverChecks(tile))
      picture.put(this.#drawers.draw(folded, region).rgba, tile.shown)
    }
    this.#issued = picture
    this.#making = null
    this.#complete = picture
  }

  collect(): readonly DoneBatch[] {
    const done: DoneBatch[] = []
    while (this.#queue.length > 0 && this.#queue[0].piecesLeft === 0) {
      const { batch, picture, evaluations, elapsedMs, isSuperseded } = this.#queue.shift() as Work
      // What was cut short says nothing of the speed, and nobody waits for it.
      if (isSuperseded) continue
      done.push({ batch, elapsedMs, evaluations })
      if (!batch.completesLevel) continue
      this.#complete = picture
      if (this.#making === picture) this.#making = null
    }
    return done
  }

  time(tiles: readonly Tile[], scene: Scene): Promise<number> {
    return new Promise(resolve => {
      const startMs = performance.now()
      let left = 0
      const onDrawn = () => {
        if (--left === 0) resolve(performance.now() - startMs)
      }
      const pieces = tiles.flatMap(tile => this.#piecesOf(tile, scene, () => true, onDrawn))
      left = pieces.length
      this.#team.draw(pieces)
    })
  }

  resize(box: Size, ratio: number): Size | null {
    return resizeCanvas(this.canvas, box, ratio, MAX_EDGE)
  }

  get completeScene(): Scene | null {
    return this.#complete?.scene ?? null
  }

  present(camera: Camera, canvas: Size, withTiles: boolean, stills: readonly StandIn[]): void {
    // Where many share the workers a canvas keeps the picture of a renderer before until there is another one.
    if (this.team && !this.#complete) return
    const context = this.#context
    context.fillStyle = `rgb(${this.background.map(channel => Math.round(255 * channel)).join(' ')})`
    context.fillRect(0, 0, canvas.width, canvas.height)
    for (const { item, still } of stills) {
      const left = canvas.width / 2 + (item.rect.x - camera.x) * camera.scale
      const top = canvas.height / 2 + (item.rect.y - camera.y) * camera.scale
      const size = { width: item.rect.width * camera.scale, height: item.rect.height * camera.scale }
      this.#pages[still.page].showPart(context, still.placed.rect, { x: left, y: top, ...size })
    }
    this.#complete?.show(context, camera, canvas)
    if (withTiles || !this.#complete) this.#making?.show(context, camera, canvas)
  }

  readPixels({ width, height }: Size): Pixels {
    return { width, height, data: this.#context.getImageData(0, 0, width, height).data }
  }

  trimPages(count: number): void {
    this.#pages.splice(count)
  }

  clear(): void {
    this.#complete = null
    this.#making = null
  }

  #page({ stills, scene }: Batch): PictureCanvas {
    const [{ page }] = stills as NonNullable<Batch['stills']>
    this.#pages[page] ??= new PictureCanvas(scene, 1)
    return this.#pages[page]
  }

  dispose(): void {
    if (this.team) for (const network of this.#networks.keys()) this.team.removeNetwork(network)
    else this.#team.dispose()
    this.#networks.clear()
    this.#queue.length = 0
    this.#pages.length = 0
    this.clear()
  }

  /** Cuts a tile into bands of blocks, one for each worker if they are worth it. */
  #piecesOf(
    tile: Tile,
    scene: Scene,
    isWanted: () => boolean,
    onDrawn: (drawn: DrawnRegion | null, blocks: Rect) => void,
  ): Piece[] {
    const { item, shown } = tile
    const worth = Math.floor(tileEvaluations(tile) / MIN_PIECE)
    const fair = Math.ceil(shown.height / Math.max(1, Math.min(this.#team.size, worth)))
    const rows = tile.coherent ? Math.max(MIN_COHERENT_ROWS, fair) : fair
    const isOverChecks = this.#isOverChecks(tile)
    return Array.from({ length: Math.ceil(shown.height / rows) }, (_, i) => {
      const blocks = { ...shown, y: shown.y + i * rows, height: Math.min(rows, shown.height - i * rows) }
      return {
        network: item.network,
        region: regionOf(tile, scene, blocks, isOverChecks),
        isWanted,
        onDrawn: drawn => onDrawn(drawn, blocks),
      }
    })
  }

  /** Whether what is drawn of a tile is transparent, and that is seen. */
  #isOverChecks({ item }: Tile): boolean {
    const folded = this.#networks.get(item.network)
    return HAS_CHECKS && item.tap === null && folded !== undefined && isTransparent(folded)
  }
}

/** Starts the workers that draw: one a core, but for what the page needs itself. @param onFail as for {@link TileTeam} */
export function createTeam(onFail: (error: Error) => void): TileTeam {
  return new TileTeam(Math.max(1, (navigator.hardwareConcurrency || 1) - SPARED_CORES), onFail)
}

/** What a team is called, for people. */
export function teamName({ size }: TileTeam): string {
  return `CPU, ${size} ${size === 1 ? 'thread' : 'threads'}`
}

/** Blocks of a tile as a region of the view. */
function regionOf(
  { item, step, samples, coherent }: Tile,
  { camera, viewport }: Scene,
  blocks: Rect,
  isOverChecks: boolean,
): Region {
  const { frame, tap, tone } = item
  const sampling = itemSampling(item, camera)
  return {
    frame,
    tap,
    tone,
    sampling,
    viewport,
    blocks,
    step,
    samples: samples as SampleCount,
    tolerance: coherent?.tolerance,
    checks: isOverChecks ? checksOf(frame, sampling, viewport) : undefined,
  }
}

/** For whoever makes one: fetched with it, as a page that draws by a GPU needs neither. */
export { loadDrawingKernel } from '../kernel/relaxed.js'
