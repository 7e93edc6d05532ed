// An image file without what is no part of its first picture: a million more pictures of a moving one, or texts that unpack to
// gigabytes, are a few megabytes of file, and decoders look through them before they show anything (libnsgif and libpng for gigabytes of
// memory, libwebp for hours).

import type { PixelKind } from './image-kind.js'

/** Cuts a file down to its first picture; what has nothing else, or is broken before, stays as it is. */
export function bareImage<B extends ArrayBufferLike>(
  bytes: Uint8Array<B>,
  kind: PixelKind,
): Uint8Array<B | ArrayBuffer> {
  switch (kind) {
    case 'GIF':
      return firstOfGif(bytes)
    case 'WebP':
      return firstOfWebp(bytes)
    case 'PNG':
      return withoutTexts(bytes)
    default:
      return bytes
  }
}

const GIF_HEADER_BYTES = 13
const [EXTENSION, IMAGE, TRAILER] = [0x21, 0x2c, 0x3b]

/** GIF89a, https://www.w3.org/Graphics/GIF/spec-gif89a.txt: blocks, one after the other; an image is a descriptor, perhaps a table, data. */
function firstOfGif<B extends ArrayBufferLike>(bytes: Uint8Array<B>): Uint8Array<B | ArrayBuffer> {
  let at = GIF_HEADER_BYTES + tableBytes(bytes[10])
  while (bytes[at] === EXTENSION) at = afterSubBlocks(bytes, at + 2)
  if (bytes[at] !== IMAGE) return bytes
  const data = at + 10 + tableBytes(bytes[at + 9]) + 1
  const end = afterSubBlocks(bytes, data)
  if (end >= bytes.length || bytes[end] === TRAILER) return bytes
  const first = new Uint8Array(bytes.subarray(0, end + 1))
  first[end] = TRAILER
  return first
}

/** Of the colours that a field of flags announces. */
function tableBytes(flags: number): number {
  return flags & 0x80 ? 3 << ((flags & 7) + 1) : 0
}

/** Data comes in blocks that begin with their length; one of none is the last. */
function afterSubBlocks(bytes: Uint8Array, from: number): number {
  let at = from
  while (bytes[at] > 0) at += bytes[at] + 1
  return at + 1
}

const RIFF_HEADER_BYTES = 12
const CHUNK_HEADER_BYTES = 8

/** https://developers.google.com/speed/webp/docs/riff_container: chunks, each of an even length; a moving picture's frames are ANMF. */
function firstOfWebp<B extends ArrayBufferLike>(bytes: Uint8Array<B>): Uint8Array<B | ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = RIFF_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= bytes.length;) {
    const sizeBytes = view.getUint32(at + 4, true)
    const end = at + CHUNK_HEADER_BYTES + sizeBytes + (sizeBytes % 2)
    if (String.fromCharCode(...bytes.subarray(at, at + 4)) === 'ANMF') {
      if (end >= bytes.length) return bytes
      const first = new Uint8Array(bytes.subarray(0, end))
      new DataView(first.buffer).setUint32(4, end - CHUNK_HEADER_BYTES, true)
      return first
    }
    at = end
  }
  return bytes
}

const PNG_SIGNATURE_BYTES = 8
/** Length, type and checksum. */
const PNG_OVERHEAD_BYTES = 12
const TEXTS = new Set(['tEXt', 'zTXt', 'iTXt'])

/** https://www.w3.org/TR/png-3/#11textinfo; moving PNGs are read as far as the first picture anyway. */
function withoutTexts<B extends ArrayBufferLike>(bytes: Uint8Array<B>): Uint8Array<B | ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const kept = new Uint8Array(bytes.length)
  let length = 0
  const keep = (from: number, to: number) => {
    kept.set(bytes.subarray(from, to), length)
    length += to - from
  }
  keep(0, PNG_SIGNATURE_BYTES)
  let at = PNG_SIGNATURE_BYTES
  while (at + PNG_OVERHEAD_BYTES <= bytes.length) {
    const end = Math.min(bytes.length, at + PNG_OVERHEAD_BYTES + view.getUint32(at))
    if (!TEXTS.has(String.fromCharCode(...bytes.subarray(at + 4, at + 8)))) keep(at, end)
    at = end
  }
  keep(at, bytes.length)
  return length === bytes.length ? bytes : kept.subarray(0, length)
}
