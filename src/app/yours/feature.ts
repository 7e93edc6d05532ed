// The way to the shelf: what comes in and what is edited is laid there, a button opens it. All that does it is fetched when the first network of one's
// own comes, or the shelf is opened; the start screen only knows whether there is one.

import { html, nothing, render } from 'lit-html'
import { keyOf } from '../../open/file-key.js'
import { Lazy } from '../lazy.js'
import { readMark, setMark } from '../mark.js'
import type { OwnSource } from '../open/own-files.js'
import type { Page } from '../page.js'
import { networkFile } from '../saving.js'
import type { YoursDialog } from './dialog.js'
import type { OpenShelved } from './shelf.js'

/** Larger files are films and the like: one keeps those as files. */
const MOST_BYTES = 4 * 2 ** 20
/** After the last edit. */
const EDITED_MS = 800
const EDITED = 'edited-'

const load = async () => {
  const [{ Shelf }, { YoursDialog }] = await Promise.all([import('./shelf.js'), import('./dialog.js')])
  return { shelf: new Shelf(), YoursDialog }
}

export class YoursFeature implements OwnSource {
  readonly #modules = new Lazy('the shelf', load)
  #dialog: YoursDialog | null = null
  #isThere = readMark('vexel-yours')
  #isWarned = false
  #editTimer = 0
  /** One after the other: the last word on a key is the last one said. */
  #turn: Promise<unknown> = Promise.resolve()

  /** @param place where the button is */
  constructor(
    private readonly page: Page,
    private readonly place: HTMLElement,
    private readonly open: OpenShelved,
  ) {
    const { own, kept } = page
    own.came.subscribe(() => {
      const { latest } = own
      if (latest && latest.file.size <= MOST_BYTES)
        void this.#put(
          latest.key,
          nameOf(latest.file.name),
          async () => new Uint8Array(await latest.file.arrayBuffer()),
        )
    })
    kept.changed.subscribe(() => {
      clearTimeout(this.#editTimer)
      const { file } = page.opened
      const edited = page.opened.overlay('edits')
      this.#editTimer = window.setTimeout(() => {
        // Left before the time was up: it is kept with the next edit, and for the visit anyway.
        if (file && page.opened.file === file && page.opened.overlay('edits') === edited) void this.#putEdited()
      }, EDITED_MS)
    })
  }

  /** What came in an earlier visit. */
  async find(key: string): Promise<File | null> {
    const { shelf } = await this.#modules.get()
    const shelved = await shelf.get(key).catch(() => null)
    return shelved && new File([shelved.bytes as Uint8Array<ArrayBuffer>], `${shelved.name}.safetensors`)
  }

  /** Lays the edited net there, beside the file that it was made of; takes it away where nothing is edited any more. */
  async #putEdited(): Promise<void> {
    const { opened, kept, places } = this.page
    const { file } = opened
    if (!file) return
    // With its frame: away from the wall nothing else says how wide the flag is.
    const bytes = kept.isEdited(file.key) ? networkFile(opened, true) : null
    const title = places.openFlag?.name ?? nameOf(file.name)
    const key = EDITED + (await keyOf(new TextEncoder().encode(file.key)))
    if (bytes) await this.#put(key, `${nameOf(title)} edited`, async () => new Uint8Array(await bytes.arrayBuffer()))
    else await this.#change(async shelf => await shelf.remove(key))
  }

  async #put(key: string, name: string, read: () => Promise<Uint8Array>): Promise<void> {
    await this.#change(async shelf => {
      const known = await shelf.get(key)
      await shelf.put(key, { name: known?.name ?? name, bytes: await read(), timeMs: Date.now() })
      this.#setThere(true)
    })
  }

  /** Changes the shelf; where that is refused, it is told once. */
  async #change(change: (shelf: Awaited<ReturnType<typeof load>>['shelf']) => Promise<void>): Promise<void> {
    const turn = this.#turn.then(async () => {
      try {
        const { shelf } = await this.#modules.get()
        await change(shelf)
        await this.#dialog?.refresh()
      } catch (error) {
        if (!this.#isWarned) this.page.messages.sayError(error)
        this.#isWarned = true
      }
    })
    this.#turn = turn
    await turn
  }

  /** Shows the shelf. */
  async show(): Promise<void> {
    await this.page.messages.attempt(async () => {
      const { shelf, YoursDialog } = await this.#modules.get()
      this.#dialog ??= new YoursDialog(shelf, this.page, this.open, count => this.#setThere(count > 0))
      await this.#dialog.show()
    })
  }

  #setThere(isThere: boolean): void {
    this.#isThere = isThere
    setMark('vexel-yours', isThere)
    this.page.requestRender()
  }

  /** Renders the button; there is none as long as there is nothing. */
  render(): void {
    const button = html`<button type="button" aria-haspopup="dialog" @click=${() => void this.show()}>Yours</button>`
    render(this.#isThere ? button : nothing, this.place)
  }
}

function nameOf(file: string): string {
  return file.replace(/\.safetensors$/i, '')
}
