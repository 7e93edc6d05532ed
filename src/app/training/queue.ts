// Images that are trained one after the other: each begins, by the plan that there is then, when the one before is finished.

import { printableName } from '../../model/printable.js'
import type { Messages } from '../messages.js'
import type { Training } from './training.js'

export class Queue {
  readonly #waiting: File[] = []

  constructor(
    private readonly training: Training,
    private readonly messages: Messages,
  ) {
    training.finished.subscribe(() => void this.next())
  }

  /** Names of those that wait, in their order. */
  get names(): readonly string[] {
    return this.#waiting.map(({ name }) => name)
  }

  /** Trains an image when those before it are finished. */
  add(file: File): void {
    this.#waiting.push(file)
    this.messages.say(`${printableName(file.name)} is trained next`)
    // Nobody is to wait for one that is over.
    if (this.training.status.kind === 'done') void this.next()
  }

  /** Trains the first of those that wait, now. */
  async next(): Promise<void> {
    const next = this.#waiting.shift()
    if (!next) return
    try {
      await this.training.load({ blob: next, name: next.name })
      await this.training.play()
    } catch (error) {
      this.messages.sayError(error)
      await this.next()
    }
  }
}
