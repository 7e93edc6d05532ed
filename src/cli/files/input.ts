// Reading what a command is given.

import { open } from 'node:fs/promises'
import { FormatError } from '../../model/errors.js'
import { parseJson } from '../../model/json.js'
import { createNetwork, type Network } from '../../model/network.js'
import { MAX_FILE_BYTES } from '../../model/safetensors/limits.js'
import { StateDict } from '../../model/state-dict.js'
import type { Wiring } from '../../model/wiring.js'

/** A flag network from a file. */
export interface NetworkFile {
  readonly stateDict: StateDict
  readonly network: Network
}

/**
 * Loads a safetensors file and checks its network.
 * @param wiring what stands between its layers; null for what the file says itself
 * @throws FormatError in one line that begins with the path
 */
export async function loadNetworkFile(
  path: string,
  stdin?: AsyncIterable<Uint8Array>,
  wiring: Wiring | null = null,
): Promise<NetworkFile> {
  const stateDict = await loadStateDict(path, stdin)
  return { stateDict, network: named(path, () => createNetwork(stateDict, wiring)) }
}

/** Loads any safetensors file. @throws FormatError in one line that begins with the path */
export async function loadStateDict(path: string, stdin?: AsyncIterable<Uint8Array>): Promise<StateDict> {
  const bytes = await readCapped(path, 'a flag network', stdin)
  return named(path, () => StateDict.parse(bytes))
}

/** Puts a file's name before what is wrong with it. */
function named<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${nameOfInput(path)}: ${error.message}`)
    throw error
  }
}

/**
 * Reads a text: UTF-8, or as its byte order mark says, which Windows' shells write.
 * @throws FormatError in one line that begins with the path
 */
export async function readText(path: string, stdin?: AsyncIterable<Uint8Array>): Promise<string> {
  return decodeText(await readCapped(path, 'a text', stdin))
}

function decodeText(bytes: Uint8Array): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : bytes.length > 1 && bytes[1] === 0 && bytes[0] !== 0
          ? 'utf-16le'
          : 'utf-8'
  // The mark itself is left out.
  return new TextDecoder(encoding).decode(bytes)
}

/**
 * Reads a file of JSON as something of ours. @param path `-` for stdin
 * @param parse throws a FormatError for what it is not
 * @throws FormatError in one line that begins with the path
 */
export async function readJson<T>(
  path: string,
  stdin: AsyncIterable<Uint8Array>,
  parse: (value: unknown) => T,
): Promise<T> {
  const text = await readText(path, stdin)
  try {
    return parse(parseJson(text))
  } catch (error) {
    if (error instanceof SyntaxError) throw new FormatError(`${path}: expected JSON`)
    if (error instanceof FormatError) throw new FormatError(`${path}: ${error.message}`)
    throw error
  }
}

/** What a path is called: `-` is standard input wherever a file is read. */
export function nameOfInput(path: string): string {
  return path === '-' ? 'stdin' : path
}

/**
 * Reads a whole file of at most 64 MB, or stdin for '-'.
 * @param subject what may have that many, for the message: 'an image'
 * @param stdin default: that of the process
 * @throws FormatError in one line that begins with the path
 */
export async function readCapped(
  path: string,
  subject: string,
  stdin: AsyncIterable<Uint8Array> = process.stdin,
): Promise<Uint8Array> {
  if (path === '-') return await readStream(stdin, path, subject)
  try {
    const file = await open(path, 'r')
    try {
      const { size } = await file.stat()
      if (size > MAX_FILE_BYTES) throw tooLarge(path, `${Math.ceil(size / 2 ** 20)} MB`, subject)
      return await readStream(file.createReadStream({ end: MAX_FILE_BYTES, autoClose: false }), path, subject)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw error instanceof FormatError ? error : unreadable(path, error)
  }
}

/** A device or a pipe has no size and may have no end. */
async function readStream(stream: AsyncIterable<Uint8Array>, path: string, subject: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of stream) {
    sizeBytes += chunk.length
    if (sizeBytes > MAX_FILE_BYTES) throw tooLarge(path, 'this', subject)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLarge(path: string, size: string, subject: string): FormatError {
  return new FormatError(
    `${nameOfInput(path)}: ${size} is more than the ${MAX_FILE_BYTES / 2 ** 20} MB ${subject} may have`,
  )
}

/** Says in one line why something could not be read. */
export function unreadable(path: string, error: unknown, kind: 'file' | 'folder' = 'file'): FormatError {
  const code = codeOf(error)
  const reasons: Record<string, string> = {
    ENOENT: `no such ${kind}`,
    EISDIR: 'is a folder',
    EACCES: 'permission denied',
    ...(kind === 'folder' ? { ENOTDIR: 'is no folder' } : {}),
  }
  return new FormatError(`${path}: ${reasons[code] ?? `cannot be read (${code})`}`)
}

/** What the system calls what it refuses: ENOENT, EACCES. */
export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}
