// A file as an element opens it: told what stands between its layers where the element says so.

import { parseWiringText } from '../model/wiring.js'
import { loadFile } from '../open/load-file.js'
import { type OpenFile, openLoaded } from '../open/open-file.js'
import { tellArchitecture } from '../open/tell-architecture.js'

/**
 * Loads and opens a file.
 * @param architecture a name or JSON; null for what the file says itself
 * @throws FormatError in one line
 */
export async function openTold(
  source: string | Blob,
  architecture: string | null,
  signal: AbortSignal,
): Promise<OpenFile> {
  const loaded = await loadFile(source, signal)
  return await openLoaded(architecture ? tellArchitecture(loaded, parseWiringText(architecture)) : loaded)
}
