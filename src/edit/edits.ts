// The edits of a network as one immutable value: effects on the original in their order, and pins, the values that a
// person typed or dragged, last and on top, so that what is typed is what is there.

import { FormatError } from '../model/errors.js'
import { DEFAULT_FRAME, type Frame } from '../model/frame.js'
import type { Network } from '../model/network.js'
import { applyEffect } from './apply-effect.js'
import { checkEffect, type Effect } from './effect.js'
import {
  listParameters,
  type ParameterList,
  parameterName,
  readParameters,
  tensorAt,
  withParameters,
} from './parameters.js'
import { doublePrecision, LARGEST, type Precision, roundToDtype } from './precision.js'

export interface Edits {
  readonly effects: readonly Effect[]
  /** Value by flat index of the parameter. */
  readonly pins: ReadonlyMap<number, number>
}

export const NO_EDITS: Edits = { effects: [], pins: new Map() }

/** The networks that morph effects go towards, by their key. */
export type MorphTargets = ReadonlyMap<string, Network>

const NO_TARGETS: MorphTargets = new Map()

/** Tells whether edits do nothing. */
export function isUnedited({ effects, pins }: Edits): boolean {
  return effects.length === 0 && pins.size === 0
}

/**
 * Pins a parameter to a value, rounded to its tensor's dtype: the pin is what the file would hold.
 * @throws FormatError when the index is no parameter's, or the value is not finite, does not fit the dtype, or is a negative
 *   variance
 */
export function pinParameter(
  edits: Edits,
  list: ParameterList,
  precision: Precision,
  index: number,
  value: number,
): Edits {
  const held = roundPin(list, precision, index, value)
  return { ...edits, pins: new Map(edits.pins).set(index, held) }
}

/** Rounds a value as {@link pinParameter} does, with its errors. */
export function roundPin(list: ParameterList, precision: Precision, index: number, value: number): number {
  const tensor = tensorAt(list, index)
  const dtype = precision[list.tensors.indexOf(tensor)]
  if (!Number.isFinite(value))
    throw new FormatError(`${parameterName(list, index)}: expected a finite number, got ${value}`)
  const [held] = roundToDtype(Float64Array.of(value), dtype)
  checkValue(list, precision, index, value, held)
  return held
}

/** Takes a pin away; the parameter is then what the effects make of the original. */
export function unpinParameter(edits: Edits, index: number): Edits {
  if (!edits.pins.has(index)) return edits
  const pins = new Map(edits.pins)
  pins.delete(index)
  return { ...edits, pins }
}

/**
 * Makes the edited network. Deterministic: equal arguments give equal networks. What no edit touches is shared with the
 * original, which is left as it is.
 * @param targets the networks that the morph effects name
 * @param precision of the original's file; without it nothing is rounded
 * @param frame of the original's file, over which matched morphs compare units
 * @throws FormatError in one line when an effect or a pin does not fit this network, a target is missing or of another
 *   architecture, or a value leaves its dtype's range
 */
export function applyEdits(
  original: Network,
  edits: Edits,
  targets: MorphTargets = NO_TARGETS,
  precision: Precision = doublePrecision(original),
  frame: Frame = DEFAULT_FRAME,
): Network {
  if (isUnedited(edits)) return original
  const list = listParameters(original.architecture)
  const values = readParameters(original)
  for (const effect of edits.effects) {
    checkEffect(effect, list)
    applyEffect(values, effect, { list, original, targets, frame })
  }
  if (edits.effects.length > 0) roundAll(values, list, precision)
  for (const [index, value] of edits.pins) values[index] = roundPin(list, precision, index, value)
  return withParameters(original, values)
}

function roundAll(values: Float64Array, list: ParameterList, precision: Precision): void {
  list.tensors.forEach(({ start, count }, t) => {
    const exact = values.slice(start, start + count)
    const held = roundToDtype(values.subarray(start, start + count), precision[t])
    for (let i = 0; i < count; i++) checkValue(list, precision, start + i, exact[i], held[i])
  })
}

function checkValue(list: ParameterList, precision: Precision, index: number, exact: number, held: number): void {
  if (Number.isFinite(held) && held >= 0) return
  const tensor = tensorAt(list, index)
  if (!Number.isFinite(held)) {
    const dtype = precision[list.tensors.indexOf(tensor)]
    throw new FormatError(
      `${parameterName(list, index)}: ${exact} does not fit the file's ${dtype}, which goes to ${LARGEST[dtype]}`,
    )
  }
  if (tensor.role === 'runningVar')
    throw new FormatError(`${parameterName(list, index)}: expected a variance >= 0, got ${exact}`)
}
