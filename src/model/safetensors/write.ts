// Writes a safetensors file as the reference writer does: tensors by dtype, widest first, then by name, no spaces in the
// header, padded with spaces to a multiple of 8 so that the data is aligned.

import { FormatError } from '../errors.js'
import { DTYPES, type Dtype } from './dtype.js'
import { METADATA_KEY } from './header.js'
import { LENGTH_BYTES, MAX_FILE_BYTES, MAX_HEADER_BYTES, MAX_TENSORS } from './limits.js'
import { quoted } from './quoted.js'
import { shapeText, tensorSizeBytes } from './size.js'

const HEADER_ALIGNMENT = 8

/** A tensor to write. bytes: little-endian, exactly what dtype and shape ask for. */
export interface NewTensor {
  readonly name: string
  readonly dtype: Dtype
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

/** Writes a file. metadata: null or empty leaves `__metadata__` out; its order is kept. */
export function writeSafetensors(
  tensors: readonly NewTensor[],
  metadata: ReadonlyMap<string, string> | null = null,
): Uint8Array {
  if (tensors.length > MAX_TENSORS) {
    throw new FormatError(`safetensors file: vexel writes at most ${MAX_TENSORS} tensors, got ${tensors.length}`)
  }
  const names = new Set<string>()
  for (const tensor of tensors) checkTensor(tensor, names)
  const inOrder = tensors.toSorted((a, b) => widthRank(b) - widthRank(a) || compareCodePoints(a.name, b.name))
  const members = metadata && metadata.size > 0 ? [metadataMember(metadata)] : []
  let begin = 0
  for (const { name, dtype, shape, bytes } of inOrder) {
    const end = begin + bytes.length
    members.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`)
    begin = end
  }
  return joinFile(
    encodeHeader(members),
    inOrder.map(({ bytes }) => bytes),
  )
}

/** Returns the start of a file, N and the header. members: each `"key":value`, in order. Length: a multiple of 8. */
export function encodeHeader(members: readonly string[]): Uint8Array {
  const text = new TextEncoder().encode(`{${members.join(',')}}`)
  const headerBytes = Math.ceil(text.length / HEADER_ALIGNMENT) * HEADER_ALIGNMENT
  if (headerBytes > MAX_HEADER_BYTES) {
    throw new FormatError(
      `safetensors header: vexel writes at most ${MAX_HEADER_BYTES} bytes of it, got ${headerBytes}`,
    )
  }
  const encoded = new Uint8Array(LENGTH_BYTES + headerBytes).fill(0x20)
  new DataView(encoded.buffer).setBigUint64(0, BigInt(headerBytes), true)
  encoded.set(text, LENGTH_BYTES)
  return encoded
}

/** Joins an encoded header and the data into one new file. data: the pieces in file order, copied. */
export function joinFile(header: Uint8Array, data: readonly Uint8Array[]): Uint8Array {
  const sizeBytes = data.reduce((total, piece) => total + piece.length, header.length)
  if (sizeBytes > MAX_FILE_BYTES) {
    throw new FormatError(`safetensors file: vexel writes at most ${MAX_FILE_BYTES} bytes, got ${sizeBytes}`)
  }
  const file = new Uint8Array(sizeBytes)
  file.set(header)
  let offset = header.length
  for (const piece of data) {
    file.set(piece, offset)
    offset += piece.length
  }
  return file
}

/** Returns the header's member for the metadata, in the map's order. */
export function metadataMember(metadata: ReadonlyMap<string, string>): string {
  const pairs = [...metadata].map(([key, value]) => {
    const where = `${METADATA_KEY} ${quoted(key)}`
    return `${encodeString(where, key)}:${encodeString(where, value)}`
  })
  return `"${METADATA_KEY}":{${pairs.join(',')}}`
}

function encodeString(where: string, text: string): string {
  // A lone surrogate has no UTF-8, and the escape that JSON.stringify writes for it is one that readers refuse.
  if (/\p{Surrogate}/u.test(text)) throw new FormatError(`${where}: half a surrogate pair cannot be written`)
  return JSON.stringify(text)
}

function checkTensor({ name, dtype, shape, bytes }: NewTensor, names: Set<string>): void {
  const where = `tensor ${quoted(name)}`
  encodeString(where, name)
  if (name === METADATA_KEY) throw new FormatError(`${where}: this name is the format's own, expected another`)
  if (names.has(name)) throw new FormatError(`${where}: expected each name once, got it twice`)
  names.add(name)
  if (!shape.every(dimension => Number.isSafeInteger(dimension) && dimension >= 0)) {
    throw new FormatError(`${where} shape: expected non-negative integers, got ${shapeText(shape)}`)
  }
  const expected = tensorSizeBytes(where, dtype, shape)
  if (bytes.length !== expected) {
    throw new FormatError(`${where}: expected ${expected} bytes for ${dtype} ${shapeText(shape)}, got ${bytes.length}`)
  }
}

function widthRank({ dtype }: NewTensor): number {
  return DTYPES.indexOf(dtype)
}

/** Orders as UTF-8 bytes do, which is how the reference compares: surrogates come after the other units. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    if (a[i] !== b[i]) return (a.codePointAt(i) ?? 0) - (b.codePointAt(i) ?? 0)
  }
  return a.length - b.length
}
