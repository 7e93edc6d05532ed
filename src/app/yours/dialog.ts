// The shelf as a person sees it: what lies there, by name; opened, named, saved and removed one by one, exported and imported as one file.

import { html, render, type TemplateResult } from 'lit-html'
import { FormatError } from '../../model/errors.js'
import { parseFile } from '../../open/open-file.js'
import { keyOf } from '../../open/file-key.js'
import { bytesText } from '../figures.js'
import { valueOf } from '../fields.js'
import { lineOf } from '../messages.js'
import type { Page } from '../page.js'
import type { OpenShelved, Shelf, ShelvedEntry } from './shelf.js'
import './yours.css'

export class YoursDialog {
  readonly #dialog = document.createElement('dialog')
  #entries: readonly ShelvedEntry[] = []
  /** What went wrong last, or was done, in a line. */
  #line = ''

  /** @param onCount told how many there are */
  constructor(
    private readonly shelf: Shelf,
    private readonly page: Page,
    private readonly open: OpenShelved,
    private readonly onCount: (count: number) => void,
  ) {
    this.#dialog.className = 'yours'
    this.#dialog.setAttribute('aria-labelledby', 'yours-title')
    document.body.append(this.#dialog)
  }

  /** @throws with one line where the browser keeps nothing */
  async show(): Promise<void> {
    this.#line = ''
    await this.refresh()
    if (!this.#dialog.open) this.#dialog.showModal()
  }

  /** Shows what there is by now. */
  async refresh(): Promise<void> {
    this.#entries = await this.shelf.list()
    this.onCount(this.#entries.length)
    render(this.#template(), this.#dialog)
  }

  #template(): TemplateResult {
    const entries = this.#entries
    return html`
      <h2 id="yours-title">Yours</h2>
      <p class="quiet">
        What you dropped, trained or edited stays in this browser until you remove it. Nothing is uploaded; only the
        link that Share… makes carries it elsewhere.
      </p>
      <ul>
        ${entries.map(entry => this.#row(entry))}
      </ul>
      ${entries.length === 0 ? html`<p>Nothing lies here.</p>` : ''}
      <p role="status">${this.#line}</p>
      <div class="buttons">
        <button
          type="button"
          ?disabled=${entries.length === 0}
          @click=${() => void this.#attempt(() => this.#export())}
        >
          Export all
        </button>
        <label class="button"
          >Import…<input
            type="file"
            accept=".zip"
            class="hidden"
            @change=${(event: Event) => void this.#attempt(() => this.#import(event.target as HTMLInputElement))}
        /></label>
        <button type="button" class="primary" @click=${() => this.#dialog.close()}>Close</button>
      </div>
    `
  }

  #row(entry: ShelvedEntry): TemplateResult {
    const { key, name, bytes, timeMs } = entry
    return html`<li>
      <input
        type="text"
        aria-label="Name"
        autocomplete="off"
        maxlength="80"
        .value=${name}
        @change=${(event: Event) => void this.#attempt(() => this.#rename(entry, valueOf(event)))}
      />
      <span class="quiet">${new Date(timeMs).toLocaleString()} · ${bytesText(bytes.length)}</span>
      <span class="row-buttons">
        <button
          type="button"
          aria-label=${`Open ${name}`}
          @click=${() => void this.#attempt(() => this.#openOne(entry))}
        >
          Open
        </button>
        <button type="button" aria-label=${`Save ${name}`} @click=${() => this.page.save(fileOf(entry))}>Save</button>
        <button
          type="button"
          aria-label=${`Remove ${name}`}
          @click=${() => void this.#attempt(() => this.shelf.remove(key))}
        >
          Remove
        </button>
      </span>
    </li>`
  }

  async #attempt(action: () => void | Promise<void>): Promise<void> {
    try {
      this.#line = ''
      await action()
    } catch (error) {
      this.#line = lineOf(error)
    }
    await this.refresh()
  }

  async #openOne(entry: ShelvedEntry): Promise<void> {
    await this.open(fileOf(entry), entry.key)
    this.#dialog.close()
  }

  async #rename({ key, bytes, timeMs }: ShelvedEntry, name: string): Promise<void> {
    if (name.trim() !== '') await this.shelf.put(key, { name: name.trim(), bytes, timeMs })
  }

  async #export(): Promise<void> {
    const { packArchive } = await import('./archive.js')
    const zip = packArchive(this.#entries) as Uint8Array<ArrayBuffer>
    this.page.save(new File([zip], 'yours.vexel.zip', { type: 'application/zip' }))
  }

  async #import(input: HTMLInputElement): Promise<void> {
    const file = input.files?.[0]
    input.value = ''
    if (!file) return
    const { unpackArchive } = await import('./archive.js')
    const networks = unpackArchive(new Uint8Array(await file.arrayBuffer()))
    const problems: string[] = []
    for (const { name, bytes } of networks)
      try {
        const key = await keyOf(bytes)
        parseFile({ name, url: null, key, bytes })
        await this.shelf.put(key, { name, bytes, timeMs: Date.now() })
      } catch (error) {
        problems.push(`${name}: ${lineOf(error)}`)
      }
    if (problems.length > 0) throw new FormatError(problems.join('; '))
    this.#line = `${networks.length === 1 ? 'one network' : `${networks.length} networks`} imported`
  }
}

function fileOf({ name, bytes }: ShelvedEntry): File {
  return new File([bytes as Uint8Array<ArrayBuffer>], `${name}.safetensors`)
}
