// The renderer's life: chosen, made, lost, made again, and where WebGL is software, compared with the CPU. All that a renderer holds is a cache: a
// new one is given everything again.

import { UnsupportedError } from '../model/errors.js'
import type { FoldedNetwork } from '../model/fold.js'
import { createContext, rendererName } from '../gpu/context.js'
import { ContextLostError } from '../gpu/errors.js'
import { countLiveObjects, type LiveObjectCount } from '../gpu/live-objects.js'
import { checkDrawable } from '../gpu/weight-texels.js'
import { checkKernelWeights } from '../kernel/evaluator.js'
import { isSlowGl, isSoftwareGl } from './choice.js'
import { compareRenderers } from './compare-renderers.js'
import { CpuRenderer } from './cpu-renderer.js'
import { type ComparedView, type Lifecycle, type LifecycleEvents, type RendererStatus, whenReady } from './lifecycle.js'
import type { Renderer } from './renderer.js'
import { WebglRenderer } from './webgl-renderer.js'

/** WebGL that is software, or as slow, which may yet turn out the faster one: a context and the canvas it draws on. */
interface Rival {
  readonly name: 'software WebGL' | 'WebGL'
  readonly canvas: HTMLCanvasElement
  readonly gl: WebGL2RenderingContext
}

// A context that is going to come back does so within a second or two; then the person is told.
const RESTORE_TIMEOUT_MS = 4000

export class RendererLifecycle implements Lifecycle {
  readonly background: [number, number, number] = [0, 0, 0]
  #canvas: HTMLCanvasElement
  /** The context of the canvas; null where the CPU draws. */
  #gl: WebGL2RenderingContext | null = null
  #renderer: Renderer | null = null
  #name = 'none'
  #note: string | null = null
  #liveObjects: LiveObjectCount = () => 0
  #status: RendererStatus = { kind: 'starting' }
  #rival: Rival | null = null
  #isComparing = false
  /** Milliseconds that batches have taken of WebGL whose speed is not known; null where nobody asks for it. */
  #unknownWorkMs: number | null = null
  /** The canvas of the renderer before, shown until the new one has a picture. */
  #retiring: HTMLCanvasElement | null = null
  /** Counts attempts to build a renderer; an older attempt that ends late throws its work away. */
  #generation = 0
  #restoreTimer = 0
  #isDisposed = false

  /**
   * @param host the element that the canvas fills
   * @param override the renderer to draw with, null for the faster one
   */
  constructor(
    private readonly host: HTMLElement,
    private readonly events: LifecycleEvents,
    private readonly override: Renderer['kind'] | null,
  ) {
    this.#canvas = this.#createCanvas()
  }

  get canvas(): HTMLCanvasElement {
    return this.#canvas
  }

  get status(): RendererStatus {
    return this.#status
  }

  /** What draws; null while there is nothing, or its context is lost. */
  get renderer(): Renderer | null {
    return this.#gl?.isContextLost() ? null : this.#renderer
  }

  /** What is there, though its context may be lost: for what is kept in it by handle. */
  get holder(): Renderer | null {
    return this.#renderer
  }

  /** @throws FormatError or UnsupportedError for weights that the renderer would refuse, also before it is there and while it is away */
  check(folded: FoldedNetwork): void {
    if (this.#gl) checkDrawable(folded)
    else checkKernelWeights(folded)
  }

  whenReady(): Promise<void> {
    return whenReady(this, () => this.#isDisposed)
  }

  /** What draws, for people: the GL renderer's name, or 'CPU, 2 threads'. */
  get name(): string {
    return this.#name
  }

  /** Why this one draws, in a line; null where the GPU does, or it was asked for. */
  get note(): string | null {
    return this.#note
  }

  /** GPU objects alive, or workers. */
  get liveObjects(): number {
    return this.#liveObjects()
  }

  start(): void {
    this.#setStatus({ kind: 'starting' })
    this.#gl = null
    this.#unknownWorkMs = null
    this.#note = null
    if (this.override !== 'cpu')
      try {
        this.#startWebgl()
      } catch (error) {
        if (this.override === 'webgl') {
          this.fail(error)
          return
        }
        this.#note = `drawn by the CPU: ${(error as Error).message}`
      }
    if (!this.#gl) this.#show(this.#createCanvas())
    void this.#build()
  }

  /** Tries once more after a failure, with a new canvas: an old one never gives a second context. */
  retry(): void {
    this.#teardown()
    this.#dropRival()
    this.#show(this.#createCanvas())
    this.start()
  }

  /** Gives up until somebody tries again. */
  fail(error: unknown): void {
    this.#teardown()
    // A shader's log has many lines; the first one says what it is about.
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0]
    this.#setStatus({ kind: 'failed', reason })
  }

  /**
   * The renderer has worked: WebGL whose name says nothing is doubted when it turns out slow.
   * @param perMs net evaluations a millisecond, as they are estimated by now
   */
  addWork(elapsedMs: number, perMs: number): void {
    if (this.#unknownWorkMs === null || !this.#gl) return
    this.#unknownWorkMs += elapsedMs
    if (isSlowGl(this.#unknownWorkMs, perMs)) this.#doubtWebgl(this.#gl)
  }

  /** Takes the canvas of the renderer before away, now that there is a picture in its place. */
  retire(present: () => void): void {
    if (!this.#retiring) return
    present()
    this.#retiring.remove()
    this.#retiring = null
  }

  /** Whether two renderers are to be compared on the first view that comes to rest. */
  get isComparisonDue(): boolean {
    return this.#rival !== null && !this.#isComparing
  }

  /**
   * Times a slow WebGL against the CPU, on a view that is at rest, and changes to it where it is faster by far. The loser is
   * given up; where something came in between they are compared again at the next rest.
   */
  async compare(view: ComparedView): Promise<void> {
    const [rival, current] = [this.#rival, this.#renderer]
    if (!rival || !current || this.#isComparing) return
    this.#isComparing = true
    const liveObjects = countLiveObjects(rival.gl)
    let other: Renderer | null = null
    try {
      const { onDone } = this.events
      other = await WebglRenderer.create(rival.gl, this.background, { onDone, onFail: () => {} })
      const { items, take } = await view.copyTo(other)
      const isCurrent = () => this.#renderer === current && this.#rival === rival
      const verdict = await compareRenderers(
        { renderer: current, scene: view.scene },
        { renderer: other, scene: { ...view.scene, items } },
        () => isCurrent() && view.isSame(),
        rival.name,
      )
      if (!verdict || !isCurrent() || !view.isAtRest()) return
      this.#note = verdict.note
      if (verdict.isOtherFaster) {
        this.#rival = null
        this.#changeTo(rival, other, take, liveObjects)
        other = null
      } else this.#dropRival()
    } catch {
      // A rival that cannot even be timed has lost.
      if (this.#rival === rival) this.#dropRival()
    } finally {
      other?.dispose()
      this.#isComparing = false
    }
  }

  dispose(): void {
    this.#isDisposed = true
    this.#teardown()
    this.#dropRival()
    this.#canvas.remove()
    this.#retiring?.remove()
  }

  #createCanvas(): HTMLCanvasElement {
    const canvas = document.createElement('canvas')
    canvas.className = 'picture'
    canvas.setAttribute('aria-hidden', 'true')
    canvas.addEventListener('webglcontextlost', event => {
      if (canvas !== this.#canvas || this.#isDisposed) return
      // Without this the browser never restores the context.
      event.preventDefault()
      this.#onLost((event as WebGLContextEvent).statusMessage)
    })
    canvas.addEventListener('webglcontextrestored', () => {
      if (canvas !== this.#canvas || this.#isDisposed) return
      clearTimeout(this.#restoreTimer)
      void this.#build()
    })
    return canvas
  }

  /** Puts a canvas into the page in place of the one that is there. */
  #show(canvas: HTMLCanvasElement): void {
    this.#canvas.remove()
    this.#canvas = canvas
    this.host.prepend(canvas)
  }

  /** Puts a canvas into the page beneath the one that is there, which stays until the new one has a picture. */
  #slideUnder(canvas: HTMLCanvasElement): void {
    this.#retiring?.remove()
    this.#retiring = this.#canvas
    this.#canvas = canvas
    this.host.prepend(canvas)
  }

  /** Takes WebGL; where it is software, and nobody asked for it, it becomes the CPU's rival instead. */
  #startWebgl(): void {
    const canvas = this.#canvas
    const gl = createContext(canvas)
    if (this.override === null && isSoftwareGl(rendererName(gl))) {
      this.#rival = { name: 'software WebGL', canvas, gl }
      this.#note = 'drawn by the CPU: WebGL is software here'
      return
    }
    this.#show(canvas)
    this.#gl = gl
    this.#liveObjects = countLiveObjects(gl)
    if (this.override === null) this.#unknownWorkMs = 0
  }

  /** Lets the CPU draw in place of a WebGL that has turned out slow, until the two were compared. */
  #doubtWebgl(gl: WebGL2RenderingContext): void {
    this.#teardown()
    this.#rival = { name: 'WebGL', canvas: this.#canvas, gl }
    this.#note = 'drawn by the CPU: WebGL is slow here'
    this.#unknownWorkMs = null
    this.#gl = null
    this.#slideUnder(this.#createCanvas())
    this.#setStatus({ kind: 'starting' })
    void this.#build()
  }

  async #create(): Promise<Renderer> {
    const events = {
      onDone: this.events.onDone,
      onFail: (error: Error) => {
        if (this.#renderer === renderer) this.fail(error)
      },
    }
    let renderer: Renderer
    if (this.#gl) renderer = await WebglRenderer.create(this.#gl, this.background, events)
    else {
      const cpu = new CpuRenderer(this.#canvas, this.background, events)
      this.#liveObjects = () => cpu.workerCount
      renderer = cpu
    }
    return renderer
  }

  /** Builds everything that the renderer holds from what is kept in memory. */
  async #build(): Promise<void> {
    const generation = ++this.#generation
    const isWanted = () => generation === this.#generation && !this.#isDisposed
    let renderer: Renderer | null = null
    try {
      const created = await this.#create()
      renderer = created
      await this.events.fill(created, isWanted, take => {
        if (!isWanted()) throw new ContextLostError()
        this.#attach(created, take)
      })
    } catch (error) {
      renderer?.dispose()
      if (isWanted() && !(error instanceof ContextLostError)) this.fail(error)
    }
  }

  /** Draws with the rival from now on; the old picture stays until there is a new one. */
  #changeTo({ canvas, gl }: Rival, renderer: Renderer, take: () => void, liveObjects: LiveObjectCount): void {
    const before = this.#renderer
    this.#slideUnder(canvas)
    this.#gl = gl
    this.#liveObjects = liveObjects
    this.#attach(renderer, take)
    before?.dispose()
  }

  #attach(renderer: Renderer, take: () => void): void {
    this.#renderer = renderer
    this.#name = renderer.name
    take()
    this.events.onAttach(renderer)
    this.#setStatus({ kind: 'ready' })
  }

  #teardown(): void {
    this.#generation++
    clearTimeout(this.#restoreTimer)
    const renderer = this.#renderer
    this.#renderer = null
    this.events.onAttach(null)
    renderer?.dispose()
  }

  #onLost(reason: string): void {
    this.#teardown()
    this.#setStatus({ kind: 'lost' })
    this.#restoreTimer = window.setTimeout(() => {
      const because = reason ? `: ${reason}` : ''
      this.fail(new UnsupportedError(`the GPU context was lost and did not come back${because}`))
    }, RESTORE_TIMEOUT_MS)
  }

  /** Gives the rival's context back: browsers allow a page some sixteen. */
  #dropRival(): void {
    this.#rival?.gl.getExtension('WEBGL_lose_context')?.loseContext()
    this.#rival = null
  }

  #setStatus(status: RendererStatus): void {
    this.#status = status
    this.#canvas.style.visibility = status.kind === 'ready' ? 'visible' : 'hidden'
    this.events.onStatus(status)
  }
}
