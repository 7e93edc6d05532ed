// The element types of a safetensors file, and how the numeric ones become float64 and back. Always little-endian, at
// any alignment. The 4, 6 and 8 bit floats and the complex type are carried through a file but not read as numbers.

import { FormatError } from '../errors.js'
import { decodeSmallFloat, encodeSmallFloat, BFLOAT16, HALF } from './small-float.js'

/** Bits of one element, in the order of the reference reader (the writer sorts by its reverse). */
const BITS = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const

/** The name of an element type, as the file spells it. */
export type Dtype = keyof typeof BITS

/** A float type whose values can be read and written. */
export type FloatDtype = 'F64' | 'F32' | 'F16' | 'BF16'

/** Every dtype, narrowest first as the reference orders them. */
export const DTYPES: readonly Dtype[] = Object.keys(BITS) as Dtype[]

// A set, because `in` on the table would let "constructor" and "toString" through.
const KNOWN: ReadonlySet<string> = new Set(DTYPES)

type ReadElement = (view: DataView, offset: number) => number
type WriteElement = (view: DataView, offset: number, value: number) => void

// I64 and U64 go through BigInt: `Number` rounds them to the nearest double.
const READERS: ReadonlyMap<Dtype, ReadElement> = new Map<Dtype, ReadElement>([
  ['BOOL', (view, offset) => (view.getUint8(offset) === 0 ? 0 : 1)],
  ['U8', (view, offset) => view.getUint8(offset)],
  ['I8', (view, offset) => view.getInt8(offset)],
  ['I16', (view, offset) => view.getInt16(offset, true)],
  ['U16', (view, offset) => view.getUint16(offset, true)],
  ['F16', (view, offset) => decodeSmallFloat(HALF, view.getUint16(offset, true))],
  ['BF16', (view, offset) => decodeSmallFloat(BFLOAT16, view.getUint16(offset, true))],
  ['I32', (view, offset) => view.getInt32(offset, true)],
  ['U32', (view, offset) => view.getUint32(offset, true)],
  ['F32', (view, offset) => view.getFloat32(offset, true)],
  ['F64', (view, offset) => view.getFloat64(offset, true)],
  ['I64', (view, offset) => Number(view.getBigInt64(offset, true))],
  ['U64', (view, offset) => Number(view.getBigUint64(offset, true))],
])

const WRITERS: Record<FloatDtype, WriteElement> = {
  F16: (view, offset, value) => view.setUint16(offset, encodeSmallFloat(HALF, value), true),
  BF16: (view, offset, value) => view.setUint16(offset, encodeSmallFloat(BFLOAT16, value), true),
  F32: (view, offset, value) => view.setFloat32(offset, value, true),
  F64: (view, offset, value) => view.setFloat64(offset, value, true),
}

/** Tells whether a string is the exact name of a dtype. */
export function isDtype(name: string): name is Dtype {
  return KNOWN.has(name)
}

/** Tells whether a tensor's values can be read and written: F64, F32, F16, BF16. */
export function isFloating(dtype: Dtype): dtype is FloatDtype {
  return dtype in WRITERS
}

/** Tells whether `decodeValues` reads this dtype: the four floats, the integers and BOOL. */
export function isNumeric(dtype: Dtype): boolean {
  return READERS.has(dtype)
}

/** Returns the bits of one element: 4, 6, 8, 16, 32 or 64. */
export function bitsOf(dtype: Dtype): number {
  return BITS[dtype]
}

/** Reads elements as doubles. bytes: whole elements, at any alignment. I64 and U64 give the nearest double; BOOL 0 or 1. */
export function decodeValues(dtype: Dtype, bytes: Uint8Array): Float64Array {
  const read = READERS.get(dtype)
  if (!read) throw new FormatError(`dtype ${dtype}: cannot be read as numbers`)
  const sizeBytes = bitsOf(dtype) / 8
  if (bytes.length % sizeBytes !== 0) {
    throw new FormatError(`dtype ${dtype}: expected a multiple of ${sizeBytes} bytes, got ${bytes.length}`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values = new Float64Array(bytes.length / sizeBytes)
  for (let i = 0; i < values.length; i++) values[i] = read(view, i * sizeBytes)
  return values
}

/** Writes doubles as elements of a float dtype, each rounded once to the nearest (ties to even; too large is infinity). */
export function encodeValues(dtype: Dtype, values: ArrayLike<number>): Uint8Array {
  if (!isFloating(dtype)) throw new FormatError(`dtype ${dtype}: expected F64, F32, F16 or BF16 to write numbers into`)
  const write = WRITERS[dtype]
  const sizeBytes = bitsOf(dtype) / 8
  const bytes = new Uint8Array(values.length * sizeBytes)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < values.length; i++) write(view, i * sizeBytes, values[i])
  return bytes
}
