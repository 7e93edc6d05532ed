// The files of the person's own that were opened in this visit, by key: no URL leads to them, but the entries of the history do. What is older may lie
// on the shelf, which whoever has one looks into.

export class OwnFiles {
  readonly #files = new Map<string, File>()
  /** The key under which a file is known now, by one that it had before. */
  readonly #renamed = new Map<string, string>()
  /** Shows what is still becoming a file, a training, as it is by now. @returns whether there is such a one */
  reopen: (key: string) => Promise<boolean> = async () => false
  /** Lays a file on the shelf that has come. */
  shelve: (key: string, file: File) => void = () => {}
  /** Finds what came in an earlier visit. */
  elsewhere: (key: string) => Promise<File | null> = async () => null

  /** Notes a file that was opened. It is not read: one on the disk takes no memory. */
  take(key: string, file: File): void {
    if (this.#files.has(key)) return
    this.#files.set(key, file)
    this.shelve(key, file)
  }

  /** From now on entries that name a file by one key lead to another: that of what became of it. */
  rename(from: string, to: string): void {
    if (from !== to) this.#renamed.set(from, to)
  }

  /** @returns the file, and the key that it is known by now; null where it is nowhere in this browser @throws what cannot be read */
  async find(key: string): Promise<{ readonly key: string; readonly file: File } | null> {
    const known = this.#renamed.get(key) ?? key
    const file = this.#files.get(known) ?? (await this.elsewhere(known))
    return file && { key: known, file }
  }
}
