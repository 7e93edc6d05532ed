// What the start screen offers: the two ways in that are always there, and, on the first visit, a line that says what can be done.

import { html, nothing, type TemplateResult } from 'lit-html'
import { readMark, setMark } from '../mark.js'

/** What a flag network is, in a sentence. */
export const SENTENCE = 'Every flag here is a tiny neural network: 6,675 numbers, no pixels.'

export interface WelcomeActions {
  readonly openNetwork: () => void
  readonly trainPicture: () => void
  readonly showTour: () => void
}

export class Welcome {
  #isClosed = readMark('vexel.welcome')

  constructor(
    private readonly actions: WelcomeActions,
    private readonly requestRender: () => void,
  ) {}

  /** Closed once, it is never shown again: not on later visits either, where the browser keeps anything. */
  close(): void {
    this.#isClosed = true
    setMark('vexel.welcome', true)
    this.requestRender()
  }

  get buttons(): TemplateResult {
    const { openNetwork, trainPicture } = this.actions
    return html`<div class="ways">
      <button type="button" class="open-network" @click=${openNetwork}>Open a network…</button>
      <button type="button" class="train-picture" @click=${trainPicture}>Train a picture…</button>
    </div>`
  }

  /** The line of the first visit; nothing once it was closed. */
  get card(): TemplateResult | typeof nothing {
    if (this.#isClosed) return nothing
    return html`<section class="banner welcome" aria-label="Welcome">
      <p>
        <b>Click a flag</b> to fly into it, <b>drop a network</b> to be told what it is, <b>drop a picture</b> to train
        one.
      </p>
      <button type="button" class="show-me" @click=${this.actions.showTour}>Show me</button>
      <button type="button" class="close" aria-label="Close for good" @click=${() => this.close()}>×</button>
    </section>`
  }
}
