// The renderer's life: chosen, made, lost, made again, and where WebGL is software, compared with the CPU. All that a renderer holds is a cache: a
// new one is given everything again.

import { UnsupportedError } from '../model/errors.js'
import type { FoldedNetwork } from '../model/fold.js'
import { createContext, rendererName } from '../gpu/context.js'
import { ContextLostError } from '../gpu/errors.js'
import { countLiveObjects, type LiveObjectCount } from '../gpu/live-objects.js'
import { type ShaderVariant, SOFTWARE_VARIANT } from '../gpu/shader-variant.js'
import { checkDrawable } from '../gpu/weight-texels.js'
import { checkKernelWeights } from '../kernel/kernel-weights.js'
import { isSlowGl, isSoftwareGl, SLOW_PER_MS } from './choice.js'
import { compareRenderers } from './compare-renderers.js'
import type { CpuRenderer } from './cpu-renderer.js'
import { type ComparedView, type Lifecycle, type LifecycleEvents, type RendererStatus, whenReady } from './lifecycle.js'
import type { DrawingOverride } from './override.js'
import type { Renderer } from './renderer.js'
import { ShaderMemory } from './shader-memory.js'
import { ShaderTuner } from './shader-tuner.js'
import type { ViewerStats } from './viewer-stats.js'
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
  readonly #tuner: ShaderTuner
  /** Net evaluations a millisecond, as the scheduler estimated them last. */
  #perMs = 0
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
   * @param override what to draw with, where that is not to be the fastest
   */
  constructor(
    private readonly host: HTMLElement,
    private readonly events: LifecycleEvents,
    private readonly override: DrawingOverride,
  ) {
    this.#canvas = this.#createCanvas()
    this.#tuner = new ShaderTuner(override.shader, ShaderMemory.ofPage())
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

  get figures(): Pick<ViewerStats, 'renderer' | 'rendererNote' | 'liveObjects' | 'shader'> {
    const webgl = this.#webgl
    const shader = webgl && this.#tuner.report(webgl.name, webgl.variant)
    return {
      renderer: this.#name,
      rendererNote: this.#note ?? shader?.note ?? null,
      liveObjects: this.#liveObjects(),
      shader: shader?.label ?? null,
    }
  }

  start(): void {
    this.#setStatus({ kind: 'starting' })
    this.#gl = null
    this.#unknownWorkMs = null
    this.#note = null
    if (this.override.renderer !== 'cpu')
      try {
        this.#startWebgl()
      } catch (error) {
        if (this.override.renderer === 'webgl') {
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
    this.#perMs = perMs
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

  /** Whether renderers, or a GPU's variants of the shader, are to be compared on the first view that comes to rest. */
  get isComparisonDue(): boolean {
    const webgl = this.#webgl
    // What is slow is software, or as good as that: it keeps the base.
    const isTuningDue = webgl !== null && this.#perMs >= SLOW_PER_MS && this.#tuner.isDue(webgl.name)
    return (this.#rival !== null || isTuningDue) && !this.#isComparing
  }

  /**
   * Times a slow WebGL against the CPU, on a view that is at rest, and changes to it where it is faster by far. The loser is
   * given up; where something came in between they are compared again at the next rest. Without such a rival it is the GPU's variants
   * of the shader that are timed.
   */
  async compare(view: ComparedView): Promise<void> {
    const [rival, current] = [this.#rival, this.#renderer]
    if (!current || this.#isComparing) return
    this.#isComparing = true
    if (!rival) {
      const create = (variant: ShaderVariant) => this.#createWebgl(this.#gl as WebGL2RenderingContext, variant)
      const isSame = () => this.#renderer === current && view.isAtRest()
      // What fails, or is lost, is not taken; a lost context has its own way back.
      if (current instanceof WebglRenderer) await this.#tuner.tune(current, view, create, isSame).catch(() => {})
      this.#isComparing = false
      return
    }
    const liveObjects = countLiveObjects(rival.gl)
    let other: Renderer | null = null
    try {
      other = await this.#createWebgl(rival.gl, this.override.shader ?? SOFTWARE_VARIANT)
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
    if (this.override.renderer === null && isSoftwareGl(rendererName(gl))) {
      this.#rival = { name: 'software WebGL', canvas, gl }
      this.#note = 'drawn by the CPU: WebGL is software here'
      return
    }
    this.#show(canvas)
    this.#gl = gl
    this.#liveObjects = countLiveObjects(gl)
    if (this.override.renderer === null) this.#unknownWorkMs = 0
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

  get #webgl(): WebglRenderer | null {
    return this.#renderer instanceof WebglRenderer ? this.#renderer : null
  }

  #createWebgl(gl: WebGL2RenderingContext, variant: ShaderVariant): Promise<WebglRenderer> {
    return WebglRenderer.create(gl, this.background, { onDone: this.events.onDone, onFail: () => {} }, variant)
  }

  async #create(): Promise<Renderer> {
    if (this.#gl) return this.#createWebgl(this.#gl, this.#tuner.initial(rendererName(this.#gl)))
    const onFail = (error: Error) => {
      if (this.#renderer === cpu) this.fail(error)
    }
    const canvas = this.#canvas
    // The kernel is a seventh of the page: where a GPU draws it is not fetched at all.
    const { CpuRenderer, loadDrawingKernel } = await import('./cpu-renderer.js')
    const events = { onDone: this.events.onDone, onFail }
    const cpu: CpuRenderer = new CpuRenderer(canvas, this.background, events, await loadDrawingKernel())
    if (canvas === this.#canvas) this.#liveObjects = () => cpu.workerCount
    return cpu
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
    const webgl = this.#webgl
    if (webgl) this.#tuner.onLost(webgl.name, webgl.variant)
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
