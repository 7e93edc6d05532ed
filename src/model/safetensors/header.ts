// What the JSON header of a safetensors file says: its tensors and metadata, each key once, exact. Whether the ranges
// fit together and fill the file is for parse.ts.

import { FormatError } from '../errors.js'
import { isDtype, type Dtype } from './dtype.js'
import { JsonReader } from './json-reader.js'
import { quoted } from './quoted.js'
import type { ExactInteger } from './size.js'

/** The key of the header that holds strings instead of a tensor. */
export const METADATA_KEY = '__metadata__'

/** One tensor as the header gives it. begin, end: bytes from the start of the data. */
export interface HeaderTensor {
  readonly name: string
  readonly dtype: Dtype
  readonly shape: readonly ExactInteger[]
  readonly begin: ExactInteger
  readonly end: ExactInteger
}

/** A key of the header and the raw text of its member, `"key": value` without the comma: what a rewriting keeps. */
export interface HeaderMember {
  readonly key: string
  readonly text: string
}

export interface Header {
  /** In the order of the header. */
  readonly tensors: readonly HeaderTensor[]
  readonly metadata: ReadonlyMap<string, string> | null
  /** In the order of the header, `__metadata__` included. */
  readonly members: readonly HeaderMember[]
}

/** Parses the header. bytes: the N bytes after the length. Stops at the first tensor beyond maxTensors. */
export function parseHeader(bytes: Uint8Array, maxTensors: number): Header {
  const reader = new JsonReader(decodeUtf8(bytes))
  const tensors: HeaderTensor[] = []
  const members: HeaderMember[] = []
  const keys = new Set<string>()
  let metadata: ReadonlyMap<string, string> | null = null
  reader.readObject('"{"', (key, start) => {
    if (keys.has(key)) throw new FormatError(`safetensors header: the key ${quoted(key)} is there twice`)
    keys.add(key)
    if (key === METADATA_KEY) {
      // The reference reader takes null for none.
      metadata = reader.readNull() ? null : readMetadata(reader)
    } else {
      if (tensors.length >= maxTensors) {
        throw new FormatError(`safetensors header: more than ${maxTensors} tensors, the most that vexel opens`)
      }
      tensors.push(readTensor(reader, key))
    }
    members.push({ key, text: reader.slice(start, reader.position) })
  })
  reader.readEnd()
  return { tensors, metadata, members }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    // ignoreBOM leaves a byte order mark in the text, where the parser refuses it.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new FormatError('safetensors header: not valid UTF-8')
  }
}

function readMetadata(reader: JsonReader): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>()
  reader.readObject(`an object of strings for ${METADATA_KEY}`, key => {
    if (metadata.has(key)) throw new FormatError(`${METADATA_KEY}: the key ${quoted(key)} is there twice`)
    metadata.set(key, reader.readString(`a string for a key of ${METADATA_KEY}`))
  })
  return metadata
}

function readTensor(reader: JsonReader, name: string): HeaderTensor {
  const where = `tensor ${quoted(name)}`
  const fields = new Set<string>()
  let dtype: Dtype | undefined
  let shape: ExactInteger[] | undefined
  let offsets: ExactInteger[] | undefined
  reader.readObject(`an object for ${where}`, field => {
    if (fields.has(field)) throw new FormatError(`${where}: the field ${quoted(field)} is there twice`)
    fields.add(field)
    if (field === 'dtype') dtype = readDtype(reader, where)
    else if (field === 'shape') shape = readIntegers(reader, `${where} shape`)
    else if (field === 'data_offsets') offsets = readIntegers(reader, `${where} data_offsets`)
    // Two objects are open here: the header and the tensor.
    else reader.skipValue(2)
  })
  if (!dtype) throw new FormatError(`${where}: dtype is missing`)
  if (!shape) throw new FormatError(`${where}: shape is missing`)
  if (!offsets) throw new FormatError(`${where}: data_offsets is missing`)
  if (offsets.length !== 2) {
    throw new FormatError(`${where} data_offsets: expected two integers, got ${offsets.length}`)
  }
  return { name, dtype, shape, begin: offsets[0], end: offsets[1] }
}

function readDtype(reader: JsonReader, where: string): Dtype {
  const dtype = reader.readString(`a string for the dtype of ${where}`)
  if (!isDtype(dtype))
    throw new FormatError(`${where} dtype: expected one of the format such as F32, got ${quoted(dtype)}`)
  return dtype
}

function readIntegers(reader: JsonReader, where: string): ExactInteger[] {
  const integers: ExactInteger[] = []
  reader.readArray(`an array of integers for ${where}`, () => integers.push(reader.readInteger(where)))
  return integers
}
