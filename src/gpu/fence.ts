// Knowing when the GPU has done what it was given, without waiting for it.

/** A fence behind everything issued so far. Dispose it; twice is harmless. */
export class Fence {
  #sync: WebGLSync | null
  /** When it was issued, as performance.now() has it. */
  readonly issuedMs = performance.now()

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.#sync = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
    gl.flush()
  }

  /** Whether the GPU has passed it; true also when the context is lost, as nothing will ever come then. */
  get isSignaled(): boolean {
    const { gl } = this
    if (!this.#sync || gl.isContextLost()) return true
    return gl.clientWaitSync(this.#sync, 0, 0) !== gl.TIMEOUT_EXPIRED
  }

  dispose(): void {
    this.gl.deleteSync(this.#sync)
    this.#sync = null
  }
}

/** Resolves when the GPU has done everything issued so far. */
export async function gpuIdle(gl: WebGL2RenderingContext): Promise<void> {
  const fence = new Fence(gl)
  while (!fence.isSignaled) await new Promise(resolve => setTimeout(resolve, 1))
  fence.dispose()
}
