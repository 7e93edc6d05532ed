// The shelf as one file: a zip of plain .safetensors, which any program opens.

import { strToU8, unzipSync, zipSync } from 'fflate'
import { FormatError } from '../../model/errors.js'
import { printableName } from '../../model/printable.js'
import { MAX_FILE_BYTES } from '../../model/safetensors/limits.js'

/** A network in the archive. */
export interface Archived {
  /** Without ending. */
  readonly name: string
  readonly bytes: Uint8Array
}

const ENDING = '.safetensors'
const README = `Networks of vexel, one a file: PyTorch loads them, and vexel's "Yours" takes this archive again.\n`

/** Packs networks; those of one name are numbered. */
export function packArchive(networks: readonly Archived[]): Uint8Array {
  const files: Record<string, Uint8Array> = { 'README.txt': strToU8(README) }
  for (const { name, bytes } of networks) {
    // A name is no path.
    const plain = printableName(name).replace(/[/\\:]/g, '-') || 'network'
    let file = plain
    for (let i = 2; `${file}${ENDING}` in files; i++) file = `${plain} ${i}`
    files[`${file}${ENDING}`] = bytes
  }
  return zipSync(files)
}

/** Reads the networks of an archive, whoever packed it. @throws FormatError with one line where it is none, or holds none */
export function unpackArchive(bytes: Uint8Array): Archived[] {
  let files: Record<string, Uint8Array>
  try {
    files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => name.endsWith(ENDING) && originalSize <= MAX_FILE_BYTES,
    })
  } catch {
    throw new FormatError('expected a zip archive of networks')
  }
  const networks = Object.entries(files).map(([path, bytes]) => ({
    name: (path.split('/').at(-1) ?? path).slice(0, -ENDING.length),
    bytes,
  }))
  if (networks.length === 0) throw new FormatError(`expected an archive of ${ENDING} files, there is none in it`)
  return networks
}
