// vexel export -o flag.html: what draws comes from the built site, the film from its file.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDense } from '../../model/architecture.js'
import { UnsupportedError } from '../../model/errors.js'
import { makePage, packFilm } from '../../export/page/make-page.js'
import { pageScriptName } from '../../export/page/page-ids.js'
import type { ExportSubject } from '../../export/subject.js'
import { UsageError } from '../failure.js'
import { SITE_FOLDER } from '../site/site.js'
import type { Terminal } from '../terminal.js'
import { type Flag, loadFlag } from './flag-file.js'

/**
 * Writes the page; what a film adds is told before.
 * @param wanted the film's file; true for the one that the flag's file is, undefined for none
 */
export async function exportPage(
  subject: ExportSubject,
  flag: Flag,
  wanted: string | true | undefined,
  terminal: Terminal,
): Promise<string> {
  const film = wanted === undefined ? null : await filmOf(subject, flag, wanted, terminal)
  let script: string
  try {
    script = await readFile(
      join(SITE_FOLDER, pageScriptName({ hasFilm: film !== null, isAny: !isDense(subject.network.architecture) })),
      'utf8',
    )
  } catch {
    throw new UnsupportedError('the site, which has what draws in a page, is not built: run npm run build')
  }
  return await makePage(subject, script, film)
}

async function filmOf(
  subject: ExportSubject,
  flag: Flag,
  wanted: string | true,
  terminal: Terminal,
): Promise<Uint8Array> {
  const { film, stateDict } = wanted === true ? flag : await loadFlag(wanted, terminal.stdin)
  if (!film)
    throw new UsageError(
      wanted === true
        ? `--film: ${subject.fileName} is no film; name the one that vexel train --frames wrote`
        : `--film ${wanted}: expected the film of a training, got a network`,
    )
  if (JSON.stringify(film.architecture) !== JSON.stringify(subject.network.architecture))
    throw new UsageError(
      `--film: it is of another network: expected ${subject.network.architecture.name}, got ${film.architecture.name}`,
    )
  const packed = await packFilm(stateDict.serialize())
  const sizeBytes = Math.ceil(packed.length / 3) * 4
  terminal.tell(
    `the film adds ${sizeBytes.toLocaleString('en')} bytes, ${packed.length.toLocaleString('en')} gzipped: ${film.steps.length} snapshots`,
  )
  return packed
}
