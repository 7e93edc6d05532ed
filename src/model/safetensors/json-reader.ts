// A cursor over JSON text that is stricter and more exact than JSON.parse: it sees duplicate keys, tells 16.0 from 16
// and -0 from 0, keeps integers exact to 2^64 and refuses lone surrogates. Nothing recurses on the depth of the text.
// What the keys mean is the header's business.

import { FormatError } from '../errors.js'
import { quoted } from './quoted.js'
import { exact, type ExactInteger } from './size.js'

/** The deepest nesting of objects and arrays, counted from the outermost: the same as the reference reader's. */
const MAX_DEPTH = 127

const U64_DIGITS = 20
const U64_MAX = (1n << 64n) - 1n
const QUOTE = 0x22
const BACKSLASH = 0x5c
const SPACE = 0x20

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

export class JsonReader {
  readonly #text: string
  #position = 0

  /** text: well-formed UTF-16, as a strict UTF-8 decoder gives it. */
  constructor(text: string) {
    this.#text = text
  }

  /** Where the cursor stands, in UTF-16 units: with `slice`, the raw text of what was read. */
  get position(): number {
    return this.#position
  }

  /** Returns the raw text from one position to another. */
  slice(start: number, end: number): string {
    return this.#text.slice(start, end)
  }

  /** Reads an object; readMember stands behind each colon, must read one value, and gets the key and where its quote is. */
  readObject(what: string, readMember: (key: string, start: number) => void): void {
    if (!this.#take('{')) this.#fail(what)
    if (this.#take('}')) return
    do {
      this.#skipSpace()
      const start = this.#position
      readMember(this.#readKey(), start)
    } while (this.#take(','))
    if (!this.#take('}')) this.#fail('"," or "}"')
  }

  /** Reads an array; readItem must read one value each time. */
  readArray(what: string, readItem: () => void): void {
    if (!this.#take('[')) this.#fail(what)
    if (this.#take(']')) return
    do readItem()
    while (this.#take(','))
    if (!this.#take(']')) this.#fail('"," or "]"')
  }

  /** Reads a string and undoes its escapes. */
  readString(what: string): string {
    if (!this.#take('"')) this.#fail(what)
    const pieces: string[] = []
    let start = this.#position
    for (;;) {
      const unit = this.#text.charCodeAt(this.#position)
      if (unit === QUOTE || unit === BACKSLASH) {
        pieces.push(this.#text.slice(start, this.#position))
        this.#position++
        if (unit === QUOTE) return pieces.length === 1 ? pieces[0] : pieces.join('')
        pieces.push(this.#readEscape())
        start = this.#position
      } else if (unit >= SPACE) {
        this.#position++
      } else {
        // Also the end of the text, where charCodeAt is NaN.
        this.#fail('a closing quote')
      }
    }
  }

  /** Reads an integer from 0 to 2^64 - 1, written with digits alone. where opens the message about any other value. */
  readInteger(where: string): ExactInteger {
    this.#skipSpace()
    const first = this.#text.charAt(this.#position)
    if (first !== '-' && !isDigit(first)) this.#fail(`a non-negative integer in ${where}`)
    const number = this.#readNumber()
    for (let i = 0; i < number.length; i++) {
      if (!isDigit(number.charAt(i))) {
        throw new FormatError(`${where}: expected a non-negative integer, got ${quoted(number)}`)
      }
    }
    const value =
      number.length > U64_DIGITS ? U64_MAX + 1n : number.length > 15 ? exact(BigInt(number)) : Number(number)
    if (value > U64_MAX) throw new FormatError(`${where}: expected an integer below 2^64, got ${quoted(number)}`)
    return value
  }

  /** Passes over any value, checking that it is JSON. enclosing: how many objects and arrays the cursor is in. */
  skipValue(enclosing: number): void {
    const closers: ('}' | ']')[] = []
    do {
      if (this.#open(closers, enclosing)) continue
      this.#closeFinished(closers)
    } while (closers.length > 0)
  }

  /** Reads `null`, if it is that which stands here. */
  readNull(): boolean {
    this.#skipSpace()
    const isNull = this.#text.startsWith('null', this.#position)
    if (isNull) this.#position += 'null'.length
    return isNull
  }

  /** Requires that only spaces are left. */
  readEnd(): void {
    this.#skipSpace()
    if (this.#position < this.#text.length) this.#fail('nothing but spaces after the closing "}"')
  }

  /** Reads a scalar or an empty container, or enters a container as far as its first value and returns true. */
  #open(closers: ('}' | ']')[], enclosing: number): boolean {
    const closer = this.#take('{') ? '}' : this.#take('[') ? ']' : null
    if (closer === null) {
      this.#skipScalar()
      return false
    }
    if (enclosing + closers.length >= MAX_DEPTH) {
      throw new FormatError(`safetensors header: nested deeper than ${MAX_DEPTH} objects and arrays`)
    }
    if (this.#take(closer)) return false
    closers.push(closer)
    if (closer === '}') this.#readKey()
    return true
  }

  /** After a value: leaves the containers that end here and stops before the next value. */
  #closeFinished(closers: ('}' | ']')[]): void {
    while (closers.length > 0) {
      const closer = closers[closers.length - 1]
      if (this.#take(',')) {
        if (closer === '}') this.#readKey()
        return
      }
      if (!this.#take(closer)) this.#fail(`"," or "${closer}"`)
      closers.pop()
    }
  }

  #skipScalar(): void {
    const first = this.#text.charAt(this.#position)
    if (first === '"') {
      this.readString('a string')
    } else if (first === '-' || isDigit(first)) {
      const number = this.#readNumber()
      // The reference reader holds an ignored number too, and refuses what a double cannot.
      if (!Number.isFinite(Number(number))) {
        throw new FormatError(`safetensors header: the number ${quoted(number)} is too large for a float64`)
      }
    } else {
      const word = ['true', 'false', 'null'].find(literal => this.#text.startsWith(literal, this.#position))
      if (!word) this.#fail('a JSON value')
      this.#position += word.length
    }
  }

  #readKey(): string {
    const key = this.readString('a key in double quotes')
    if (!this.#take(':')) this.#fail('":" after a key')
    return key
  }

  // By hand, not by a regular expression: those keep a backtracking stack that a number of megabytes overflows.
  #readNumber(): string {
    const start = this.#position
    if (this.#text.charAt(this.#position) === '-') this.#position++
    if (this.#text.charAt(this.#position) === '0') this.#position++
    else this.#readDigits()
    if (this.#text.charAt(this.#position) === '.') {
      this.#position++
      this.#readDigits()
    }
    if (/^[eE]$/.test(this.#text.charAt(this.#position))) {
      this.#position++
      if (/^[+-]$/.test(this.#text.charAt(this.#position))) this.#position++
      this.#readDigits()
    }
    if (isDigit(this.#text.charAt(this.#position))) this.#fail('no digit after a leading 0')
    return this.#text.slice(start, this.#position)
  }

  #readDigits(): void {
    if (!isDigit(this.#text.charAt(this.#position))) this.#fail('a digit')
    while (isDigit(this.#text.charAt(this.#position))) this.#position++
  }

  #readEscape(): string {
    const letter = this.#text.charAt(this.#position)
    if (letter === 'u') return this.#readUnicodeEscape()
    const character = ESCAPES.get(letter)
    if (character === undefined) this.#fail('one of "\\/bfnrtu after a backslash')
    this.#position++
    return character
  }

  #readUnicodeEscape(): string {
    const start = this.#position - 1
    const unit = this.#readHexUnit()
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit)
    if (unit < 0xdc00 && this.#text.startsWith('\\u', this.#position)) {
      this.#position++
      const low = this.#readHexUnit()
      if (low >= 0xdc00 && low <= 0xdfff) return String.fromCharCode(unit, low)
    }
    throw new FormatError(`safetensors header, character ${start}: a lone surrogate escape`)
  }

  #readHexUnit(): number {
    const digits = this.#text.slice(this.#position + 1, this.#position + 5)
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.#fail('four hexadecimal digits after \\u')
    this.#position += 5
    return parseInt(digits, 16)
  }

  #take(character: string): boolean {
    this.#skipSpace()
    if (this.#text.charAt(this.#position) !== character) return false
    this.#position++
    return true
  }

  #skipSpace(): void {
    while (isSpace(this.#text.charCodeAt(this.#position))) this.#position++
  }

  #fail(expected: string): never {
    const at = `safetensors header, character ${this.#position}`
    throw new FormatError(`${at}: expected ${expected}, got ${this.#next()}`)
  }

  /** Names what stands at the cursor without reading it. */
  #next(): string {
    const codePoint = this.#text.codePointAt(this.#position)
    return codePoint === undefined ? 'the end of the header' : quoted(String.fromCodePoint(codePoint))
  }
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9'
}

function isSpace(unit: number): boolean {
  return unit === SPACE || unit === 0x0a || unit === 0x0d || unit === 0x09
}
