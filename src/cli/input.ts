// Reading what a command is given.

import { open, readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { FormatError } from '../model/errors.js'
import { createNetwork, type Network } from '../model/network.js'
import { MAX_FILE_BYTES } from '../model/safetensors/limits.js'
import { StateDict } from '../model/state-dict.js'

/** A flag network from a file. */
export interface NetworkFile {
  readonly stateDict: StateDict
  readonly network: Network
}

/**
 * Loads a safetensors file and checks its network.
 * @throws FormatError in one line that begins with the path
 */
export async function loadNetworkFile(path: string): Promise<NetworkFile> {
  const bytes = await readCapped(path, 'a flag network')
  try {
    const stateDict = StateDict.parse(bytes)
    return { stateDict, network: createNetwork(stateDict) }
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${path}: ${error.message}`)
    throw error
  }
}

/** Reads a text file, or stdin for '-'. */
export async function readText(path: string): Promise<string> {
  if (path === '-') return await text(process.stdin)
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw unreadable(path, error)
  }
}

/**
 * Reads a whole file of at most 64 MB.
 * @param subject what may have that many, for the message: 'an image'
 * @throws FormatError in one line that begins with the path
 */
export async function readCapped(path: string, subject: string): Promise<Uint8Array> {
  try {
    const file = await open(path, 'r')
    try {
      const { size } = await file.stat()
      if (size > MAX_FILE_BYTES) throw tooLarge(path, `${Math.ceil(size / 2 ** 20)} MB`, subject)
      // A device or a pipe has no size and may have no end.
      const chunks: Buffer[] = await file.createReadStream({ end: MAX_FILE_BYTES, autoClose: false }).toArray()
      const bytes = Buffer.concat(chunks)
      if (bytes.length > MAX_FILE_BYTES) throw tooLarge(path, 'this', subject)
      return bytes
    } finally {
      await file.close()
    }
  } catch (error) {
    throw error instanceof FormatError ? error : unreadable(path, error)
  }
}

function tooLarge(path: string, size: string, subject: string): FormatError {
  return new FormatError(`${path}: ${size} is more than the ${MAX_FILE_BYTES / 2 ** 20} MB ${subject} may have`)
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
