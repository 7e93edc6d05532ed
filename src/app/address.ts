// The page's state as its address: the parts that whoever has a state registers, spelled as a readable hash, so that a link is a bug report and a
// bookmark. What the parts mean is none of its business.

import { FormatError } from '../model/errors.js'

/** How a value stands in the hash. */
export interface PartSpelling<T> {
  readonly key: string
  /** What no hash needs to say. */
  readonly default: T
  format(value: T): string
  /** @throws FormatError with one line when it is not understood */
  parse(text: string): T
}

/** A value of the state, and where it is now. */
export interface AddressPart<T> extends PartSpelling<T> {
  readonly read: () => T
}

/** Values by the keys of their parts. */
export type AddressState = Readonly<Record<string, unknown>>

// Browsers allow about a hundred history calls in half a minute.
const DELAY_MS = 300

export class Address {
  readonly #parts: AddressPart<unknown>[] = []
  #timer = 0
  #written = ''

  /**
   * @param isFixed whether the address names what is on its way, and is to be left alone
   * @param onFollow called when the person follows a link or goes back, with the hash
   */
  constructor(
    private readonly isFixed: () => boolean,
    private readonly onFollow: (hash: string) => void,
  ) {
    window.addEventListener('hashchange', this.#onHashChange)
  }

  /** Adds a part; they stand in the hash in the order of registering. */
  register<T>(spelling: PartSpelling<T>, read: () => T): void {
    this.#parts.push({ ...spelling, read })
  }

  /** The state there is now. */
  get state(): AddressState {
    return Object.fromEntries(this.#parts.map(({ key, read }) => [key, read()]))
  }

  /** Reads a hash, which is taken for what the address says now. */
  read(hash: string): ParsedHash {
    this.#written = hash
    return parseHash(this.#parts, hash)
  }

  /** Writes the state there is. @param how a new entry of the history, or the one there is */
  write(how: 'push' | 'replace'): void {
    clearTimeout(this.#timer)
    // What somebody has just typed or followed stands there already, its event on the way: it is read, not written over.
    if (this.isFixed() || location.hash !== this.#written) return
    const hash = formatHash(this.#parts, this.state)
    if (hash === this.#written) return
    const url = hash || location.pathname + location.search
    if (how === 'push') history.pushState(null, '', url)
    else history.replaceState(null, '', url)
    this.#written = location.hash
  }

  /** Writes it a moment later: what changes many times a second costs one call. */
  schedule(): void {
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => this.write('replace'), DELAY_MS)
  }

  dispose(): void {
    clearTimeout(this.#timer)
    window.removeEventListener('hashchange', this.#onHashChange)
  }

  readonly #onHashChange = (): void => {
    if (location.hash !== this.#written) this.onFollow(location.hash)
  }
}

/** Spells a state as a hash, '' for the default. */
export function formatHash(parts: readonly PartSpelling<unknown>[], state: AddressState): string {
  const spelled = parts
    .filter(({ key, default: usual }) => state[key] !== usual)
    .map(part => `${part.key}=${encodeReadably(part.format(state[part.key]))}`)
  return spelled.length > 0 ? `#${spelled.join('&')}` : ''
}

export interface ParsedHash {
  readonly state: AddressState
  /** What was not understood, a line each. */
  readonly problems: readonly string[]
}

/** Reads a hash. What is not understood is left at its default and reported: a mistyped link still opens. */
export function parseHash(parts: readonly PartSpelling<unknown>[], hash: string): ParsedHash {
  const fields = new Map<string, string>()
  for (const part of hash.replace(/^#/, '').split('&')) {
    const cut = part.indexOf('=')
    if (cut > 0) fields.set(decode(part.slice(0, cut)), decode(part.slice(cut + 1)))
  }
  const problems: string[] = []
  const read = (part: PartSpelling<unknown>): unknown => {
    const { key, default: usual } = part
    const text = fields.get(key)
    if (text === undefined) return usual
    try {
      return part.parse(text)
    } catch (error) {
      problems.push(`link: ${key}: ${error instanceof FormatError ? error.message : 'not understood'}`)
      return usual
    }
  }
  const state = Object.fromEntries(parts.map(part => [part.key, read(part)]))
  return { state, problems }
}

/** Percent-encodes only what would be mistaken in a hash; slashes, commas and braces stay as they are. */
function encodeReadably(value: string): string {
  return encodeURIComponent(value).replace(/%(2F|3A|2C|7B|7D|5B|5D|40|22)/g, escape => decodeURIComponent(escape))
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
