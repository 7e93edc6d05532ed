// A file that does not say what stands between its layers, once it was told: with that in its metadata it is a file like any other, to be
// edited, kept and saved.

import { StateDict } from '../model/state-dict.js'
import { ARCHITECTURE_KEY, type Wiring, wiringJson, wiringLabel } from '../model/wiring.js'
import type { LoadedFile } from './load-file.js'

/** Writes into a file what stands between its layers. The key stays. */
export function tellArchitecture(file: LoadedFile, wiring: Wiring): LoadedFile {
  const stateDict = StateDict.parse(file.bytes)
  stateDict.setMetadata(ARCHITECTURE_KEY, JSON.stringify(wiringJson(wiring)))
  return { ...file, bytes: stateDict.serialize(), architecture: wiringLabel(wiring) }
}
