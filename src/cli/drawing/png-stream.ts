// A PNG as a stream, so that a picture of any size passes through a few bands of memory: 8-bit RGB, deflated by node:zlib in
// a thread of its own, backpressure from the file to whoever draws. Of the encoders on npm, fast-png, pngjs and upng want the
// whole picture at once; png-stream does not, but rests on a Buffer library of 2015 and knows no backpressure of promises.

import { pipeline } from 'node:stream/promises'
import { crc32, createDeflate } from 'node:zlib'
import type { ImageSize } from '../../train/rgb-image.js'

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const COLOUR_TYPE_RGB = 2
const LEVEL = 6
// Bytes of an IDAT chunk.
const CHUNK_BYTES = 65_536

/**
 * Encodes a picture.
 * @param scanlines all rows in order, filtered, [rows, 1 + 3 width] at a time
 */
export async function* encodePng(
  { width, height }: ImageSize,
  scanlines: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  yield SIGNATURE
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, COLOUR_TYPE_RGB, 0, 0, 0], 8)
  yield chunkOf('IHDR', header)
  const deflate = createDeflate({ level: LEVEL, chunkSize: CHUNK_BYTES })
  const fed = pipeline(scanlines, deflate)
  // What goes wrong there ends the loop below, too, and is thrown by it.
  fed.catch(() => {})
  for await (const data of deflate) yield chunkOf('IDAT', data as Buffer)
  await fed
  yield chunkOf('IEND', Buffer.alloc(0))
}

/** Length, type, data, and the checksum of the latter two. */
function chunkOf(type: string, data: Buffer): Buffer {
  const chunk = Buffer.alloc(12 + data.length)
  chunk.writeUInt32BE(data.length, 0)
  chunk.write(type, 4, 'latin1')
  chunk.set(data, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length)
  return chunk
}
