// Writing what a command makes: whole or not at all, and never over what it reads.

import { createHash, randomBytes } from 'node:crypto'
import { open, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { UnsupportedError } from '../../model/errors.js'
import { UsageError } from '../failure.js'
import { codeOf } from './input.js'

/**
 * Writes a file whole or not at all: into a temporary file beside it, which takes its place when it is on the disk. A link is
 * followed and stays one, and a file keeps its permissions.
 * @param content all of it, or piece by piece
 * @param writer whose temporary file it is, so that it can be told from that of another process; in the same folder
 * @throws UnsupportedError when the disk or its permissions do not allow it; what the content throws
 */
export async function writeWhole(
  path: string,
  content: Uint8Array | AsyncIterable<Uint8Array>,
  writer = path,
): Promise<void> {
  let temporary: string | null = null
  try {
    const target = await stat(path).catch(() => null)
    // A device or a pipe cannot be renamed over.
    if (target && !target.isFile() && !target.isDirectory()) {
      await writeFile(path, content)
      return
    }
    const place = target ? await realpath(path) : path
    temporary = join(dirname(place), `${leftoverPrefix(writer)}${randomBytes(4).toString('hex')}.tmp`)
    const file = await open(temporary, 'wx')
    try {
      await writeFile(file, content)
      if (target) await file.chmod(target.mode & 0o7777)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, place)
  } catch (error) {
    // What could not be made cannot always be removed either: `force` does not forgive a folder that is a file.
    if (temporary !== null) await rm(temporary, { force: true }).catch(() => {})
    if (!isSystemError(error)) throw error
    throw new UnsupportedError(`${path}: cannot be written (${codeOf(error)})`)
  }
}

/** Longest name of a file, bytes, on the file systems there are. */
const MAX_NAME_BYTES = 255
const SUFFIX_BYTES = '12345678.tmp'.length

/** How the names of a file's temporary files begin: as its own, where there is room for the rest. */
function leftoverPrefix(path: string): string {
  const name = `${basename(path)}.`
  if (Buffer.byteLength(name) + SUFFIX_BYTES <= MAX_NAME_BYTES) return name
  return `${createHash('sha256').update(name).digest('hex').slice(0, 32)}.`
}

/** Removes what a killed process left half written beside a file: see {@link writeWhole}. */
export async function removeLeftovers(path: string): Promise<void> {
  const prefix = leftoverPrefix(path)
  // A link's temporary files lie where it leads.
  const folders = new Set([dirname(path), dirname(await realpath(path).catch(() => path))])
  for (const folder of folders) {
    const names = await readdir(folder).catch((): string[] => [])
    const leftovers = names.filter(
      name => name.startsWith(prefix) && /^[0-9a-f]{8}\.tmp$/.test(name.slice(prefix.length)),
    )
    await Promise.all(leftovers.map(name => rm(join(folder, name), { force: true })))
  }
}

/**
 * Refuses to write over what is read, by whatever name: another spelling, a link of either kind.
 * @param out '-' is stdout @param inputs what cannot be found is not compared
 * @throws UsageError
 */
export async function refuseInputAsOutput(out: string, inputs: readonly string[]): Promise<void> {
  const identity = async (path: string) => {
    const found = await stat(path, { bigint: true }).catch(() => null)
    return found?.isFile() ? `${found.dev}:${found.ino}` : null
  }
  const target = out === '-' ? null : await identity(out)
  if (target === null) return
  for (const input of inputs)
    if ((await identity(input)) === target)
      throw new UsageError(
        `${out}: is ${input === out ? 'the input' : `the input ${input}`}, which would be lost; name another file to write`,
      )
}

/** @throws UsageError when a name says that it is no PNG */
export function requirePngName(flag: string, out: string): void {
  const ending = /\.[^./\\]*$/.exec(basename(out))?.[0] ?? ''
  if (out !== '-' && ending !== '' && ending.toLowerCase() !== '.png')
    throw new UsageError(`${flag} ${out}: only PNG is written; name it .png`)
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}
