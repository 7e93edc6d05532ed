// Edits that an attribute spells, as links do. Fetched with the first element that has some.

import { FormatError } from '../model/errors.js'
import type { Network } from '../model/network.js'
import type { OpenFile } from '../open/open-file.js'
import { parseEdits } from '../edit/codec.js'
import { applyEdits } from '../edit/edits.js'
import { listParameters } from '../edit/parameters.js'
import { precisionOf } from '../edit/precision.js'

/** @throws FormatError in one line when the edits are not understood, or not for this network */
export function editedNetwork({ network, stateDict, ownFrame }: OpenFile, text: string): Network {
  const precision = precisionOf(stateDict, network)
  const edits = parseEdits(text, listParameters(network.architecture), precision)
  if (edits.effects.some(({ kind }) => kind === 'morph'))
    throw new FormatError('edits: a morph needs a second network, which an element has not got')
  return applyEdits(network, edits, undefined, precision, ownFrame)
}
