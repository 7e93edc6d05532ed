// What is fetched when it is first needed: whoever only looks at flags loads none of it.

import { FormatError } from '../model/errors.js'
import { lineOf } from './messages.js'

export class Lazy<T> {
  #loaded: T | null = null
  #loading: Promise<T> | null = null

  /**
   * @param name of what is fetched, for people: `the film player`
   * @param load imports it
   */
  constructor(
    private readonly name: string,
    private readonly load: () => Promise<T>,
  ) {}

  /** Null before it is there. */
  get loaded(): T | null {
    return this.#loaded
  }

  /** Fetches it once; after a failure the next call tries again. @throws FormatError with one line */
  async get(): Promise<T> {
    this.#loading ??= this.load()
    try {
      this.#loaded = await this.#loading
      return this.#loaded
    } catch (error) {
      this.#loading = null
      throw new FormatError(`${this.name} could not be loaded: ${lineOf(error)}`)
    }
  }
}
