// The Frame: which inputs the edges of the picture stand for, and how the head's three values become a colour. One
// JSON everywhere: `__metadata__["vexel.frame"]`, `vexel info`, the URL of the page.

import { FormatError } from './errors.js'
import { parseJson } from './json.js'

/** Which of the two coordinates goes into the network first. */
export const ORDERS = ['xy', 'yx'] as const
/** What the head gives: 0 to 1, 0 to 255, -1 to 1, or logits. */
export const OUTPUTS = ['rgb01', 'rgb255', 'rgb11', 'logit'] as const
/** The order of the head's channels. */
export const CHANNELS = ['rgb', 'bgr'] as const

/** Which inputs the edges of the picture mean, and what the outputs are. */
export interface Frame {
  /** Plane x at the left and the right outer edge of the picture; a reversed range is a flip. */
  readonly x: readonly [left: number, right: number]
  /** Plane y at the top and the bottom outer edge. */
  readonly y: readonly [top: number, bottom: number]
  /** Which of the two goes into the net first. */
  readonly order: (typeof ORDERS)[number]
  /** Width / height of the picture, null when unknown. */
  readonly aspect: number | null
  /** What the head's values are: channels in [0, 1], in [0, 255], in [-1, 1], or logits of channels. */
  readonly output: (typeof OUTPUTS)[number]
  readonly channels: (typeof CHANNELS)[number]
}

/** What a file without metadata is taken for: the sRGB-encoded channels themselves over [-1, 1] x [-1, 1]. */
export const DEFAULT_FRAME: Frame = {
  x: [-1, 1],
  y: [-1, 1],
  order: 'xy',
  aspect: null,
  output: 'rgb01',
  channels: 'rgb',
}

/** Where the frame lives in a file's metadata. */
export const FRAME_KEY = 'vexel.frame'

/** Stands in for an unknown aspect: the commonest proportion of flags. */
export const FALLBACK_ASPECT = 3 / 2

/** The aspect to draw with: the frame's own, else 3:2. */
export function frameAspect(frame: Frame): number {
  return frame.aspect ?? FALLBACK_ASPECT
}

// Ranges so small or large that plane coordinates lose their last digits are nobody's convention.
const MAX_COORDINATE = 1e9
const MAX_ASPECT = 1000

/**
 * Checks any value as a frame; missing fields take the default's.
 * @throws FormatError naming the field
 */
export function parseFrame(value: unknown, fallback: Frame = DEFAULT_FRAME): Frame {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FormatError('frame: expected a JSON object')
  const fields = new Map(Object.entries(value))
  const read = <T>(name: keyof Frame, check: (v: unknown, name: string) => T): T =>
    fields.has(name) ? check(fields.get(name), name) : (fallback[name] as T)
  return {
    x: read('x', checkRange),
    y: read('y', checkRange),
    order: read('order', oneOf(ORDERS)),
    aspect: read('aspect', checkAspect),
    output: read('output', oneOf(OUTPUTS)),
    channels: read('channels', oneOf(CHANNELS)),
  }
}

/**
 * Reads the frame that a file's metadata states.
 * @returns null when it states none
 * @throws FormatError when what it states is not a frame
 */
export function frameFromMetadata(metadata: ReadonlyMap<string, string>): Frame | null {
  const text = metadata.get(FRAME_KEY)
  if (text === undefined) return null
  let value: unknown
  try {
    value = parseJson(text)
  } catch {
    throw new FormatError(`${FRAME_KEY}: expected JSON`)
  }
  return parseFrame(value)
}

/** Parses `left,right` (or `top,bottom`): two different finite numbers. */
export function parseRange(text: string, name: string): readonly [number, number] {
  return checkRange(text.split(',').map(parseNumber), name)
}

/** Parses an aspect: a positive number, `width:height`, or `auto` for unknown (null). */
export function parseAspect(text: string): number | null {
  if (text.trim() === 'auto') return null
  const parts = text.split(':').map(parseNumber)
  return checkAspect(parts.length === 2 ? parts[0] / parts[1] : parts.length === 1 ? parts[0] : Number.NaN, 'aspect')
}

/** Parses one of a field's words. */
export function parseChoice<T extends string>(text: string, choices: readonly T[], name: string): T {
  return oneOf(choices)(text, name)
}

/** A number as people write it, NaN when it is none (Number('') would be 0). */
export function parseNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text)
}

function checkRange(value: unknown, name: string): readonly [number, number] {
  const isRange =
    Array.isArray(value) &&
    value.length === 2 &&
    value.every(edge => typeof edge === 'number' && Math.abs(edge) <= MAX_COORDINATE) &&
    Math.abs(value[1] - value[0]) > 1e-9 * Math.max(Math.abs(value[0]), Math.abs(value[1]))
  if (!isRange) throw new FormatError(`frame ${name}: expected two different numbers up to 1e9, such as -1,1`)
  return [value[0], value[1]]
}

function checkAspect(value: unknown, name: string): number | null {
  if (value === null) return null
  if (typeof value !== 'number' || !(value >= 1 / MAX_ASPECT && value <= MAX_ASPECT))
    throw new FormatError(`frame ${name}: expected width / height between 0.001 and 1000, such as 1.5 or 3:2`)
  return value
}

function oneOf<T extends string>(choices: readonly T[]) {
  return (value: unknown, name: string): T => {
    const found = choices.find(choice => choice === value)
    if (found === undefined) throw new FormatError(`frame ${name}: expected ${choices.join(', ')}`)
    return found
  }
}
