// The one backend of a page: chosen when the first element is to draw, told to all of them, and when its context is lost, made again for all
// of them. Where the GPU does not come back the processor takes over.

import { createContext, rendererName } from '../gpu/context.js'
import type { Renderer } from '../draw/renderer.js'
import { isSoftwareGl } from '../draw/choice.js'
import type { Backend } from './backend.js'
import { createWebglBackend } from './webgl-backend.js'

export interface SharedRendererUser {
  /** There is something to draw with; null: there is nothing for a while, and what there was is worth nothing. */
  readonly onBackend: (backend: Backend | null) => void
  /** There is nothing to draw with on this page. */
  readonly onFail: (error: Error) => void
}

/** A context that is going to come back does so within a second or two. */
const RESTORE_TIMEOUT_MS = 4000

export class SharedRenderer {
  /** What draws; null for whatever is faster. To be set before the first element draws. */
  static override: Renderer['kind'] | null = null
  readonly #users = new Set<SharedRendererUser>()
  #backend: Backend | null = null
  #error: Error | null = null
  #isStarted = false
  #restoreTimer = 0

  /** Tells a user what there is, now and whenever it changes. @returns ends that */
  join(user: SharedRendererUser): () => void {
    this.#users.add(user)
    if (this.#error) user.onFail(this.#error)
    else if (this.#backend) user.onBackend(this.#backend)
    if (!this.#isStarted) this.#start()
    return () => this.#users.delete(user)
  }

  #start(): void {
    this.#isStarted = true
    if (SharedRenderer.override !== 'cpu')
      try {
        this.#startWebgl()
        return
      } catch (error) {
        if (SharedRenderer.override === 'webgl') {
          this.#fail(error as Error)
          return
        }
      }
    void this.#startCpu()
  }

  /** @throws UnsupportedError or ShaderError where it is not to be had, or not worth it */
  #startWebgl(): void {
    const canvas = document.createElement('canvas')
    const gl = createContext(canvas)
    if (SharedRenderer.override === null && isSoftwareGl(rendererName(gl))) {
      gl.getExtension('WEBGL_lose_context')?.loseContext()
      throw new Error('WebGL is software here')
    }
    canvas.addEventListener('webglcontextlost', event => {
      // Without this the browser never restores the context.
      event.preventDefault()
      this.#set(null)
      this.#restoreTimer = window.setTimeout(() => void this.#startCpu(), RESTORE_TIMEOUT_MS)
    })
    canvas.addEventListener('webglcontextrestored', () => {
      clearTimeout(this.#restoreTimer)
      if (!this.#backend) this.#set(createWebglBackend(gl))
    })
    this.#set(createWebglBackend(gl))
  }

  async #startCpu(): Promise<void> {
    try {
      const { createCpuBackend } = await import('./cpu-backend.js')
      if (!this.#backend) this.#set(createCpuBackend(error => this.#fail(error)))
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  #set(backend: Backend | null): void {
    this.#backend?.dispose()
    this.#backend = backend
    for (const user of this.#users) user.onBackend(backend)
  }

  #fail(error: Error): void {
    this.#error = error
    for (const user of this.#users) user.onFail(error)
  }
}
