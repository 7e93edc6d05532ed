// The files of a gallery: its manifests, the parts that shards write of them, and what a killed process leaves behind.

import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { FormatError, UnsupportedError } from '../../model/errors.js'
import { StateDict } from '../../model/state-dict.js'
import { formatManifest, type ManifestFlag, mergeManifests, parseManifest } from '../../train/gallery/manifest.js'
import { TRAINED_KEYS } from '../../train/metadata.js'
import { readCapped, unreadable } from '../files/input.js'
import { writeWhole } from '../files/output.js'
import type { Shard } from '../options/long-work.js'

const WHOLE = 'flags.json'
const PART = /^flags\.(\d+)-of-(\d+)\.json$/
const LEFTOVER = /\.[0-9a-f]{8}\.tmp$/

/** The manifest of a whole gallery, or a shard's part of it. */
export function manifestPath(folder: string, shard: Shard | null): string {
  return join(folder, shard ? `flags.${shard.index}-of-${shard.count}.json` : WHOLE)
}

/** Makes the folder of a gallery. @throws UnsupportedError */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    throw new UnsupportedError(`${folder}: cannot be made (${(error as NodeJS.ErrnoException).code})`)
  }
}

/** The names of a folder's files. @throws FormatError */
export async function readNamesOf(folder: string): Promise<string[]> {
  return await readdir(folder).catch((error: unknown) => {
    throw unreadable(folder, error, 'folder')
  })
}

/**
 * Reads all manifests of a folder, parts of shards included.
 * @throws FormatError in one line that begins with the path of a broken one
 */
export async function readManifests(folder: string): Promise<ManifestFlag[][]> {
  const names = (await readNamesOf(folder)).filter(name => name === WHOLE || PART.test(name)).sort()
  const parts = await Promise.all(names.map(name => readManifest(join(folder, name))))
  return parts.filter(part => part !== null)
}

/** @returns null when it is not there any more: another process has just joined it */
async function readManifest(path: string): Promise<ManifestFlag[] | null> {
  try {
    return parseManifest(new TextDecoder().decode(await readCapped(path, 'a manifest')))
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    if (error.message === `${path}: no such file`) return null
    throw error.message.startsWith(path) ? error : new FormatError(`${path}: ${error.message}`)
  }
}

/**
 * Joins what manifests of a folder know. A flag whose image was another one in the meantime stands there with two targets: of
 * these the line counts that tells of the file.
 */
export async function settleManifests(
  folder: string,
  parts: readonly (readonly ManifestFlag[])[],
): Promise<Map<string, ManifestFlag>> {
  const contested = new Map<string, string>()
  const targets = new Map<string, string>()
  for (const { code, target, file } of parts.flat()) {
    if ((targets.get(code) ?? target) !== target) contested.set(code, file)
    targets.set(code, target)
  }
  const psnrs = new Map<string, number | null>()
  for (const [code, file] of contested) psnrs.set(code, await statedPsnr(join(folder, file)))
  return mergeManifests(parts, flag => psnrs.get(flag.code) === flag.psnr)
}

/** The PSNR that a net's file says of itself, dB; null when there is none. */
async function statedPsnr(path: string): Promise<number | null> {
  try {
    const { metadata } = StateDict.parse(await readCapped(path, 'a flag network'))
    return Number(metadata.get(TRAINED_KEYS.psnr) ?? Number.NaN)
  } catch (error) {
    if (error instanceof FormatError) return null
    throw error
  }
}

/**
 * Writes a manifest, whole or not at all; not again when it says so already.
 * @param writer the manifest of the process that writes: what a kill leaves half written is named after it
 * @throws UnsupportedError
 */
export async function writeManifest(path: string, flags: Iterable<ManifestFlag>, writer = path): Promise<void> {
  const text = formatManifest(flags)
  if ((await readFile(path, 'utf8').catch(() => null)) === text) return
  await writeWhole(path, new TextEncoder().encode(text), writer)
}

/**
 * Joins the parts of a folder's shards into flags.json. Shards that end at the same time may do so at once: each looks again
 * after it has written, so the last word is never an old one.
 * @param own lines of the process itself, in case that its part has been joined and removed
 * @returns the number of flags
 */
export async function joinManifests(
  folder: string,
  writer: string,
  own: readonly ManifestFlag[] = [],
): Promise<number> {
  for (let written = ''; ;) {
    const merged = await settleManifests(folder, [...(await readManifests(folder)), own])
    const text = formatManifest(merged.values())
    if (text === written) return merged.size
    await writeManifest(manifestPath(folder, null), merged.values(), writer)
    written = text
  }
}

/** The parts of shards that lie in a folder, and of every number of shards those that do not. */
export async function listParts(folder: string): Promise<{ parts: string[]; missing: string[] }> {
  const parts = (await readNamesOf(folder)).filter(name => PART.test(name))
  const counts = new Set(parts.map(part => Number(PART.exec(part)?.[2])))
  const missing: string[] = []
  for (const count of counts)
    for (let index = 1; index <= count; index++) {
      const part = `flags.${index}-of-${count}.json`
      if (!parts.includes(part)) missing.push(part)
    }
  return { parts, missing }
}

/** Whether a folder has any manifest. */
export async function hasManifest(folder: string): Promise<boolean> {
  return (await readNamesOf(folder)).some(name => name === WHOLE || PART.test(name))
}

/**
 * Removes what killed processes left half written of files: see writeWhole.
 * @param files names in the folder
 */
export async function removeLeftoversOf(folder: string, files: ReadonlySet<string>): Promise<void> {
  for (const name of await readNamesOf(folder))
    if (LEFTOVER.test(name) && files.has(name.replace(LEFTOVER, ''))) await rm(join(folder, name), { force: true })
}
