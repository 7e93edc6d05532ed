// What kind of image a file is, by its first bytes: only these are handed to a decoder.

import { gunzipSync } from 'node:zlib'
import { FormatError } from '../model/errors.js'
import { printableName } from '../model/printable.js'
import { parseSvg, type Svg } from '../train/svg.js'

export type PixelKind = 'PNG' | 'JPEG' | 'WebP' | 'GIF'

/** What tells each kind, from the first bytes in latin-1, one character a byte. */
const SIGNATURES: readonly (readonly [PixelKind, (head: string) => boolean])[] = [
  ['PNG', head => head.startsWith('\x89PNG\r\n\x1a\n')],
  ['JPEG', head => head.startsWith('\xff\xd8\xff')],
  ['WebP', head => head.startsWith('RIFF') && head.startsWith('WEBP', 8)],
  ['GIF', head => head.startsWith('GIF87a') || head.startsWith('GIF89a')],
]
const HEAD_BYTES = 16

/** Text in which an SVG is written, unpacked: a flag's coat of arms takes one or two. */
const MAX_SVG_BYTES = 16 * 2 ** 20

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
  throw new FormatError('expected an image: PNG, JPEG, WebP, GIF or SVG')
}

/**
 * Reads an SVG, packed (svgz) or not, in the encoding it states.
 * @throws FormatError when it is no SVG, or says no size
 */
export function readSvg(bytes: Uint8Array): Svg {
  const text = isPacked(bytes) ? unpack(bytes) : bytes
  if (text.length > MAX_SVG_BYTES) throw new FormatError(TOO_LONG)
  return parseSvg(decodeText(text))
}

const TOO_LONG = `an SVG of more than ${MAX_SVG_BYTES / 2 ** 20} MB of text`

function isPacked(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

function unpack(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_SVG_BYTES })
  } catch (error) {
    const isLong = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    throw new FormatError(isLong ? TOO_LONG : 'cannot be unpacked as svgz')
  }
}

function decodeText(bytes: Uint8Array): string {
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
