// The file that an address names, by its URL, or as one of the person's own, or carries in itself.

import { FormatError } from '../model/errors.js'
import type { IncomingFiles } from './incoming-files.js'
import type { LinkedFiles } from './open/linked-files.js'
import type { Opened } from './open/opened.js'
import type { OwnFiles, OwnSource } from './open/own-files.js'
import type { PageState } from './page-state.js'
import { absentOwn, ownKey } from './places/own-address.js'

/** Where files that are named come from, and where they go. */
export interface NamedFileWays {
  readonly opened: Opened
  readonly linked: LinkedFiles
  readonly own: OwnFiles
  readonly files: IncomingFiles
}

/** Whether an address names a file, or carries one; else it leads to the wall. */
export function isFileNamed({ file, yours, net }: PageState): boolean {
  return file !== null || yours !== null || net !== null
}

/** Whether the file that an address names is the open one. */
export function isNamedOpen({ file, yours, net }: PageState, { opened, linked }: NamedFileWays): boolean {
  const open = opened.file
  if (net !== null) return open !== null && linked.textOf(open.key) === net
  return file === null ? ownKey(yours ?? '') === open?.key : file === open?.url
}

/**
 * Opens the file that an address names, and leaves the address alone.
 * @param sources of files of the person's own, asked in turn
 * @throws with one line, also where a link cannot carry it
 */
export async function openNamed(
  { file, yours, net, frame, architecture }: PageState,
  { opened, linked, own, files }: NamedFileWays,
  sources: readonly OwnSource[],
): Promise<void> {
  if (net !== null) {
    const signal = opened.beginLoading()
    const carried = await linked.read(net).finally(() => opened.endLoading(signal))
    signal.throwIfAborted()
    await files.load(carried.file, frame, carried.key)
    return
  }
  if (yours === null) {
    await files.load(file ?? '', frame, null, { architecture, mayAsk: true })
    return
  }
  const key = ownKey(yours)
  for (const source of sources) if (await source.reopen?.(key)) return
  const found = await own.find(key, sources)
  if (found === null) throw new FormatError(absentOwn(yours))
  await files.load(found.file, frame, found.key)
}
