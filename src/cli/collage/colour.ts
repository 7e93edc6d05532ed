// Colours that are named in a call.

import { FormatError } from '../../model/errors.js'

/** sRGB levels, 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number]

const NAMED: Readonly<Record<string, Rgb>> = { black: [0, 0, 0], white: [255, 255, 255], grey: [128, 128, 128] }

/** Parses `#rrggbb`, `#rgb` or one of a few names. */
export function parseColour(text: string): Rgb {
  const named = Object.hasOwn(NAMED, text) ? NAMED[text] : undefined
  if (named) return named
  const digits = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(text) ? text.slice(1) : ''
  if (digits === '') throw new FormatError(`expected #rrggbb, #rgb, ${Object.keys(NAMED).join(', ')}`)
  const channel = (i: number) =>
    digits.length === 6 ? Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16) : 17 * Number.parseInt(digits[i], 16)
  return [channel(0), channel(1), channel(2)]
}

/** Dark on bright and bright on dark, by the luma of Rec. 709. */
export function textColourOn([red, green, blue]: Rgb): Rgb {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 128 ? [20, 22, 26] : [233, 236, 241]
}
