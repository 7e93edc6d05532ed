// A .safetensors file as few bytes: planes of bytes, deflated, behind a byte that says so. What a link and a page of its own carry.
//
//   0  version
//   1  bytes of the high planes, deflated: 32 bits, little-endian
//   5  the high planes, deflated; then the low ones, deflated

import { FormatError } from '../../model/errors.js'
import { joinPlanes, splitPlanes } from './byte-planes.js'
import { deflate, inflate } from './deflate.js'

/** Whatever else packs files in another way takes another number. */
const VERSION = 1
const LENGTH_AT = 1
const DATA_AT = 5

/** @throws FormatError when it is no such file */
export async function packFile(file: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const planes = splitPlanes(file)
  const [high, low] = await Promise.all([deflate(planes.high), deflate(planes.low)])
  const packed = new Uint8Array(DATA_AT + high.length + low.length)
  packed[0] = VERSION
  new DataView(packed.buffer).setUint32(LENGTH_AT, high.length, true)
  packed.set(high, DATA_AT)
  packed.set(low, DATA_AT + high.length)
  return packed
}

/**
 * Undoes {@link packFile}, on a stranger's bytes.
 * @param mostBytes of the file
 * @throws FormatError in one line
 */
export async function unpackFile(packed: Uint8Array, mostBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (packed.length > 0 && packed[0] !== VERSION)
    throw new FormatError(`it was packed in a way that this vexel does not know: expected ${VERSION}, got ${packed[0]}`)
  if (packed.length < DATA_AT) throw new FormatError('there is nothing in it')
  const length = new DataView(packed.buffer, packed.byteOffset).getUint32(LENGTH_AT, true)
  const lowAt = DATA_AT + length
  if (lowAt > packed.length) throw new FormatError('it is cut short')
  const high = await inflate(packed.subarray(DATA_AT, lowAt), mostBytes)
  const low = await inflate(packed.subarray(lowAt), mostBytes - high.length)
  return joinPlanes({ high, low })
}
