// What a PNG says of its colours, read as Chromium reads it (156, measured), which is how the third edition of the PNG specification
// has it: cICP before iCCP before sRGB before gAMA and cHRM, https://www.w3.org/TR/png-3/#color-chunk-precendence. libvips knows
// only the profile of iCCP. What is left open there is done as Chromium does it:
// - gAMA alone is with sRGB's primaries, and within 5 % of 1/2.2 it is sRGB; with a cHRM it is just what it says;
// - cHRM without gAMA says nothing; neither does a pair whose primaries span no colours;
// - a chunk of another length or with a wrong checksum says nothing, of several the first counts;
// - video's transfer functions are those of a display: BT.1886's 2.4 for BT.709 and its relatives.

import { crc32 } from 'node:zlib'
import { FormatError } from '../../model/errors.js'
import { BT709, type Chromaticity, type ColourSpace, isBasis, type Primaries, SRGB } from './colour-space.js'

const SIGNATURE_BYTES = 8
/** Length, type and checksum of a chunk. */
const CHUNK_OVERHEAD_BYTES = 12

/** The chunks of colour, but for iCCP, whose profile the decoder reads, and how many bytes each has. */
const SIZES: Readonly<Record<string, number>> = { cICP: 4, sRGB: 1, gAMA: 4, cHRM: 32 }

/** Rendering intents that sRGB may state; which one it is makes no difference here. */
const INTENTS = 4
/** gAMA and cHRM are in 100,000ths. */
const UNIT = 100_000
/** Of 1/2.2, as libpng has it: no eye sees the difference. */
const GAMMA_THRESHOLD = 0.05

/** Rec. ITU-T H.273, table 2. */
const CICP_PRIMARIES: Readonly<Record<number, Primaries>> = {
  1: BT709,
  4: primaries([0.31, 0.316], [0.67, 0.33], [0.21, 0.71], [0.14, 0.08]),
  5: primaries(BT709.white, [0.64, 0.33], [0.29, 0.6], [0.15, 0.06]),
  6: primaries(BT709.white, [0.63, 0.34], [0.31, 0.595], [0.155, 0.07]),
  7: primaries(BT709.white, [0.63, 0.34], [0.31, 0.595], [0.155, 0.07]),
  8: primaries([0.31, 0.316], [0.681, 0.319], [0.243, 0.692], [0.145, 0.049]),
  9: primaries(BT709.white, [0.708, 0.292], [0.17, 0.797], [0.131, 0.046]),
  10: primaries([1 / 3, 1 / 3], [1, 0], [0, 1], [0, 0]),
  11: primaries([0.314, 0.351], [0.68, 0.32], [0.265, 0.69], [0.15, 0.06]),
  12: primaries(BT709.white, [0.68, 0.32], [0.265, 0.69], [0.15, 0.06]),
  22: primaries(BT709.white, [0.63, 0.34], [0.295, 0.605], [0.155, 0.077]),
}

/** Table 3 there. */
const CICP_EXPONENTS: Readonly<Record<number, number>> = {
  1: 2.4,
  4: 2.2,
  5: 2.8,
  6: 2.4,
  8: 1,
  11: 2.4,
  14: 2.4,
  15: 2.4,
}
const CICP_SRGB = 13
/** What a browser draws and this does not. */
const CICP_OTHERS: Readonly<Record<number, string>> = { 7: 'SMPTE 240M', 16: 'PQ', 17: 'SMPTE 428', 18: 'HLG' }

/**
 * Reads what a PNG says of its colours.
 * @param hasProfile whether the decoder has found a profile that it can use
 * @returns null where that is the decoder's business: its profile counts, or nothing is said and the numbers are sRGB
 * @throws FormatError for a cICP that is no RGB, or of high dynamic range
 */
export function pngColourSpace(bytes: Uint8Array, hasProfile: boolean): ColourSpace | null {
  const chunks = colourChunks(bytes)
  const coded = chunks.cICP && spaceOfCicp(chunks.cICP)
  if (coded) return coded
  if (hasProfile) return null
  if (chunks.sRGB && chunks.sRGB.getUint8(0) < INTENTS) return SRGB
  return chunks.gAMA ? spaceOfGamma(chunks.gAMA, chunks.cHRM) : null
}

/** The first whole chunk of each type before the pixels. */
function colourChunks(bytes: Uint8Array): Partial<Record<string, DataView>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const found: Partial<Record<string, DataView>> = {}
  for (let at = SIGNATURE_BYTES; at + CHUNK_OVERHEAD_BYTES <= bytes.length;) {
    const sizeBytes = view.getUint32(at)
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (type === 'IDAT') break
    const end = at + 8 + sizeBytes
    if (SIZES[type] === sizeBytes && !found[type] && end + 4 <= bytes.length)
      if (crc32(bytes.subarray(at + 4, end)) === view.getUint32(end))
        found[type] = new DataView(bytes.buffer, bytes.byteOffset + at + 8, sizeBytes)
    at = end + 4
  }
  return found
}

function spaceOfCicp(chunk: DataView): ColourSpace | null {
  const [primaryCode, transferCode, matrix, fullRange] = [0, 1, 2, 3].map(i => chunk.getUint8(i))
  if (matrix !== 0 || fullRange > 1) throw new FormatError('cICP: expected RGB, matrix 0 and range 0 or 1')
  const primaries = CICP_PRIMARIES[primaryCode]
  // Not all of the range in use, or codes that nobody knows: such a chunk is not understood.
  if (!primaries || fullRange === 0) return null
  if (transferCode === CICP_SRGB) return { primaries, transfer: 'sRGB' }
  const other = CICP_OTHERS[transferCode]
  if (other !== undefined) throw new FormatError(`colours in ${other} are not read: save it in sRGB`)
  const exponent = CICP_EXPONENTS[transferCode]
  return exponent === undefined ? null : { primaries, transfer: { exponent } }
}

function spaceOfGamma(gamma: DataView, chromaticities: DataView | undefined): ColourSpace | null {
  const encoding = gamma.getUint32(0) / UNIT
  if (encoding === 0) return null
  const transfer = { exponent: 1 / encoding }
  if (!chromaticities) {
    const isUsual = Math.abs(encoding * 2.2 - 1) < GAMMA_THRESHOLD
    return isUsual ? SRGB : { primaries: BT709, transfer }
  }
  const at = (i: number): Chromaticity => [
    chromaticities.getUint32(8 * i) / UNIT,
    chromaticities.getUint32(8 * i + 4) / UNIT,
  ]
  const stated = primaries(at(0), at(1), at(2), at(3))
  return isBasis(stated) ? { primaries: stated, transfer } : null
}

function primaries(white: Chromaticity, red: Chromaticity, green: Chromaticity, blue: Chromaticity): Primaries {
  return { white, red, green, blue }
}
