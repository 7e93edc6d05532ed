// Which flags a collage is made of: files, folders, and manifests in any mixture.

import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { FormatError } from '../../model/errors.js'
import { printableName } from '../../model/printable.js'
import { type ListedFlag, parseListing } from '../../train/gallery/manifest.js'
import { MAX_TARGET_EDGE } from '../../train/rgb-image.js'
import { readCapped } from '../files/input.js'

const MANIFEST = 'flags.json'
const ENDING = '.safetensors'

/** A flag that is to be read. */
export interface WantedFlag {
  readonly path: string
  readonly name: string
  /** What a manifest says of it, for files that do not. */
  readonly aspect: number | null
}

/**
 * Lists the flags that arguments name: a file itself, a manifest the files it lists, a folder its flags.json, or without one
 * all its .safetensors files by name.
 * @param onBroken told of each broken line of a manifest; may throw
 * @throws FormatError for a folder or a manifest that cannot be read or has no flags
 */
export async function listFlags(paths: readonly string[], onBroken: (line: string) => void): Promise<WantedFlag[]> {
  const lists: WantedFlag[][] = []
  for (const path of paths)
    if (await isFolder(path)) lists.push(await listFolder(path, onBroken))
    else lists.push(path.endsWith('.json') ? await listManifest(path, onBroken) : [flagOf(path)])
  return lists.flat()
}

/** What is no folder, or is not there, is taken for a file: its reader says what is wrong. */
async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false
}

async function listFolder(path: string, onBroken: (line: string) => void): Promise<WantedFlag[]> {
  const files = await readdir(path).catch(error => {
    throw new FormatError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`)
  })
  if (files.includes(MANIFEST)) return await listManifest(join(path, MANIFEST), onBroken)
  const found = files.filter(file => file.endsWith(ENDING)).sort()
  if (found.length === 0) throw new FormatError(`${path}: no ${MANIFEST} and no ${ENDING} files in this folder`)
  return found.map(file => flagOf(join(path, file)))
}

async function listManifest(path: string, onBroken: (line: string) => void): Promise<WantedFlag[]> {
  const text = new TextDecoder().decode(await readCapped(path, 'a manifest'))
  let listing: ReturnType<typeof parseListing>
  try {
    listing = parseListing(text)
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${path}: ${error.message}`)
    throw error
  }
  for (const problem of listing.problems) onBroken(`${path}: ${problem}`)
  const folder = dirname(path)
  const wanted: WantedFlag[] = []
  for (const flag of listing.flags)
    if (await isWithin(folder, flag.file))
      wanted.push({ path: join(folder, flag.file), name: flag.name, aspect: aspectOf(flag) })
    else onBroken(`${path}: ${printableName(flag.file)}: a manifest lists files of its own folder only`)
  return wanted
}

/** Whether a name in a manifest, which a stranger may have written, leads to something in its folder. What is not there is told by its reader. */
async function isWithin(folder: string, file: string): Promise<boolean> {
  const leadsOut = (from: string, to: string) => /^\.\.(?:[\\/]|$)/.test(relative(from, to))
  if (isAbsolute(file) || leadsOut(resolve(folder), resolve(folder, file)) || file.includes('\0')) return false
  try {
    const [root, real] = [await realpath(folder), await realpath(join(folder, file))]
    const found = await stat(real)
    // What a folder is told of is its reader's business; a device has no end.
    return !leadsOut(root, real) && (found.isFile() || found.isDirectory())
  } catch {
    return true
  }
}

function aspectOf({ width, height }: ListedFlag): number | null {
  if (width === undefined || height === undefined) return null
  const aspect = width / height
  // A picture has at most 4096 pixels an edge.
  return aspect >= 1 / MAX_TARGET_EDGE && aspect <= MAX_TARGET_EDGE ? aspect : null
}

function flagOf(path: string): WantedFlag {
  return { path, name: basename(path, ENDING), aspect: null }
}
