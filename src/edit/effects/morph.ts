// Morphing: every parameter goes in a straight line to that of another network. Two nets that learned by themselves have
// their hidden units in unrelated orders; matched, the other's are first put into the order that fits best, which changes
// nothing of what it draws, but the way there.

import { FormatError } from '../../model/errors.js'
import type { Frame } from '../../model/frame.js'
import type { Network } from '../../model/network.js'
import { printableName } from '../../model/printable.js'
import { matchedParameters } from '../alignment/matched.js'
import type { MorphEffect } from '../effect.js'
import { readParameters } from '../parameters.js'

/** What a morph stands on. */
export interface MorphContext {
  /** The network before all edits: what the target's units are matched with, so that other effects do not reorder them. */
  readonly original: Network
  readonly targets: ReadonlyMap<string, Network>
  /** Where units are compared. */
  readonly frame: Frame
}

/**
 * Interpolates in place: (1 - amount) of what is there and `amount` of the target. values: [count]
 * @throws FormatError when the target is not there or of another architecture
 */
export function applyMorph(
  values: Float64Array,
  context: MorphContext,
  { target, amount, matched }: MorphEffect,
): void {
  const { original, targets, frame } = context
  const network = targets.get(target)
  if (!network) throw new FormatError(`morph: no network is loaded as ${printableName(target)}`)
  checkMorphTarget(original, network)
  const other = matched ? matchedParameters(original, network, frame) : readParameters(network)
  for (let i = 0; i < values.length; i++) values[i] = (1 - amount) * values[i] + amount * other[i]
}

/** Checks that a network can be morphed towards another. @throws FormatError when their architectures differ */
export function checkMorphTarget(original: Network, target: Network): void {
  const [expected, got] = [original, target].map(({ architecture }) => architecture.name)
  if (got !== expected) throw new FormatError(`morph: expected a network like this one, ${expected}, got ${got}`)
}
