// What a screen reader is told: what has happened at once, and where the view is once it has come to rest.

import type { Explorer } from './explorer.js'
import { zoomText } from './figures.js'

const REST_MS = 700

export class LiveRegion {
  #timer = 0
  #kind = 'wall'
  #message: Explorer['messages']['current'] = null

  /** @param element that is read out when it changes */
  constructor(
    private readonly explorer: Explorer,
    private readonly element: HTMLElement,
  ) {}

  /** Tells what is new; to be called with everything that is rendered. */
  update(): void {
    const { places, messages } = this.explorer
    clearTimeout(this.#timer)
    if (places.kind !== this.#kind) {
      // What was said of a screen that was left is not said again.
      this.#kind = places.kind
      places.movement.said = ''
    }
    const { current: message } = messages
    if (message !== this.#message) {
      this.#message = message
      if (message && !message.isError) this.element.textContent = message.text
    }
    this.#timer = window.setTimeout(() => this.#tell(), REST_MS)
  }

  #tell(): void {
    const { viewer, places, messages, probe } = this.explorer
    const view = [`zoom ${zoomText(viewer.view?.zoom ?? 1)}`]
    if (probe.flatness?.isFlat) view.push('the picture is one colour at this depth')
    const text = viewer.isWorld ? places.movement.said : view.join(', ')
    if (this.element.textContent !== text && !messages.current) this.element.textContent = text
  }
}
