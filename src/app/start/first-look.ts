// The caption of what one looks at, over the picture's lower edge, when one looks at it for the first time: for some seconds, in no hand's way.

import { html, nothing, type TemplateResult } from 'lit-html'
import { readMark, setMark } from '../mark.js'
import { CAPTIONS, type CaptionMode } from '../terms/captions.js'

/** Long enough to be read twice. */
const SHOWN_MS = 14_000

export class FirstLook {
  #mode: CaptionMode | null = null
  #isShown = false
  #timer = 0
  /** Where the browser keeps nothing, each is shown once a visit. */
  readonly #seen = new Set<CaptionMode>()

  constructor(private readonly requestRender: () => void) {}

  /** Follows what is looked at; null where that needs no caption. */
  follow(mode: CaptionMode | null): void {
    if (mode === this.#mode) return
    this.#mode = mode
    clearTimeout(this.#timer)
    this.#isShown = mode !== null && !this.#seen.has(mode) && !readMark(`vexel.saw.${mode}`)
    if (!mode || !this.#isShown) return
    this.#seen.add(mode)
    setMark(`vexel.saw.${mode}`, true)
    this.#timer = window.setTimeout(() => {
      this.#isShown = false
      this.requestRender()
    }, SHOWN_MS)
  }

  get caption(): TemplateResult | typeof nothing {
    if (!this.#mode || !this.#isShown) return nothing
    return html`<p class="first-look" role="status">${CAPTIONS[this.#mode].text}</p>`
  }
}
