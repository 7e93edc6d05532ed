// The catalogue of flags that comes with vexel, read from where the built site has it.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decode } from 'fast-png'
import { FormatError, UnsupportedError } from '../../model/errors.js'
import { type Catalogue, LIST_FILE, parseCatalogue, type Sheet, SHEET_FILE } from '../../solve/catalogue.js'
import { SITE_FOLDER } from '../site/site.js'

/**
 * Loads the catalogue.
 * @param folder where pictures.png and pictures.json are; default: in the built site
 * @throws UnsupportedError when it is not there, or broken
 */
export async function loadCatalogue(folder = join(SITE_FOLDER, 'flags')): Promise<Catalogue> {
  try {
    const list = await readFile(join(folder, LIST_FILE), 'utf8')
    return parseCatalogue(list, decode(await readFile(join(folder, SHEET_FILE))) as Sheet)
  } catch (error) {
    const reason = error instanceof FormatError ? error.message : 'run npm run build'
    throw new UnsupportedError(`${folder}: the catalogue of flags cannot be read: ${reason}`)
  }
}
