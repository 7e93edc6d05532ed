// The named tensors of a file as the file has them: names, order, dtypes, tensors we know nothing of, metadata, bytes. What
// is not edited is written back byte for byte. What the tensors mean is the Network's business.

import { FormatError } from './errors.js'
import { decodeValues, encodeValues, isFloating } from './safetensors/dtype.js'
import { METADATA_KEY } from './safetensors/header.js'
import type { SafetensorsLimits } from './safetensors/limits.js'
import { parseSafetensors, type SafetensorsFile, type TensorEntry } from './safetensors/parse.js'
import { quoted } from './safetensors/quoted.js'
import { encodeHeader, joinFile, metadataMember, writeSafetensors, type NewTensor } from './safetensors/write.js'

const NO_METADATA: ReadonlyMap<string, string> = new Map()

/** The named tensors of a file, with its metadata. What is not touched is written back byte for byte. */
export class StateDict {
  /** The names of all tensors, in the order of the header. */
  readonly names: readonly string[]
  /** The file it was parsed from: never written to. */
  readonly #original: Uint8Array
  readonly #file: SafetensorsFile
  readonly #entries: ReadonlyMap<string, TensorEntry>
  /** The new bytes of the tensors whose bytes are not those of the file. */
  readonly #edited = new Map<string, Uint8Array>()
  #metadata: ReadonlyMap<string, string>
  /** The start of the file to write: N and the header, 8 + N bytes. */
  #header: Uint8Array

  private constructor(original: Uint8Array, file: SafetensorsFile) {
    this.#original = original
    this.#file = file
    this.#entries = new Map(file.tensors.map(entry => [entry.name, entry]))
    this.names = file.tensors.map(entry => entry.name)
    this.#metadata = file.metadata ?? NO_METADATA
    this.#header = original.subarray(0, file.dataOffset)
  }

  /** Parses a whole safetensors file and keeps a copy of it; throws a FormatError if it is not one. */
  static parse(bytes: Uint8Array, limits: Partial<SafetensorsLimits> = {}): StateDict {
    const file = parseSafetensors(bytes, limits)
    // Not bytes.slice(): on a Buffer of Node that is a view, not a copy.
    return new StateDict(new Uint8Array(bytes), file)
  }

  /** Makes a new file of these tensors, ordered as the reference writer orders them. */
  static create(tensors: readonly NewTensor[], metadata: ReadonlyMap<string, string> | null = null): StateDict {
    const bytes = writeSafetensors(tensors, metadata)
    return new StateDict(bytes, parseSafetensors(bytes))
  }

  /** Tells whether there is a tensor of this name. */
  has(name: string): boolean {
    return this.#entries.has(name)
  }

  /** Returns a tensor's dtype, shape and place in the data; throws a FormatError if there is none of this name. */
  entry(name: string): TensorEntry {
    const entry = this.#entries.get(name)
    if (!entry) throw new FormatError(`tensor ${quoted(name)}: not in the file`)
    return entry
  }

  /** Returns a tensor's values as doubles, a new array in row-major order; throws for a dtype that holds no plain numbers. */
  values(name: string): Float64Array {
    return decodeValues(this.entry(name).dtype, this.bytes(name))
  }

  /** Returns a tensor's bytes, little-endian as in the file; do not write to them. */
  bytes(name: string): Uint8Array {
    this.entry(name)
    return this.#edited.get(name) ?? this.#originalBytes(name)
  }

  /** Replaces a tensor's values, rounding each to the tensor's own float dtype. values: as many as there were. */
  setValues(name: string, values: ArrayLike<number>): void {
    const { dtype } = this.entry(name)
    if (!isFloating(dtype)) {
      throw new FormatError(`tensor ${quoted(name)}: expected F64, F32, F16 or BF16 to set values, got ${dtype}`)
    }
    const bytes = this.#originalBytes(name)
    const before = decodeValues(dtype, bytes)
    if (values.length !== before.length) {
      throw new FormatError(`tensor ${quoted(name)}: expected ${before.length} values, got ${values.length}`)
    }
    const encoded = encodeValues(dtype, values)
    const elementBytes = encoded.length / before.length
    // An unchanged value keeps its bytes: a NaN has many codes, and decoding keeps only one.
    for (let i = 0; i < before.length; i++) {
      if (!Object.is(values[i], before[i])) continue
      encoded.set(bytes.subarray(i * elementBytes, (i + 1) * elementBytes), i * elementBytes)
    }
    if (encoded.every((byte, i) => byte === bytes[i])) this.#edited.delete(name)
    else this.#edited.set(name, encoded)
  }

  /** The strings under `__metadata__`, in order; empty if there are none. An edit makes a new map and leaves this one. */
  get metadata(): ReadonlyMap<string, string> {
    return this.#metadata
  }

  /** Sets a string under `__metadata__`, or removes it with null. Only the header is written anew. */
  setMetadata(key: string, value: string | null): void {
    const metadata = new Map(this.#metadata)
    if (value === null) metadata.delete(key)
    else metadata.set(key, value)
    this.#header = this.#encodeHeader(metadata)
    this.#metadata = metadata
  }

  /** Writes the file into a new array: the original bytes, but for what was edited. */
  serialize(): Uint8Array {
    const file = joinFile(this.#header, [this.#original.subarray(this.#file.dataOffset)])
    for (const [name, bytes] of this.#edited) file.set(bytes, this.#header.length + this.entry(name).begin)
    return file
  }

  /** The size of the file that `serialize` writes. */
  get sizeBytes(): number {
    return this.#header.length + this.#original.length - this.#file.dataOffset
  }

  #originalBytes(name: string): Uint8Array {
    const { begin, end } = this.entry(name)
    return this.#original.subarray(this.#file.dataOffset + begin, this.#file.dataOffset + end)
  }

  /** Keeps the members' raw text, and with it unknown fields and dimensions beyond 2^53; metadata stays where it was, or goes first. */
  #encodeHeader(metadata: ReadonlyMap<string, string>): Uint8Array {
    const { members, metadata: before, dataOffset } = this.#file
    if (sameStrings(metadata, before ?? NO_METADATA)) return this.#original.subarray(0, dataOffset)
    const place = Math.max(
      members.findIndex(({ key }) => key === METADATA_KEY),
      0,
    )
    const texts = members.filter(({ key }) => key !== METADATA_KEY).map(({ text }) => text)
    if (metadata.size > 0) texts.splice(place, 0, metadataMember(metadata))
    return encodeHeader(texts)
  }
}

function sameStrings(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value)
}
