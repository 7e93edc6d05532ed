// A whole network as a part of an address: whoever opens it has the picture, and nobody had to store it.

import { FormatError } from '../../model/errors.js'
import { decodeBase64Url, encodeBase64Url } from './base64url.js'
import { type CompactPrecision, expandFile } from './compact.js'
import { packFile, unpackFile } from './packed-file.js'

export { TITLE_KEY } from './compact.js'

/** A net of a hundred times a MysteryNet's size; a page must not choke on an address made to hurt it. */
const MOST_FILE_BYTES = 4 * 2 ** 20
/** What the longest address of a browser would hold. */
const MOST_LETTERS = 2 * 2 ** 20

/** What links may carry: float32 would be twice as long, and the picture no other. */
export type LinkPrecision = Exclude<CompactPrecision, 'exact'>

/** Spells a file of compactFile, as it stands behind `#net=`. */
export async function spellFile(file: Uint8Array): Promise<string> {
  return encodeBase64Url(await packFile(file))
}

/**
 * Reads what {@link spellFile} spells, whoever wrote it.
 * @returns the bytes of a .safetensors file; whether it holds a flag network is seen when it is opened
 * @throws FormatError in one line
 */
export async function readNet(text: string): Promise<Uint8Array> {
  if (text.length > MOST_LETTERS)
    throw new FormatError(`it has ${text.length.toLocaleString('en')} letters, more than any flag needs`)
  return expandFile(await unpackFile(decodeBase64Url(text), MOST_FILE_BYTES))
}

/** A program that links go through, and how many characters a message may have there, or an address. */
export interface LinkLimit {
  readonly name: string
  readonly letters: number
  readonly isBrowser: boolean
}

const message = (name: string, letters: number): LinkLimit => ({ name, letters, isBrowser: false })
const address = (name: string, letters: number): LinkLimit => ({ name, letters, isBrowser: true })

/** As far as they are known: they change without a word. */
export const LINK_LIMITS: readonly LinkLimit[] = [
  message('Discord', 2000),
  message('Telegram', 4096),
  message('Microsoft Teams', 28_000),
  message('Slack', 40_000),
  message('WhatsApp', 65_536),
  address('Safari', 80_000),
  address('Firefox', 1_048_576),
  address('Chrome and Edge', 2_097_152),
]

const listOf = (names: readonly string[]) => new Intl.ListFormat('en-GB').format(names)

/** Where a link of this length goes, and where it does not, in a sentence. */
export function linkReach(letters: number): string {
  const isFitting = (limit: LinkLimit) => letters <= limit.letters
  const tooShort = LINK_LIMITS.filter(limit => !isFitting(limit))
  if (tooShort.length === 0) return 'It fits everywhere.'
  const messages = LINK_LIMITS.filter(limit => isFitting(limit) && !limit.isBrowser).map(({ name }) => name)
  const fits = listOf(['mail', ...messages])
  const most = tooShort.map(({ name, letters }) => `${name} (${letters.toLocaleString('en')})`)
  return `It fits ${fits}; it is too long for ${listOf(most)}.`
}
