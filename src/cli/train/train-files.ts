// The files of a training run beside its result: the checkpoint, and the film.

import { readdir, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { FormatError, UnsupportedError } from '../../model/errors.js'
import { type Checkpoint, decodeCheckpoint } from '../../train/checkpoint.js'
import { readCapped } from '../files/input.js'

/** `flag.safetensors` has the film `flag.film.safetensors`. */
export function filmPath(out: string): string {
  return out.endsWith('.safetensors') ? `${out.slice(0, -'.safetensors'.length)}.film.safetensors` : `${out}.film`
}

/** Where a run can be taken up again. */
export function checkpointPath(out: string): string {
  return `${out}.checkpoint`
}

/**
 * Reads the checkpoint of a run, null when there is none yet.
 * @throws FormatError in one line that begins with the path when it is damaged
 */
export async function readCheckpoint(path: string): Promise<Checkpoint | null> {
  const names = await readdir(dirname(path)).catch((): string[] => [])
  if (!names.includes(basename(path))) return null
  const bytes = await readCapped(path, 'a checkpoint')
  try {
    return decodeCheckpoint(bytes)
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${path}: ${error.message}`)
    throw error
  }
}

/**
 * Refuses a folder where the result is to be: told before a long run, not after it.
 * @throws UnsupportedError
 */
export async function refuseFolder(path: string): Promise<void> {
  const target = await stat(path).catch(() => null)
  if (target?.isDirectory()) throw new UnsupportedError(`${path}: cannot be written (EISDIR)`)
}
