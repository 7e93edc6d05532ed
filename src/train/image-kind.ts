// What kind of image a file is, by its first bytes: only these are handed to a decoder. And the text of an SVG.

import { FormatError } from '../model/errors.js'
import { printableName } from '../model/printable.js'

export type PixelKind = 'PNG' | 'JPEG' | 'WebP' | 'AVIF' | 'GIF'

/** What tells each kind, from the first bytes in latin-1, one character a byte. */
const SIGNATURES: readonly (readonly [PixelKind, (head: string) => boolean])[] = [
  ['PNG', head => head.startsWith('\x89PNG\r\n\x1a\n')],
  ['JPEG', head => head.startsWith('\xff\xd8\xff')],
  ['WebP', head => head.startsWith('RIFF') && head.startsWith('WEBP', 8)],
  ['AVIF', head => /^ftypavi[fs]/.test(head.slice(4))],
  ['GIF', head => head.startsWith('GIF87a') || head.startsWith('GIF89a')],
]
const HEAD_BYTES = 16

/**
 * Pixels that are decoded at all, 256 MB of them, and along an edge: decoders keep whole rows, and all that is longer is no picture.
 * Decoding the most takes a gigabyte at most: 350 MB of PNG to 730 MB of progressive JPEG on the command line, 650 MB in Chromium.
 */
export const MAX_IMAGE_PIXELS = 2 ** 26
export const MAX_IMAGE_EDGE = 2 ** 15

/** Text in which an SVG is written, unpacked: a flag's coat of arms takes one or two. */
export const MAX_SVG_BYTES = 16 * 2 ** 20

/**
 * Tells the kind of an image.
 * @returns 'SVG' for whatever begins like markup, or packed markup
 * @throws FormatError when it is none that vexel reads
 */
export function imageKind(bytes: Uint8Array): PixelKind | 'SVG' {
  if (bytes.length === 0) throw new FormatError('the file is empty')
  const head = String.fromCharCode(...bytes.subarray(0, HEAD_BYTES))
  const found = SIGNATURES.find(([, matches]) => matches(head))
  if (found) return found[0]
  if (isPacked(bytes) || /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*</.test(head)) return 'SVG'
  throw new FormatError('expected an image: PNG, JPEG, WebP, AVIF, GIF or SVG')
}

/** Says why an SVG is refused that has more text. */
export const TOO_LONG = `an SVG of more than ${MAX_SVG_BYTES / 2 ** 20} MB of text`

/** Whether an SVG is packed with gzip (svgz). */
export function isPacked(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/**
 * Reads the text of an SVG that is not packed, in the encoding it states.
 * @throws FormatError when it is longer than vexel reads, or no text
 */
export function decodeSvgText(bytes: Uint8Array): string {
  if (bytes.length > MAX_SVG_BYTES) throw new FormatError(TOO_LONG)
  const head = String.fromCharCode(...bytes.subarray(0, 200))
  const mark = head.startsWith('\xff\xfe') ? 'utf-16le' : head.startsWith('\xfe\xff') ? 'utf-16be' : null
  const encoding = mark ?? /^<\?xml\s[^>]*\bencoding\s*=\s*["']([^"']+)["']/.exec(head)?.[1] ?? 'utf-8'
  let decoder: TextDecoder
  try {
    decoder = new TextDecoder(encoding, { fatal: true })
  } catch {
    throw new FormatError(`an SVG in the unknown encoding "${printableName(encoding)}"`)
  }
  try {
    return decoder.decode(bytes)
  } catch {
    throw new FormatError(`an SVG that is not ${printableName(encoding)} text`)
  }
}
