// The files of the person's own that were opened in this visit, by key: no URL leads to them, but the entries of the history do.

import { Signal } from '../signal.js'

/** A file, and what it is known by. */
export interface OwnFile {
  readonly key: string
  readonly file: File
}

/** A feature that has files of the person's own, too: in the making, or from earlier visits. */
export interface OwnSource {
  /** Shows what is still becoming a file, a training, as it is by now. @returns whether there is such a one */
  readonly reopen?: (key: string) => Promise<boolean>
  /** @returns null where it has no such file */
  readonly find?: (key: string) => Promise<File | null>
}

export class OwnFiles {
  readonly #files = new Map<string, File>()
  /** The key under which a file is known now, by one that it had before. */
  readonly #renamed = new Map<string, string>()
  #latest: OwnFile | null = null
  /** A file has come that was not there in this visit: {@link latest}. */
  readonly came = new Signal()

  get latest(): OwnFile | null {
    return this.#latest
  }

  /** Notes a file that was opened. It is not read: one on the disk takes no memory. */
  take(key: string, file: File): void {
    if (this.#files.has(key)) return
    this.#files.set(key, file)
    this.#latest = { key, file }
    this.came.emit()
  }

  /** From now on entries that name a file by one key lead to another: that of what became of it. */
  rename(from: string, to: string): void {
    if (from !== to) this.#renamed.set(from, to)
  }

  /**
   * The file of a key, and the key that it is known by now.
   * @param sources asked in turn for what did not come in this visit
   * @returns null where it is nowhere in this browser
   * @throws what cannot be read
   */
  async find(key: string, sources: readonly OwnSource[]): Promise<OwnFile | null> {
    const known = this.#renamed.get(key) ?? key
    let file = this.#files.get(known) ?? null
    for (const source of sources) file ??= (await source.find?.(known)) ?? null
    return file && { key: known, file }
  }
}
