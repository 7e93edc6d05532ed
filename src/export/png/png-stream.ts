// A PNG as a stream, so that a picture of any size passes through a few bands of memory: 8-bit RGB, deflated by the platform's own stream, which
// pages, workers and Node have, with backpressure from the file to whoever draws. Of the encoders on npm, fast-png, pngjs and upng want the
// whole picture at once; png-stream does not, but rests on a Buffer library of 2015 and knows no backpressure of promises.

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const COLOUR_TYPE_RGB = 2
const PER_METRE = 1

export interface PngSize {
  readonly width: number
  readonly height: number
  /** How large it is printed: pixels a metre; what says nothing about that by default. */
  readonly pixelsPerMetre?: number
}

/**
 * Encodes a picture.
 * @param scanlines all rows in order, filtered, [rows, 1 + 3 width] at a time
 */
export async function* encodePng(
  { width, height, pixelsPerMetre }: PngSize,
  scanlines: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  yield SIGNATURE
  yield chunkOf('IHDR', bytesOf([width, height], [8, COLOUR_TYPE_RGB, 0, 0, 0]))
  if (pixelsPerMetre) yield chunkOf('pHYs', bytesOf([pixelsPerMetre, pixelsPerMetre], [PER_METRE]))
  const { readable, writable } = new CompressionStream('deflate')
  const fed = feed(scanlines, writable)
  // What goes wrong there ends the loop below, too, and is thrown behind it.
  fed.catch(() => {})
  const reader = readable.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      yield chunkOf('IDAT', value)
    }
  } catch {
    await fed
  } finally {
    // Whoever wants no more of it ends the drawing, too.
    void reader.cancel().catch(() => {})
  }
  await fed
  yield chunkOf('IEND', new Uint8Array(0))
}

async function feed(scanlines: AsyncIterable<Uint8Array>, writable: WritableStream<BufferSource>): Promise<void> {
  const writer = writable.getWriter()
  try {
    for await (const rows of scanlines) {
      await writer.ready
      await writer.write(rows as Uint8Array<ArrayBuffer>)
    }
    await writer.close()
  } catch (error) {
    await writer.abort(error).catch(() => {})
    throw error
  }
}

/** 32-bit numbers, big-endian, then bytes. */
function bytesOf(words: readonly number[], bytes: readonly number[]): Uint8Array {
  const out = new Uint8Array(4 * words.length + bytes.length)
  const view = new DataView(out.buffer)
  words.forEach((word, i) => view.setUint32(4 * i, word))
  out.set(bytes, 4 * words.length)
  return out
}

/** Length, type, data, and the checksum of the latter two. */
function chunkOf(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const chunk = new Uint8Array(12 + data.length)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, data.length)
  for (let i = 0; i < 4; i++) chunk[4 + i] = type.charCodeAt(i)
  chunk.set(data, 8)
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)))
  return chunk
}

// The CRC of ISO 3309: https://www.w3.org/TR/png/#D-CRCAppendix
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? 0xedb88320 ^ (remainder >>> 1) : remainder >>> 1
  return remainder
})

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = REMAINDERS[(crc ^ byte) & 0xff] ^ (crc >>> 8)
  return ~crc >>> 0
}
