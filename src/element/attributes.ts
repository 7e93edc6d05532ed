// What the attributes of a flag element say. Pure: text in, values out.

import { FormatError } from '../model/errors.js'
import { type Frame, parseFrame, parseNumber } from '../model/frame.js'
import { parseJson } from '../model/json.js'
import { printableName } from '../model/printable.js'
import { parseSampleCount, type SampleCount } from '../model/samples.js'
import type { View } from '../model/view.js'

/** What a person may do with the picture: nothing; zoom while the page scrolls past it; everything, the wheel alone included. */
export const INTERACTIONS = ['none', 'zoom', 'full'] as const
export type Interaction = (typeof INTERACTIONS)[number]

/** Reads an attribute; null where it is not there, or empty. */
export type Read = (name: string) => string | null

/** @throws FormatError for anything but a number that a view may have */
function readNumber(read: Read, name: string): number | null {
  const text = read(name)
  if (text === null) return null
  const value = parseNumber(text)
  if (!Number.isFinite(value)) throw new FormatError(`${name}: expected a number, got ${shown(text)}`)
  return value
}

/**
 * Reads `x`, `y` and `zoom`.
 * @param whole the view of the whole frame, from which what is not said is taken
 * @returns null where nothing is said
 * @throws FormatError in one line
 */
export function readView(read: Read, whole: View): View | null {
  const [x, y, zoom] = ['x', 'y', 'zoom'].map(name => readNumber(read, name))
  if (x === null && y === null && zoom === null) return null
  if (zoom !== null && zoom <= 0) throw new FormatError(`zoom: expected a number above 0, got ${zoom}`)
  return { x: x ?? whole.x, y: y ?? whole.y, zoom: zoom ?? whole.zoom }
}

/** Reads `frame`, JSON. @param own of the file, from which what is not said is taken. @throws FormatError in one line */
export function readFrameOver(read: Read, own: Frame): Frame {
  const text = read('frame')
  if (text === null) return own
  try {
    return parseFrame(parseJson(text), own)
  } catch (error) {
    throw new FormatError(`frame: ${(error as Error).message.replace(/^frame: /, '')}`)
  }
}

/** Reads `samples`; null for as many as the renderer's speed allows. @throws FormatError in one line */
export function readSamples(read: Read): SampleCount | null {
  const text = read('samples')
  return text === null || text === 'auto' ? null : parseSampleCount(parseNumber(text))
}

/** Reads `film-position`, from 0 to 1; null where it is not said. @throws FormatError in one line */
export function readPosition(read: Read): number | null {
  const position = readNumber(read, 'film-position')
  if (position !== null && !(position >= 0 && position <= 1))
    throw new FormatError(`film-position: expected 0 to 1, got ${position}`)
  return position
}

/** Reads `interactive`; an attribute without a value means zoom, and so does `true`, as React before 19 writes it. @throws FormatError in one line */
export function readInteraction(text: string | null): Interaction {
  if (text === null) return 'none'
  if (text === '' || text === 'true') return 'zoom'
  const found = INTERACTIONS.find(known => known === text)
  if (!found) throw new FormatError(`interactive: expected ${INTERACTIONS.join(', ')}, got ${shown(text)}`)
  return found
}

function shown(text: string): string {
  return printableName(text).slice(0, 30)
}
