// What lies in a gallery's folder, held against another one: byte for byte, but for the seconds that the training took.

import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { createNetwork } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import { decodeCheckpoint } from '../../src/train/checkpoint.js'
import { type ManifestFlag, parseManifest } from '../../src/train/gallery/manifest.js'

/** The flags of the package svg-country-flags. */
export const FLAGS_FOLDER = join(
  dirname(createRequire(import.meta.url).resolve('svg-country-flags/package.json')),
  'svg',
)

/** Makes a folder with flags of the package in it. */
export function copyFlags(folder: string, codes: readonly string[]): string {
  mkdirSync(folder)
  for (const code of codes) copyFileSync(join(FLAGS_FOLDER, `${code}.svg`), join(folder, `${code}.svg`))
  return folder
}

/** The lines of a folder's manifest. */
export function readFlags(folder: string, manifest = 'flags.json'): ManifestFlag[] {
  return parseManifest(readFileSync(join(folder, manifest), 'utf8'))
}

/** Everything in a folder by name: manifests as their lines without seconds, other files as their digests. */
export function contentsOf(folder: string): Record<string, unknown> {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map(name => [
        name,
        name.endsWith('.json')
          ? readFlags(folder, name).map(flag => ({ ...flag, seconds: 0 }))
          : createHash('sha256')
              .update(readFileSync(join(folder, name)))
              .digest('hex'),
      ]),
  )
}

/** Holds that a process that was killed has left no half file under a name that counts, and no manifest of files not there. */
export function checkNothingHalf(folder: string): void {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name))
    if (name.endsWith('.film.safetensors')) StateDict.parse(bytes)
    else if (name.endsWith('.safetensors')) expect(createNetwork(StateDict.parse(bytes)).warnings).toEqual([])
    else if (name.endsWith('.checkpoint')) decodeCheckpoint(bytes)
    else if (name.endsWith('.json'))
      for (const { file, film } of readFlags(folder, name))
        for (const path of film ? [file, film] : [file]) expect(existsSync(join(folder, path)), path).toBe(true)
  }
}
