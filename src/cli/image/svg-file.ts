// An SVG from a file, packed or not. What kind of image a file is tells src/train/image-kind.ts.

import { gunzipSync } from 'node:zlib'
import { FormatError } from '../../model/errors.js'
import { decodeSvgText, isPacked, MAX_SVG_BYTES, TOO_LONG } from '../../train/image-kind.js'
import { parseSvg, type Svg } from '../../train/svg.js'

/**
 * Reads an SVG, packed (svgz) or not, in the encoding it states.
 * @throws FormatError when it is no SVG, or says no size
 */
export function readSvg(bytes: Uint8Array): Svg {
  return parseSvg(decodeSvgText(isPacked(bytes) ? unpack(bytes) : bytes))
}

function unpack(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_SVG_BYTES })
  } catch (error) {
    const isLong = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    throw new FormatError(isLong ? TOO_LONG : 'cannot be unpacked as svgz')
  }
}
