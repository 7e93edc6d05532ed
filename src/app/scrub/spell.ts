// The edits of an address.

import type { Edits } from '../../edit/edits.js'
import { type ParameterList, tensorAt } from '../../edit/parameters.js'
import { FormatError } from '../../model/errors.js'

/** Spells edits for an address; null where they are more than one holds. */
export function spellEdits({ effects, pins }: Edits, _parameters: ParameterList): string | null {
  const text = JSON.stringify([effects, [...pins]])
  return text.length < 8000 ? text : null
}

/** Reads what {@link spellEdits} has written. @throws FormatError in one line */
export function readEdits(text: string, parameters: ParameterList): Edits {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new FormatError('not understood')
  }
  if (!Array.isArray(parsed) || !Array.isArray(parsed[0]) || !Array.isArray(parsed[1]))
    throw new FormatError('not understood')
  const pins = new Map<number, number>()
  for (const pin of parsed[1] as unknown[]) {
    if (!Array.isArray(pin) || typeof pin[0] !== 'number' || typeof pin[1] !== 'number')
      throw new FormatError('not understood')
    tensorAt(parameters, pin[0])
    pins.set(pin[0], pin[1])
  }
  return { effects: parsed[0] as Edits['effects'], pins }
}
