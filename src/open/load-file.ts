// Getting the bytes of a file: from a URL or from the person's disk, never more than the reader accepts.

import { FormatError } from '../model/errors.js'
import { printableName } from '../model/printable.js'
import { MAX_FILE_BYTES } from '../model/safetensors/limits.js'
import { keyOf } from './file-key.js'

/** A file as it was opened. */
export interface LoadedFile {
  /** What to call it: the file's name, or the last part of the URL. */
  readonly name: string
  /** Where it came from, as it was given; null for a file from the disk. */
  readonly url: string | null
  /** What tells it from others for the visit and on the shelf: its URL; of a file from the disk the digest of its bytes. */
  readonly key: string
  readonly bytes: Uint8Array
  /** What a person or a link said of what stands between its layers: it is in the bytes' metadata by now. */
  readonly architecture?: string
}

/**
 * Loads a file.
 * @throws FormatError with one line: the status, the network's refusal, or the size
 */
export async function loadFile(source: string | Blob, signal?: AbortSignal): Promise<LoadedFile> {
  if (typeof source === 'string') return await loadUrl(source, signal)
  const name = source instanceof File ? source.name : 'file'
  refuseLarge(source.size, name)
  const bytes = new Uint8Array(await source.arrayBuffer())
  return { name, url: null, key: await keyOf(bytes), bytes }
}

async function loadUrl(text: string, signal: AbortSignal | undefined): Promise<LoadedFile> {
  let url: URL
  try {
    url = new URL(text, document.baseURI)
  } catch {
    throw new FormatError(`not a URL: ${printableName(text)}`)
  }
  const shown = printableName(text)
  if (!['http:', 'https:', 'blob:', 'data:'].includes(url.protocol))
    throw new FormatError(`${shown}: expected an http or https address, got ${url.protocol}`)
  let response: Response
  try {
    response = await fetch(url, { signal })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new FormatError(`${shown}: cannot be fetched (no such server, or it does not let other pages read it: CORS)`)
  }
  if (!response.ok)
    throw new FormatError(`${shown}: the server answers ${response.status} ${response.statusText}`.trim())
  const name = decodeName(url.pathname.split('/').at(-1) ?? '') || 'file'
  return { name, url: text, key: text, bytes: await readCapped(response, shown) }
}

/** Reads a response up to the cap, whatever its headers say. */
async function readCapped(response: Response, shown: string): Promise<Uint8Array> {
  refuseLarge(Number(response.headers.get('content-length') ?? 0), shown)
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let sizeBytes = 0
  const reader = response.body?.getReader()
  for (;;) {
    const part = await reader?.read().catch((error: unknown) => {
      if (error instanceof DOMException) throw error
      throw new FormatError(`${shown}: the download broke off after ${sizeBytes} bytes`)
    })
    if (!part || part.done) break
    sizeBytes += part.value.length
    if (sizeBytes > MAX_FILE_BYTES) await reader?.cancel()
    refuseLarge(sizeBytes, shown)
    chunks.push(part.value)
  }
  // By hand: a Blob is kept by another process, which costs a wall of 256 flags some seconds.
  const bytes = new Uint8Array(sizeBytes)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

function refuseLarge(sizeBytes: number, name: string): void {
  if (sizeBytes > MAX_FILE_BYTES)
    throw new FormatError(
      `${printableName(name)}: ${Math.ceil(sizeBytes / 2 ** 20)} MB is more than the ${MAX_FILE_BYTES / 2 ** 20} MB a flag network may have`,
    )
}

function decodeName(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
