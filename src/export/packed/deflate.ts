// Deflate with a checksum (zlib) by the platform's own streams: browsers of the README's list and Node have them, and nothing is loaded for it.

import { FormatError } from '../../model/errors.js'

const FORMAT = 'deflate'

export async function deflate(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return await through(bytes, new CompressionStream(FORMAT), Number.POSITIVE_INFINITY)
}

/**
 * Undoes {@link deflate}, on a stranger's bytes.
 * @param mostBytes what may come out: a few bytes can be a bomb
 * @throws FormatError when they are cut short, changed, or more than that
 */
export async function inflate(bytes: Uint8Array, mostBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await through(bytes, new DecompressionStream(FORMAT), mostBytes)
  } catch (error) {
    if (error instanceof FormatError) throw error
    throw new FormatError('it cannot be unpacked: a part of it is missing or was changed')
  }
}

async function through(
  bytes: Uint8Array,
  stream: CompressionStream | DecompressionStream,
  mostBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(stream).getReader()
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let sizeBytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    sizeBytes += value.length
    if (sizeBytes > mostBytes) {
      await reader.cancel()
      throw new FormatError(`it unpacks to more than ${mostBytes.toLocaleString('en')} bytes`)
    }
    chunks.push(value)
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer())
}
