// Those who wait for the picture at rest.

import { UnsupportedError } from '../model/errors.js'

interface Waiter {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export class Settling {
  #waiters: Waiter[] = []
  #isOver = false

  /** @param onWait called when somebody waits: a frame is to look whether the time has come */
  constructor(private readonly onWait: () => void) {}

  wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#isOver) throw new UnsupportedError('the viewer was disposed')
      this.#waiters.push({ resolve, reject })
      this.onWait()
    })
  }

  /** The picture is there, or there is none to wait for. */
  resolve(): void {
    for (const { resolve } of this.#take()) resolve()
  }

  /** There is nothing to complete it with. */
  refuse(error: Error): void {
    for (const { reject } of this.#take()) reject(error)
  }

  end(): void {
    this.#isOver = true
    this.refuse(new UnsupportedError('the viewer was disposed'))
  }

  #take(): readonly Waiter[] {
    const waiters = this.#waiters
    this.#waiters = []
    return waiters
  }
}
