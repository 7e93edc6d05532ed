// A flag as a page of its own: what it carries, packed.

import { compactFile } from '../packed/compact.js'
import { packFile } from '../packed/packed-file.js'
import type { ExportSubject } from '../subject.js'
import { flagHtml } from './flag-html.js'

/** Packs the file of a film for a page. @throws FormatError when it is no .safetensors file */
export async function packFilm(file: Uint8Array): Promise<Uint8Array> {
  return await packFile(file)
}

/**
 * Writes the page.
 * @param script what draws in it: dist/flag-page.js
 * @param film of its training, packed; null for none
 */
export async function makePage(subject: ExportSubject, script: string, film: Uint8Array | null): Promise<string> {
  const net = await packFile(compactFile(subject.network, subject, 'exact'))
  return flagHtml(subject, { script, net, film })
}
