// The shelf: networks of the person's own, in this browser until the person removes them.

import { BrowserStore } from '../browser-store.js'

/** A network on the shelf, by its key. */
export interface Shelved {
  readonly name: string
  /** The file. */
  readonly bytes: Uint8Array
  /** When it came, or was changed last, Unix time in ms. */
  readonly timeMs: number
}

/** Opens a file of the shelf as any other. @throws with one line */
export type OpenShelved = (file: File, key: string) => Promise<void>

export type ShelvedEntry = Shelved & { readonly key: string }

export class Shelf extends BrowserStore<Shelved> {
  constructor() {
    super('vexel', 'yours', {
      full: 'the shelf of this browser is full: what is yours stays for this visit only; remove some of it, or save it as a file',
      none: 'this browser keeps nothing here (a private window does not): what is yours stays for this visit only',
    })
  }

  /** All there is, the latest first. @throws UnsupportedError with one line */
  async list(): Promise<ShelvedEntry[]> {
    const all = await this.entries()
    return all.map(([key, shelved]) => ({ key, ...shelved })).toSorted((a, b) => b.timeMs - a.timeMs)
  }
}
