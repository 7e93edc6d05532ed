// Where a picture to be trained comes from: a file, what was copied, a text or an emoji, one of the samples.

import './picture-dialog.css'
import { html, nothing, render } from 'lit-html'
import { FormatError } from '../../model/errors.js'
import { lineOf } from '../messages.js'
import { SAMPLE_PICTURES, samplePicture } from '../sample-pictures.js'
import { textPicture } from './text-picture.js'

export interface PictureDialogHost {
  readonly chooseFile: () => void
  /** Takes the picture; what is wrong with it is told by the page. */
  readonly take: (file: File) => void
}

export class PictureDialog {
  readonly #dialog = document.createElement('dialog')
  #problem = ''

  constructor(private readonly host: PictureDialogHost) {
    this.#dialog.className = 'choose-picture'
    this.#dialog.setAttribute('aria-labelledby', 'picture-dialog-title')
    this.#dialog.addEventListener('click', event => {
      if (event.target === this.#dialog) this.close()
    })
    document.body.append(this.#dialog)
  }

  show(): void {
    this.#problem = ''
    this.#render()
    if (!this.#dialog.open) this.#dialog.showModal()
  }

  close(): void {
    this.#dialog.close()
  }

  #render(): void {
    const canPaste = typeof navigator.clipboard?.read === 'function'
    render(
      html`
        <h2 id="picture-dialog-title">Train a picture</h2>
        <p class="quiet">
          It becomes a tiny network, here on this machine; nothing is uploaded. A picture that is dropped on the page or
          pasted into it (Ctrl V) is trained as well.
        </p>
        <div class="buttons">
          <button type="button" class="primary" @click=${() => this.#leave(this.host.chooseFile)}>
            Choose a file…
          </button>
          ${
            canPaste
              ? html`<button type="button" @click=${() => void this.#attempt(pastedPicture)}>Paste</button>`
              : nothing
          }
        </div>
        <form
          @submit=${(event: SubmitEvent) => {
            event.preventDefault()
            void this.#attempt(() => this.#typed(event.target as HTMLFormElement))
          }}
        >
          <label for="picture-text">A text or an emoji</label>
          <span>
            <input id="picture-text" type="text" autocomplete="off" maxlength="40" />
            <button type="submit">Train it</button>
          </span>
        </form>
        <div class="samples" role="group" aria-label="Samples">
          ${SAMPLE_PICTURES.map(
            ({ url, name }) =>
              html`<button
                type="button"
                title=${`Train ${name.toLowerCase()}`}
                @click=${() => void this.#attempt(() => samplePicture(url))}
              >
                <img src=${url} alt=${name} width="72" height="48" />
              </button>`,
          )}
        </div>
        <p class="warning" role="alert">${this.#problem}</p>
        <div class="buttons last"><button type="button" @click=${() => this.close()}>Cancel</button></div>
      `,
      this.#dialog,
    )
  }

  #leave(act: () => void): void {
    this.close()
    act()
  }

  /** What goes wrong is told where it was tried. */
  async #attempt(read: () => Promise<File>): Promise<void> {
    try {
      const file = await read()
      this.#leave(() => this.host.take(file))
    } catch (error) {
      this.#problem = lineOf(error)
      this.#render()
    }
  }

  async #typed(form: HTMLFormElement): Promise<File> {
    const field = form.querySelector('input') as HTMLInputElement
    if (field.value.trim() === '') throw new FormatError('type a letter, a word or an emoji')
    const file = await textPicture(field.value)
    field.value = ''
    return file
  }
}

/** The picture that was copied last. @throws with one line where there is none, or it may not be read */
async function pastedPicture(): Promise<File> {
  const items = await navigator.clipboard.read().catch(() => {
    throw new FormatError('the browser does not let the page read what was copied; press Ctrl V')
  })
  for (const item of items) {
    const type = item.types.find(type => type.startsWith('image/'))
    if (type) return new File([await item.getType(type)], `pasted.${type.slice(6).replace('svg+xml', 'svg')}`)
  }
  throw new FormatError('no picture was copied')
}
