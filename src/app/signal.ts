// A signal: something has changed. Whoever owns it emits; who listens asks for what it needs.

export class Signal {
  readonly #listeners = new Set<() => void>()

  /** Calls a function with every change, until the returned one is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  emit(): void {
    for (const listener of this.#listeners) listener()
  }

  /** Resolves as soon as something is so: now, or after a change. */
  until(isSo: () => boolean): Promise<void> {
    return new Promise(resolve => {
      const look = () => {
        if (!isSo()) return
        stop()
        resolve()
      }
      const stop = this.subscribe(look)
      look()
    })
  }
}
