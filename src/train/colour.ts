// Colours as people write them: what lies under an image's transparent parts.

import { FormatError } from '../model/errors.js'

/** Red, green and blue: sRGB-encoded channels in [0, 1]. */
export type Rgb = readonly [red: number, green: number, blue: number]

/** What lies under transparent parts when nobody says otherwise. */
export const WHITE: Rgb = [1, 1, 1]

/**
 * Parses `#rgb` or `#rrggbb`, hexadecimal digits in either case.
 * @throws FormatError
 */
export function parseColour(text: string): Rgb {
  const long = text.trim().replace(/^#([0-9a-f])([0-9a-f])([0-9a-f])$/i, '#$1$1$2$2$3$3')
  if (!/^#[0-9a-f]{6}$/i.test(long)) throw new FormatError('expected a colour #rgb or #rrggbb, such as #fff')
  const channel = (at: number) => Number.parseInt(long.slice(at, at + 2), 16) / 255
  return [channel(1), channel(3), channel(5)]
}
