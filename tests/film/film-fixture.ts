// Films of small runs, as `vexel train --frames` writes them, and copies of them with edits.

import { StateDict } from '../../src/model/state-dict.js'
import type { NewTensor } from '../../src/model/safetensors/write.js'
import { createFilm } from '../../src/train/result.js'
import type { RgbImage } from '../../src/train/rgb-image.js'
import { discImage, runToEnd, smallSettings, SMALL_NET, startSmall } from '../train/run-fixture.js'

/** The bytes of a film of a disc, seeded: another picture and other settings on request. */
export async function smallFilm(
  changes: Parameters<typeof smallSettings>[0] = {},
  image: RgbImage = discImage(),
): Promise<Uint8Array> {
  const settings = smallSettings({ frames: 6, ...changes })
  const trainer = await runToEnd(await startSmall(settings, undefined, image))
  const provenance = { sourceName: 'disc.png', version: '1.2.3' }
  return createFilm(SMALL_NET, trainer.snapshots, trainer.curve, trainer.target, settings, provenance).serialize()
}

/** All tensors of a file, to be edited and written again. */
export function tensorsOf(bytes: Uint8Array): NewTensor[] {
  const stateDict = StateDict.parse(bytes)
  return stateDict.names.map(name => {
    const { dtype, shape } = stateDict.entry(name)
    return { name, dtype, shape, bytes: stateDict.bytes(name).slice() }
  })
}

/** A file with its metadata changed: null takes a key out. */
export function withMetadata(bytes: Uint8Array, changes: Readonly<Record<string, string | null>>): Uint8Array {
  const stateDict = StateDict.parse(bytes)
  for (const [key, value] of Object.entries(changes)) stateDict.setMetadata(key, value)
  return stateDict.serialize()
}

/** A file with other tensors and the same metadata. */
export function withTensors(bytes: Uint8Array, change: (tensor: NewTensor) => NewTensor | null): Uint8Array {
  const tensors = tensorsOf(bytes).flatMap(tensor => change(tensor) ?? [])
  return StateDict.create(tensors, StateDict.parse(bytes).metadata).serialize()
}
