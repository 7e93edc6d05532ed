// Help, everywhere by `?`: a sheet over the page, fetched when it is first asked for.

import { html, render, type TemplateResult } from 'lit-html'
import { isKey, KEYS } from '../keys.js'
import { Lazy } from '../lazy.js'
import type { Messages } from '../messages.js'
import type { SheetActions } from './sheet.js'

export class HelpFeature {
  readonly #sheet = new Lazy('the help', () => import('./sheet.js'))
  readonly #dialog = document.createElement('dialog')

  /** @param sentence what this is, in a sentence */
  constructor(
    page: HTMLElement,
    private readonly messages: Messages,
    private readonly sentence: string,
    private readonly actions: Omit<SheetActions, 'close'>,
  ) {
    this.#dialog.className = 'help'
    this.#dialog.setAttribute('aria-labelledby', 'help-title')
    // A click beside the sheet is one on the dialog itself.
    this.#dialog.addEventListener('click', event => {
      if (event.target === this.#dialog) this.#dialog.close()
    })
    page.append(this.#dialog)
    window.addEventListener('keydown', this.#onKey)
  }

  get button(): TemplateResult {
    return html`<button
      type="button"
      class="help-button"
      aria-label="Help"
      title="Help (?)"
      aria-haspopup="dialog"
      @click=${() => void this.open()}
    >
      ?
    </button>`
  }

  /** Shows the sheet, over whatever is seen. */
  async open(): Promise<void> {
    await this.messages.attempt(async () => {
      const { sheetTemplate } = await this.#sheet.get()
      if (this.#dialog.open) return
      const close = () => this.#dialog.close()
      render(sheetTemplate(this.sentence, { ...this.actions, close }), this.#dialog)
      this.#dialog.showModal()
      this.#dialog.scrollTop = 0
    })
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || !isKey(event, KEYS.help)) return
    const target = event.target as HTMLElement
    if (target.matches('input:not([type=checkbox], [type=range]), textarea')) return
    const isOpen = this.#dialog.open
    // Another dialog has the page.
    if (!isOpen && document.querySelector('dialog[open]')) return
    event.preventDefault()
    if (isOpen) this.#dialog.close()
    else void this.open()
  }
}
