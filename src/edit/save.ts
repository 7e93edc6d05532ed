// An edited network as a file again: the original's bytes, but for the tensors that an edit touched.

import { FormatError } from '../model/errors.js'
import type { Network } from '../model/network.js'
import { StateDict } from '../model/state-dict.js'
import { listParameters, parameterName, tensorValues } from './parameters.js'

/**
 * Makes the state dict of an edited network. Every tensor keeps its name, place and dtype; all others, and the metadata,
 * keep their bytes, so that without an edit the file is the same.
 * @param original left as it is
 * @param before the network that was read from it
 * @param after that network edited; the same architecture
 * @throws FormatError when a value does not fit its tensor's dtype
 */
export function editedStateDict(original: StateDict, before: Network, after: Network): StateDict {
  const list = listParameters(before.architecture)
  const edited = StateDict.parse(original.serialize())
  for (const tensor of list.tensors) {
    const values = tensorValues(after, tensor)
    const old = tensorValues(before, tensor)
    if (values === old || values.every((value, i) => Object.is(value, old[i]))) continue
    const name = before.prefix + tensor.name
    edited.setValues(name, values)
    const bad = edited.values(name).findIndex(value => !Number.isFinite(value))
    if (bad >= 0) {
      const where = parameterName(list, tensor.start + bad)
      throw new FormatError(`${where}: ${values[bad]} does not fit the file's ${edited.entry(name).dtype}`)
    }
  }
  return edited
}
