// Values of parameters as they are read and typed.

import { FormatError } from '../../model/errors.js'

/** A value with as many digits as float32 tells apart. */
export function parameterText(value: number): string {
  return Number(value.toPrecision(7)).toString().replace('-', '−')
}

/** A difference, with its sign. */
export function deltaText(delta: number): string {
  const text = Number(delta.toPrecision(4)).toString().replace('-', '−')
  return delta > 0 ? `+${text}` : text
}

const NUMBER = /^[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:e[+-]?\d+)?$/i

/**
 * Reads a number as a person types it: 0.25, -3, 1e-4, 0,25.
 * @throws FormatError in one line for anything else, NaN and Infinity among it
 */
export function parseValue(text: string): number {
  const plain = text.trim().replace('−', '-')
  const value = NUMBER.test(plain) ? Number(plain.replace(',', '.')) : Number.NaN
  if (!Number.isFinite(value)) throw new FormatError(`expected a finite number, got ${plain.slice(0, 30) || 'nothing'}`)
  return value
}
