// Reads a safetensors file: u64 little-endian N, N bytes of JSON header, data. Stricter than the reference reader where
// that is laxer than the text of the format. Makes no copy of the data and allocates nothing on the header's word alone.

import { FormatError } from '../errors.js'
import type { Dtype } from './dtype.js'
import { describeForeign } from './foreign.js'
import { parseHeader, type Header, type HeaderMember, type HeaderTensor } from './header.js'
import {
  FORMAT_MAX_HEADER_BYTES,
  LENGTH_BYTES,
  MAX_FILE_BYTES,
  MAX_HEADER_BYTES,
  MAX_TENSORS,
  type SafetensorsLimits,
} from './limits.js'
import { quoted } from './quoted.js'
import { shapeText, tensorSizeBytes, type ExactInteger } from './size.js'

/** One tensor. shape: exact, but for a dimension beyond 2^53, which only an empty tensor can have. */
export interface TensorEntry {
  readonly name: string
  readonly dtype: Dtype
  readonly shape: readonly number[]
  /** First byte, counted from `dataOffset` as in the header. */
  readonly begin: number
  /** Byte after the last, counted from `dataOffset`. */
  readonly end: number
}

/** What a safetensors file has: its tensors in the order of their data, and its metadata. */
export interface SafetensorsFile {
  /** In the order of the header. */
  readonly tensors: readonly TensorEntry[]
  /** null where the header has no `__metadata__`. */
  readonly metadata: ReadonlyMap<string, string> | null
  /** Where the data begins in the file, in bytes: 8 + N. */
  readonly dataOffset: number
  /** The header's members as raw text, in its order, so that a rewriting keeps them to the letter. */
  readonly members: readonly HeaderMember[]
}

/** Parses a whole file, or throws a FormatError that says what is wrong, or what kind of file it is instead. */
export function parseSafetensors(bytes: Uint8Array, limits: Partial<SafetensorsLimits> = {}): SafetensorsFile {
  try {
    return parseFile(bytes, {
      fileBytes: limits.fileBytes ?? MAX_FILE_BYTES,
      headerBytes: limits.headerBytes ?? MAX_HEADER_BYTES,
      tensors: limits.tensors ?? MAX_TENSORS,
    })
  } catch (error) {
    const foreign = error instanceof FormatError ? describeForeign(bytes) : null
    throw foreign === null ? error : new FormatError(`not a safetensors file: ${foreign}`)
  }
}

function parseFile(bytes: Uint8Array, limits: SafetensorsLimits): SafetensorsFile {
  const headerBytes = readHeaderLength(bytes, limits)
  const dataOffset = LENGTH_BYTES + headerBytes
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, dataOffset), limits.tensors)
  checkData(header, bytes.length - dataOffset)
  // The data is no longer than the file, so every offset is exact as a number now.
  const tensors = header.tensors.map(({ name, dtype, shape, begin, end }) => {
    return { name, dtype, shape: shape.map(Number), begin: Number(begin), end: Number(end) }
  })
  return { tensors, metadata: header.metadata, dataOffset, members: header.members }
}

/** Returns N, the bytes of the header, known to lie within the file and the caps. */
function readHeaderLength(bytes: Uint8Array, limits: SafetensorsLimits): number {
  if (bytes.length < LENGTH_BYTES) {
    throw new FormatError(`safetensors file: expected at least ${LENGTH_BYTES} bytes, got ${bytes.length}`)
  }
  if (bytes.length > limits.fileBytes) {
    throw new FormatError(`safetensors file: vexel opens at most ${limits.fileBytes} bytes, got ${bytes.length}`)
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
  if (length > FORMAT_MAX_HEADER_BYTES) {
    throw new FormatError(
      `safetensors header length: the format allows at most ${FORMAT_MAX_HEADER_BYTES} bytes, got ${length}`,
    )
  }
  const rest = bytes.length - LENGTH_BYTES
  if (length > rest) {
    throw new FormatError(`safetensors header: ${length} bytes long, but only ${rest} follow: the file is cut short`)
  }
  if (length > limits.headerBytes) {
    throw new FormatError(`safetensors header: vexel opens at most ${limits.headerBytes} bytes of it, got ${length}`)
  }
  return Number(length)
}

/** Checks that the tensors, in the order of their offsets, fill the data: no hole, no overlap, nothing left. */
function checkData(header: Header, dataBytes: number): void {
  const inOrder = header.tensors.toSorted((a, b) => compare(a.begin, b.begin) || compare(a.end, b.end))
  let filled: ExactInteger = 0
  for (const tensor of inOrder) {
    checkRange(tensor, filled)
    filled = tensor.end
  }
  if (filled > dataBytes) {
    throw new FormatError(`safetensors data: expected ${filled} bytes, got ${dataBytes}: the file is cut short`)
  }
  if (filled < dataBytes) {
    throw new FormatError(`safetensors data: expected ${filled} bytes, got ${dataBytes}: no tensor owns the last ones`)
  }
}

function checkRange({ name, dtype, shape, begin, end }: HeaderTensor, filled: ExactInteger): void {
  const where = `tensor ${quoted(name)}`
  if (begin !== filled) {
    const fault = begin > filled ? 'a hole' : 'an overlap'
    throw new FormatError(`${where} data_offsets: expected to begin at ${filled}, got ${begin}: ${fault}`)
  }
  if (end < begin) throw new FormatError(`${where} data_offsets: the end ${end} is before the beginning ${begin}`)
  const expected = tensorSizeBytes(where, dtype, shape)
  const got = BigInt(end) - BigInt(begin)
  if (got !== BigInt(expected)) {
    throw new FormatError(`${where}: expected ${expected} bytes for ${dtype} ${shapeText(shape)}, got ${got}`)
  }
}

function compare(a: ExactInteger, b: ExactInteger): number {
  return a < b ? -1 : a > b ? 1 : 0
}
