// Whose turn it is to begin to draw: a page with a hundred elements would otherwise show a hundred half pictures for a long time.

const AT_ONCE = 2

interface Waiting {
  readonly begin: () => void
}

export class Turns {
  readonly #waiting: Waiting[] = []
  #busy = 0

  /**
   * Waits for a turn.
   * @param begin called when it has come; it ends with what is returned
   * @returns gives up the place in the queue, or the turn
   */
  take(begin: () => void): () => void {
    let state: 'waiting' | 'busy' | 'over' = 'waiting'
    const waiting: Waiting = {
      begin: () => {
        state = 'busy'
        this.#busy++
        begin()
      },
    }
    this.#waiting.push(waiting)
    this.#next()
    return () => {
      if (state === 'waiting') this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
      if (state === 'busy') this.#busy--
      state = 'over'
      this.#next()
    }
  }

  #next(): void {
    while (this.#busy < AT_ONCE && this.#waiting.length > 0) this.#waiting.shift()?.begin()
  }
}
