// The pictures that a gallery is made from: which there are, what they are called, and what tells one from another.

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { FormatError } from '../../model/errors.js'
import { parseJson } from '../../model/json.js'
import { readCapped, unreadable } from '../files/input.js'

/** A picture of the source folder. */
export interface Source {
  /** The file's name without its ending. */
  readonly code: string
  readonly name: string
  readonly path: string
}

const IMAGE = /\.(svg|svgz|png|jpe?g|webp|gif)$/i
/** Names by upper-case code, in the source folder or beside it: as the package svg-country-flags has them. */
const NAMES_FILE = 'countries.json'

/**
 * Lists the pictures of a folder, by code. Hidden files are none: what file managers leave beside a picture has its ending.
 * @throws FormatError when there are none, or two whose files would overwrite each other, here or on a disk that knows no case
 * @param namesFile names by upper-case code, before those in the folder
 */
export async function listSources(folder: string, namesFile?: string): Promise<Source[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw unreadable(folder, error, 'folder')
  })
  const files = entries
    .filter(entry => IMAGE.test(entry.name) && !entry.name.startsWith('.') && !entry.isDirectory())
    .map(({ name }) => name)
  if (files.length === 0)
    throw new FormatError(`${folder}: there are no images in it (SVG, PNG, JPEG, WebP, AVIF, GIF)`)
  const names = {
    ...((await readNames(folder)) ?? (await readNamesBeside(folder))),
    ...(await readNamesFile(namesFile)),
  }
  const sources = files.map((file): Source => {
    const code = file.replace(IMAGE, '')
    // An empty name would leave a place without one.
    return { code, name: names[code.toUpperCase()] || code, path: join(folder, file) }
  })
  sources.sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : a.path < b.path ? -1 : 1))
  refuseClashes(sources)
  return sources
}

function refuseClashes(sources: readonly Source[]): void {
  const stemOf = (code: string) => code.normalize('NFC').toLowerCase()
  const seen = new Map<string, Source>()
  for (const source of sources) {
    const other = seen.get(stemOf(source.code))
    if (other) throw new FormatError(`${source.path}: ${other.path} has the same name; a name is a flag`)
    seen.set(stemOf(source.code), source)
  }
  for (const { code, path } of sources) {
    const other = seen.get(stemOf(code).replace(/\.film$/, ''))
    if (other && other.code !== code) throw new FormatError(`${path}: the film of ${other.path} would have its file`)
  }
}

/** Of a list that has several for a code the first is taken. @throws FormatError when there is no such file */
async function readNamesFile(path: string | undefined): Promise<Record<string, string>> {
  if (path === undefined) return {}
  const names = await readNamesAt(path)
  if (!names) throw new FormatError(`${path}: cannot be read`)
  return names
}

async function readNames(folder: string): Promise<Record<string, string> | null> {
  return await readNamesAt(join(folder, NAMES_FILE))
}

/** @returns null when there is no such file */
async function readNamesAt(path: string): Promise<Record<string, string> | null> {
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) return null
  try {
    const json: unknown = parseJson(text)
    if (typeof json === 'object' && json !== null) {
      const first = (name: unknown): unknown => (Array.isArray(name) ? name[0] : name)
      const names = Object.entries(json).map(([code, name]) => [code, first(name)] as const)
      if (names.every(([, name]) => typeof name === 'string'))
        return Object.fromEntries(names) as Record<string, string>
    }
  } catch {
    // Told below.
  }
  throw new FormatError(`${path}: expected names by code, {"MY": "Malaysia", ...}`)
}

/** What lies beside the folder may be something else by the same name: then it has no names. */
async function readNamesBeside(folder: string): Promise<Record<string, string> | null> {
  return await readNames(dirname(resolve(folder))).catch(() => null)
}

/**
 * Identifies a picture's file and what is made of it.
 * @throws FormatError when the file cannot be read
 */
export async function identifyTarget(path: string, settings: string): Promise<string> {
  return createHash('sha256')
    .update(await readCapped(path, 'an image'))
    .update(settings)
    .digest('hex')
    .slice(0, 16)
}
