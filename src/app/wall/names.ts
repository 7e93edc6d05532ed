// What else the flags of the wall are called: earlier and official names, those of their own languages, codes. Fetched when somebody
// searches for the first time; made by `npm run names`.

const NAMES = 'flags/names.json'

/** Names by code, the usual one first. */
export type NamesByCode = ReadonlyMap<string, readonly string[]>

const NONE: NamesByCode = new Map()

export class OtherNames {
  /** None before they are there. */
  byCode: NamesByCode = NONE
  #loading: Promise<void> | null = null

  get isLoaded(): boolean {
    return this.byCode !== NONE
  }

  /** Fetches them once. Where there are none the search does without. */
  load(): Promise<void> {
    this.#loading ??= this.#fetch().catch(() => {
      // The next search tries again.
      this.#loading = null
    })
    return this.#loading
  }

  async #fetch(): Promise<void> {
    const response = await fetch(new URL(NAMES, document.baseURI))
    const json: unknown = response.ok ? await response.json() : {}
    this.byCode = new Map(
      Object.entries(json as object).flatMap(([code, names]): [string, readonly string[]][] =>
        Array.isArray(names) ? [[code.toLowerCase(), names.map(String)]] : [],
      ),
    )
  }
}
