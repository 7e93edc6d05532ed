// What this browser keeps by key, in an object store of IndexedDB, until it is removed. Nothing of it leaves the browser.

import { createStore, del, entries, get, set } from 'idb-keyval'
import { UnsupportedError } from '../model/errors.js'

/** What a person is told, a line each. */
export interface StoreRefusals {
  /** There is no room. */
  readonly full: string
  /** The browser keeps nothing at all. */
  readonly none: string
}

/** @template T what is kept: plain data, buffers, blobs */
export class BrowserStore<T> {
  readonly #store

  /** @param database that holds this store alone */
  constructor(
    database: string,
    store: string,
    private readonly refusals: StoreRefusals,
  ) {
    this.#store = createStore(database, store)
  }

  /** All there is. @throws UnsupportedError with one line */
  async entries(): Promise<[key: string, value: T][]> {
    return await this.#told(() => entries<string, T>(this.#store))
  }

  /** @returns null where there is none @throws UnsupportedError with one line */
  async get(key: string): Promise<T | null> {
    return (await this.#told(() => get<T>(key, this.#store))) ?? null
  }

  /** Keeps a value in place of one of the same key. @throws UnsupportedError with one line, also where there is no room */
  async put(key: string, value: T): Promise<void> {
    await this.#told(() => set(key, value, this.#store))
  }

  /** @throws UnsupportedError with one line */
  async remove(key: string): Promise<void> {
    await this.#told(() => del(key, this.#store))
  }

  /** Says what the browser refuses as a person understands it. */
  async #told<R>(use: () => Promise<R>): Promise<R> {
    try {
      return await use()
    } catch (error) {
      const isFull = error instanceof DOMException && error.name === 'QuotaExceededError'
      throw new UnsupportedError(isFull ? this.refusals.full : this.refusals.none)
    }
  }
}
