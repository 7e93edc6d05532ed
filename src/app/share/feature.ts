// The way to give a flag away: a button beside its name. What it opens is fetched when it is asked for.

import { html, nothing, render } from 'lit-html'
import { Lazy } from '../lazy.js'
import type { Page } from '../page.js'
import type { ShareDialog, SharedFilm } from './dialog.js'
import './button.css'

export class ShareFeature {
  readonly #module = new Lazy('what gives a flag away', () => import('./dialog.js'))
  #dialog: ShareDialog | null = null

  /** @param place where the button is */
  constructor(
    private readonly page: Page,
    private readonly place: HTMLElement,
    private readonly film: SharedFilm,
  ) {}

  /** Shows the dialog for what is open; what goes wrong is told. */
  async show(): Promise<void> {
    await this.page.messages.attempt(async () => {
      const { ShareDialog } = await this.#module.get()
      this.#dialog ??= new ShareDialog(this.page, this.film)
      this.#dialog.show()
    })
  }

  /** Renders the button; there is none where no flag is open. */
  render(): void {
    const isOpen = this.page.opened.file !== null && this.page.places.kind !== 'wall'
    const button = html`<button
      type="button"
      aria-label="Share…"
      title="Share…"
      aria-haspopup="dialog"
      @click=${() => void this.show()}
    >
      <span>Share…</span>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <path
          d="M8 10V1.5M4.8 4.5 8 1.3l3.2 3.2M5 7H2.8v7.5h10.4V7H11"
          fill="none"
          stroke="currentColor"
          stroke-width="1.4"
        />
      </svg>
    </button>`
    render(isOpen ? button : nothing, this.place)
  }
}
