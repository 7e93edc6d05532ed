// The way into the tour: what shows it is fetched when somebody asks for it.

import { nothing, render, type TemplateResult } from 'lit-html'
import { Lazy } from '../lazy.js'
import type { Messages } from '../messages.js'
import type { Tour, TourHost } from './tour.js'

export class TourFeature {
  readonly #module = new Lazy('the tour', () => import('./tour.js'))
  #tour: Tour | null = null

  /** @param place where the page has room for its line */
  constructor(
    private readonly messages: Messages,
    private readonly place: HTMLElement,
    private readonly host: TourHost,
  ) {}

  /** Whether its line is there. */
  get isOn(): boolean {
    return this.#tour !== null
  }

  /** Shows it, from its beginning. */
  async show(): Promise<void> {
    if (this.#tour) return
    await this.messages.attempt(async () => {
      const { Tour } = await this.#module.get()
      this.#tour = new Tour(
        this.host,
        template => this.#render(template),
        () => {
          this.#tour = null
          this.#render(nothing)
        },
      )
      await this.#tour.run()
    })
  }

  #render(template: TemplateResult | typeof nothing): void {
    render(template, this.place)
    this.host.requestRender()
  }
}
