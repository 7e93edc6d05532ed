// The files of a gallery: the pictures it is made from, and the nets and manifests it consists of.

import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { FormatError, UnsupportedError } from '../model/errors.js'
import { formatManifest, type ManifestFlag, mergeManifests, parseManifest } from '../train/gallery/manifest.js'
import { readCapped, writeWhole } from './input.js'

/** A picture of the source folder. */
export interface Source {
  /** The file's name without its ending. */
  readonly code: string
  readonly name: string
  readonly path: string
}

const IMAGE = /\.(svg|svgz|png|jpe?g|webp|gif)$/i
const MANIFEST = /^flags(?:\.\d+-of-\d+)?\.json$/
/** Names by upper-case code, in the source folder or beside it: as the package svg-country-flags has them. */
const NAMES_FILE = 'countries.json'

/**
 * Lists the pictures of a folder, by code.
 * @throws FormatError when there are none, or two with one code
 */
export async function listSources(folder: string): Promise<Source[]> {
  const files = (await readFolder(folder)).filter(file => IMAGE.test(file)).sort()
  if (files.length === 0) throw new FormatError(`${folder}: there are no images in it (SVG, PNG, JPEG, WebP, GIF)`)
  const names = await readNames(folder)
  const sources = files.map((file): Source => {
    const code = file.replace(IMAGE, '')
    return { code, name: names[code.toUpperCase()] ?? code, path: join(folder, file) }
  })
  const seen = new Set<string>()
  for (const { code, path } of sources) {
    if (seen.has(code)) throw new FormatError(`${path}: there is another image of this name; a name is a flag`)
    seen.add(code)
  }
  return sources.sort((a, b) => (a.code < b.code ? -1 : 1))
}

async function readNames(folder: string): Promise<Record<string, string>> {
  for (const at of [folder, dirname(resolve(folder))]) {
    const path = join(at, NAMES_FILE)
    const text = await readFile(path, 'utf8').catch(() => null)
    if (text === null) continue
    try {
      const json: unknown = JSON.parse(text)
      if (typeof json === 'object' && json !== null && Object.values(json).every(name => typeof name === 'string'))
        return json as Record<string, string>
    } catch {
      // Told below.
    }
    throw new FormatError(`${path}: expected names by code, {"MY": "Malaysia", ...}`)
  }
  return {}
}

/** Identifies a picture's file and what is made of it. */
export async function identifyTarget(path: string, settings: string): Promise<string> {
  return createHash('sha256')
    .update(await readCapped(path, 'an image'))
    .update(settings)
    .digest('hex')
    .slice(0, 16)
}

/** The manifest of a whole gallery, or a shard's part of it. */
export function manifestPath(folder: string, shard: { index: number; count: number } | null): string {
  return join(folder, shard ? `flags.${shard.index}-of-${shard.count}.json` : 'flags.json')
}

/**
 * Reads all that a folder's manifests know, parts of shards included.
 * @throws FormatError in one line that begins with the path of a broken one
 */
export async function readManifests(folder: string): Promise<Map<string, ManifestFlag>> {
  const files = (await readFolder(folder)).filter(file => MANIFEST.test(file)).sort()
  const parts = await Promise.all(files.map(file => readManifest(join(folder, file))))
  return mergeManifests(parts)
}

async function readManifest(path: string): Promise<ManifestFlag[]> {
  try {
    return parseManifest(await readFile(path, 'utf8'))
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${path}: ${error.message}`)
    throw error
  }
}

/** Writes a manifest, whole or not at all. */
export async function writeManifest(path: string, flags: Iterable<ManifestFlag>): Promise<void> {
  await writeWhole(path, new TextEncoder().encode(formatManifest(flags)))
}

/**
 * Joins the parts of a folder's shards into flags.json. Shards that end at the same time may do so at once: each looks again
 * after it has written, so the last word is never an old one.
 */
export async function joinManifests(folder: string): Promise<number> {
  for (let written = ''; ;) {
    const merged = await readManifests(folder)
    const text = formatManifest(merged.values())
    if (text === written) return merged.size
    await writeManifest(manifestPath(folder, null), merged.values())
    written = text
  }
}

/** Removes the parts of shards: once they are joined. */
export async function removeParts(folder: string): Promise<void> {
  const parts = (await readFolder(folder)).filter(file => MANIFEST.test(file) && file !== 'flags.json')
  await Promise.all(parts.map(part => rm(join(folder, part))))
}

/** Makes the folder of a gallery. @throws UnsupportedError */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    throw new UnsupportedError(`${folder}: cannot be made (${(error as NodeJS.ErrnoException).code})`)
  }
}

async function readFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const reason =
      code === 'ENOENT' ? 'no such folder' : code === 'ENOTDIR' ? 'is no folder' : `cannot be read (${code})`
    throw new FormatError(`${folder}: ${reason}`)
  }
}
