// Edits as the text of a link: `gain:3:1.2,temp:all:0.5,morph:jp:0.3:matched,@5bn:0.25`. Effects come first, in their order, then
// the pins by ascending index: `@`, the flat index in base 36, and the shortest decimal that the tensor's dtype rounds to the
// value. Layers are counted from 1 as the names of their tensors are, the head last; units and outputs from 0. A link's hash
// leaves every sign used here as it is.

import { FormatError } from '../model/errors.js'
import { printableName } from '../model/printable.js'
import type { FloatDtype } from '../model/safetensors/dtype.js'
import { checkEffect, type Effect, MAX_EFFECTS } from './effect.js'
import { type Edits, roundPin } from './edits.js'
import { type ParameterList, tensorAt } from './parameters.js'
import { type Precision, roundToDtype } from './precision.js'

/**
 * Characters that edits may take in a link: 300 pins of any dtype, some 550 of float32. Browsers take longer
 * links, messengers and mail cut them.
 */
export const MAX_LINK_LENGTH = 10_000

/** Tells whether the text of edits is short enough for a link; else they live in memory and in the saved file only. */
export function fitsLink(text: string): boolean {
  return text.length <= MAX_LINK_LENGTH
}

// The least that a pin takes: `@0:1,`.
const LEAST_PIN_LENGTH = 5

/** Spells edits for a link; null, at no cost, where they are far too many for one, and where their text is too long. */
export function linkText(edits: Edits, list: ParameterList, precision: Precision): string | null {
  if (edits.pins.size * LEAST_PIN_LENGTH > MAX_LINK_LENGTH + 1) return null
  const text = formatEdits(edits, list, precision)
  return fitsLink(text) ? text : null
}

/** Spells edits, of any length: '' for none. */
export function formatEdits({ effects, pins }: Edits, list: ParameterList, precision: Precision): string {
  const indices = [...pins.keys()].sort((a, b) => a - b)
  const pinTexts = indices.map(index => {
    const dtype = precision[list.tensors.indexOf(tensorAt(list, index))]
    return `@${index.toString(36)}:${shortestText(pins.get(index) ?? 0, dtype)}`
  })
  return [...effects.map(formatEffect), ...pinTexts].join(',')
}

/**
 * Reads what {@link formatEdits} spells, for the network it is meant for.
 * @throws FormatError in one line, naming the part that is not understood, too much, or not for this network
 */
export function parseEdits(text: string, list: ParameterList, precision: Precision): Edits {
  if (!fitsLink(text))
    throw new FormatError(`edits: expected at most ${MAX_LINK_LENGTH} characters, got ${text.length}`)
  const effects: Effect[] = []
  const pins = new Map<number, number>()
  for (const part of text === '' ? [] : text.split(',')) {
    try {
      const fields = part.split(':')
      if (part.startsWith('@')) {
        expectCount(fields, 2)
        const index = parseIndex(fields[0].slice(1))
        if (pins.has(index)) throw new FormatError('expected each parameter once')
        pins.set(index, roundPin(list, precision, index, parseDecimal(fields[1])))
      } else {
        if (pins.size > 0) throw new FormatError('expected effects before pins')
        if (effects.length === MAX_EFFECTS) throw new FormatError(`expected at most ${MAX_EFFECTS} effects`)
        const effect = parseEffect(fields)
        checkEffect(effect, list)
        effects.push(effect)
      }
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      throw new FormatError(`edits: "${printableName(part)}": ${error.message}`)
    }
  }
  return { effects, pins }
}

function formatEffect(effect: Effect): string {
  const layer = (index: number | null) => (index === null ? 'all' : String(index + 1))
  switch (effect.kind) {
    case 'gain':
      return ['gain', layer(effect.layer), numberText(effect.factor)].join(':')
    case 'noise':
      return ['noise', layer(effect.layer), numberText(effect.amount), effect.seed].join(':')
    case 'quantise':
      return ['bits', layer(effect.layer), effect.bits].join(':')
    case 'prune':
      return ['prune', layer(effect.layer), numberText(effect.share)].join(':')
    case 'temperature':
      return ['temp', layer(effect.layer), numberText(effect.temperature)].join(':')
    case 'morph':
      return ['morph', effect.target, numberText(effect.amount), effect.matched ? 'matched' : 'naive'].join(':')
    case 'randomise':
      return ['random', layer(effect.layer), effect.seed].join(':')
    case 'mutate':
      return ['mutate', numberText(effect.amount), effect.seed].join(':')
    case 'unitGain':
      return ['unit', layer(effect.layer), effect.unit, numberText(effect.gain)].join(':')
  }
}

/** Ranges are `checkEffect`'s business. */
function parseEffect(fields: readonly string[]): Effect {
  const [name, first, second, third] = fields
  const layer = () => parseWhole(first) - 1
  const layerOrAll = () => (first === 'all' ? null : layer())
  switch (name) {
    case 'gain':
      expectCount(fields, 3)
      return { kind: 'gain', layer: layer(), factor: parseDecimal(second) }
    case 'noise':
      expectCount(fields, 4)
      return { kind: 'noise', layer: layerOrAll(), amount: parseDecimal(second), seed: parseWhole(third) }
    case 'bits':
      expectCount(fields, 3)
      return { kind: 'quantise', layer: layerOrAll(), bits: parseWhole(second) }
    case 'prune':
      expectCount(fields, 3)
      return { kind: 'prune', layer: layerOrAll(), share: parseDecimal(second) }
    case 'temp':
      expectCount(fields, 3)
      return { kind: 'temperature', layer: layerOrAll(), temperature: parseDecimal(second) }
    case 'morph':
      expectCount(fields, 4)
      if (third !== 'matched' && third !== 'naive') throw new FormatError('expected naive or matched')
      return { kind: 'morph', target: first, amount: parseDecimal(second), matched: third === 'matched' }
    case 'random':
      expectCount(fields, 3)
      return { kind: 'randomise', layer: layer(), seed: parseWhole(second) }
    case 'mutate':
      expectCount(fields, 3)
      return { kind: 'mutate', amount: parseDecimal(first), seed: parseWhole(second) }
    case 'unit':
      expectCount(fields, 4)
      return { kind: 'unitGain', layer: layer(), unit: parseWhole(second), gain: parseDecimal(third) }
    default:
      throw new FormatError('expected gain, noise, bits, prune, temp, morph, random, mutate, unit or @')
  }
}

function expectCount(fields: readonly string[], count: number): void {
  if (fields.length !== count) throw new FormatError(`expected ${count} fields, got ${fields.length}`)
}

function parseIndex(text: string): number {
  if (!/^[0-9a-z]{1,8}$/.test(text)) throw new FormatError('expected an index in base 36')
  return Number.parseInt(text, 36)
}

function parseWhole(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new FormatError(`expected a whole number, got "${printableName(text)}"`)
  return Number(text)
}

function parseDecimal(text: string): number {
  if (!/^-?\d+(\.\d+)?(e-?\d+)?$/.test(text)) throw new FormatError(`expected a number, got "${printableName(text)}"`)
  return Number(text)
}

/** Significant digits that tell all values of a dtype apart. */
const DIGITS: Readonly<Record<FloatDtype, number>> = { F16: 5, BF16: 4, F32: 9, F64: 17 }

/** The shortest decimal that rounds to a value of this dtype. */
export function shortestText(value: number, dtype: FloatDtype): string {
  // toPrecision forgets the sign of -0.
  if (value === 0) return numberText(value)
  for (let digits = 1; digits < DIGITS[dtype]; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Object.is(roundToDtype(Float64Array.of(short), dtype)[0], value)) return numberText(short)
  }
  return numberText(dtype === 'F64' ? value : Number(value.toPrecision(DIGITS[dtype])))
}

/** JavaScript's shortest text of a double, but for the sign of -0, and without the plus of an exponent, which links escape. */
function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value).replace('+', '')
}
