// An element's share of the page's renderer, as its viewer sees it.

import { UnsupportedError } from '../model/errors.js'
import type { FoldedNetwork } from '../model/fold.js'
import { ContextLostError } from '../gpu/errors.js'
import {
  type ComparedView,
  type Lifecycle,
  type LifecycleEvents,
  type RendererStatus,
  whenReady,
} from '../draw/lifecycle.js'
import type { Renderer } from '../draw/renderer.js'
import type { Backend } from './backend.js'
import type { SharedRenderer } from './shared-renderer.js'

export class SharedLifecycle implements Lifecycle {
  /** Seen by nobody: what is painted has no end, and before there is a picture the canvas is hidden. */
  readonly background: [number, number, number] = [0, 0, 0]
  /** Two renderers are never compared here: the choice is the page's. */
  readonly isComparisonDue = false
  #status: RendererStatus = { kind: 'starting' }
  #backend: Backend | null = null
  #renderer: Renderer | null = null
  /** Counts what it was told to draw with; what is built for something older is thrown away. */
  #generation = 0
  #leave = () => {}
  #isDisposed = false

  /**
   * @param canvas that the pictures are shown on
   * @param onPicture called when a picture of the whole view is complete and on the canvas
   */
  constructor(
    private readonly shared: SharedRenderer,
    private readonly canvas: HTMLCanvasElement,
    private readonly events: LifecycleEvents,
    private readonly onPicture: () => void,
  ) {}

  get status(): RendererStatus {
    return this.#status
  }

  get renderer(): Renderer | null {
    return this.#renderer
  }

  get holder(): Renderer | null {
    return this.#renderer
  }

  get figures(): Lifecycle['figures'] {
    const { name: renderer = 'none', liveObjects = 0 } = this.#backend ?? {}
    return { renderer, rendererNote: null, liveObjects, shader: null }
  }

  check(folded: FoldedNetwork): void {
    this.#backend?.check(folded)
  }

  whenReady(): Promise<void> {
    return whenReady(this, () => this.#isDisposed)
  }

  start(): void {
    this.#setStatus({ kind: 'starting' })
    this.#leave = this.shared.join({
      onBackend: backend => {
        this.#teardown()
        this.#backend = backend
        if (backend) void this.#build(backend)
        else this.#setStatus({ kind: 'lost' })
      },
      onFail: error => this.fail(error),
    })
  }

  retry(): void {
    this.#leave()
    this.#teardown()
    this.start()
  }

  fail(error: unknown): void {
    this.#teardown()
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0]
    this.#setStatus({ kind: 'failed', reason })
  }

  addWork(): void {}

  retire(present: () => void): void {
    present()
    this.onPicture()
  }

  compare(_view: ComparedView): Promise<void> {
    return Promise.reject(new UnsupportedError('there is one renderer a page'))
  }

  dispose(): void {
    this.#isDisposed = true
    this.#leave()
    this.#teardown()
  }

  async #build(backend: Backend): Promise<void> {
    const generation = this.#generation
    const isWanted = () => generation === this.#generation && !this.#isDisposed
    let renderer: Renderer | null = null
    try {
      const created = await backend.createRenderer(this.canvas, this.background, {
        onDone: this.events.onDone,
        onFail: error => this.#renderer === created && this.fail(error),
      })
      renderer = created
      await this.events.fill(created, isWanted, take => {
        if (!isWanted()) throw new ContextLostError()
        this.#renderer = created
        take()
        this.events.onAttach(created)
        this.#setStatus({ kind: 'ready' })
      })
    } catch (error) {
      renderer?.dispose()
      if (isWanted() && !(error instanceof ContextLostError)) this.fail(error)
    }
  }

  #teardown(): void {
    this.#generation++
    const renderer = this.#renderer
    this.#renderer = null
    this.events.onAttach(null)
    renderer?.dispose()
  }

  #setStatus(status: RendererStatus): void {
    this.#status = status
    this.events.onStatus(status)
  }
}
