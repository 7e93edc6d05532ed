// The shelf: networks of the person's own, in the browser's IndexedDB until the person removes them. Nothing of it leaves the browser.

import { createStore, del, entries, get, set } from 'idb-keyval'
import { UnsupportedError } from '../../model/errors.js'

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

export class Shelf {
  readonly #store = createStore('vexel', 'yours')

  /** All there is, the latest first. @throws UnsupportedError with one line */
  async list(): Promise<ShelvedEntry[]> {
    const all = await told(() => entries<string, Shelved>(this.#store))
    return all.map(([key, shelved]) => ({ key, ...shelved })).sort((a, b) => b.timeMs - a.timeMs)
  }

  /** @returns null where there is none @throws UnsupportedError with one line */
  async get(key: string): Promise<Shelved | null> {
    return (await told(() => get<Shelved>(key, this.#store))) ?? null
  }

  /** Lays a network there, in place of one of the same key. @throws UnsupportedError with one line, also where there is no room */
  async put(key: string, shelved: Shelved): Promise<void> {
    await told(() => set(key, shelved, this.#store))
  }

  /** @throws UnsupportedError with one line */
  async remove(key: string): Promise<void> {
    await told(() => del(key, this.#store))
  }
}

/** Says what the browser refuses as a person understands it. */
async function told<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use()
  } catch (error) {
    const isFull = error instanceof DOMException && error.name === 'QuotaExceededError'
    throw new UnsupportedError(
      isFull
        ? 'the shelf of this browser is full: what is yours stays for this visit only; remove some of it, or save it as a file'
        : 'this browser keeps nothing here (a private window does not): what is yours stays for this visit only',
    )
  }
}
