// Colours of one RGB space turned into sRGB: light from levels, another basis, levels again. What ICC profiles say is the decoder's
// business (lcms2, in libvips); this is for spaces that are given by a few numbers.

import { mat3, vec3 } from 'gl-matrix'

/** A chromaticity: CIE 1931 x, y. */
export type Chromaticity = readonly [x: number, y: number]

/** White and the three primaries. */
export interface Primaries {
  readonly white: Chromaticity
  readonly red: Chromaticity
  readonly green: Chromaticity
  readonly blue: Chromaticity
}

/** What the numbers of a picture mean. */
export interface ColourSpace {
  readonly primaries: Primaries
  /** Light is level ** exponent, both in [0, 1]; or sRGB's own curve. */
  readonly transfer: 'sRGB' | { readonly exponent: number }
}

const D65: Chromaticity = [0.3127, 0.329]

/** ITU-R BT.709, whose primaries are those of sRGB. */
export const BT709: Primaries = { white: D65, red: [0.64, 0.33], green: [0.3, 0.6], blue: [0.15, 0.06] }

export const SRGB: ColourSpace = { primaries: BT709, transfer: 'sRGB' }

/** Bradford's cone responses from XYZ, column after column as gl-matrix has it: http://www.brucelindbloom.com/Eqn_ChromAdapt.html */
// prettier-ignore
const BRADFORD: Matrix = [0.8951, -0.7502, 0.0389,  0.2664, 1.7135, -0.0685,  -0.1614, 0.0367, 1.0296]

/** Twice the area of the triangle of the primaries; sRGB's is 0.22. */
const LEAST_DETERMINANT = 1e-6

/** Steps of the table from light to levels: the curve is 12.92 at its steepest, so a step is a twentieth of a level. */
const LIGHT_STEPS = 2 ** 16

/**
 * Turns the pixels of a picture into sRGB, in place; what sRGB cannot show becomes the nearest that it can, channel by channel.
 * @param rgba [pixels, 4] bytes, alpha not multiplied in; alpha stays
 * @throws RangeError when the primaries are no basis: see {@link isBasis}
 */
export function convertToSrgb(rgba: Uint8Array, { primaries, transfer }: ColourSpace): void {
  if (primaries === BT709 && transfer === 'sRGB') return
  const light = Float64Array.from({ length: 256 }, (_, level) => lightOf(level / 255, transfer))
  const levels = Uint8Array.from({ length: LIGHT_STEPS + 1 }, (_, step) => Math.round(255 * encode(step / LIGHT_STEPS)))
  const levelOf = (value: number) => levels[Math.round(LIGHT_STEPS * Math.min(1, Math.max(0, value)))]
  if (primaries === BT709) {
    const direct = Uint8Array.from(light, levelOf)
    for (let i = 0; i < rgba.length; i += 4)
      for (let channel = i; channel < i + 3; channel++) rgba[channel] = direct[rgba[channel]]
    return
  }
  const [rr, gr, br, rg, gg, bg, rb, gb, bb] = srgbFrom(primaries)
  for (let i = 0; i < rgba.length; i += 4) {
    const [r, g, b] = [light[rgba[i]], light[rgba[i + 1]], light[rgba[i + 2]]]
    rgba[i] = levelOf(rr * r + rg * g + rb * b)
    rgba[i + 1] = levelOf(gr * r + gg * g + gb * b)
    rgba[i + 2] = levelOf(br * r + bg * g + bb * b)
  }
}

/** Whether primaries span the colours: they do not lie on a line, and no coordinate is beyond [0, 1]. */
export function isBasis(primaries: Primaries): boolean {
  const { white, red, green, blue } = primaries
  const isWithin = [white, red, green, blue].flat().every(value => value >= 0 && value <= 1)
  return isWithin && white[1] > 0 && xyzFrom(primaries) !== null
}

function lightOf(level: number, transfer: ColourSpace['transfer']): number {
  if (transfer !== 'sRGB') return level ** transfer.exponent
  return level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4
}

/** IEC 61966-2-1. */
function encode(light: number): number {
  return light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055
}

/** Plain numbers: gl-matrix's own arrays are float32. */
type Matrix = [number, number, number, number, number, number, number, number, number]

/** Light of sRGB's primaries from light of others; white becomes white. */
function srgbFrom(primaries: Primaries): Matrix {
  const [source, target] = [xyzFrom(primaries), xyzFrom(BT709)]
  if (!source || !target) throw new RangeError('primaries that are no basis')
  const scale: vec3 = vec3.div([0, 0, 0], conesOf(BT709.white), conesOf(primaries.white))
  const cones = mat3.multiply(zero(), BRADFORD, source)
  const adapted = mat3.multiply(zero(), diagonal(scale), cones)
  const toXyz = mat3.multiply(zero(), inverse(BRADFORD) as Matrix, adapted)
  return mat3.multiply(zero(), inverse(target) as Matrix, toXyz) as Matrix
}

/** XYZ from light: its columns are the primaries, as bright as makes white of them all. Null when they lie on a line, or nearly. */
function xyzFrom({ white, red, green, blue }: Primaries): Matrix | null {
  const columns: Matrix = [...xyzOf(red), ...xyzOf(green), ...xyzOf(blue)]
  const solved = Math.abs(mat3.determinant(columns)) < LEAST_DETERMINANT ? null : inverse(columns)
  if (!solved) return null
  const brightness = vec3.transformMat3([0, 0, 0], brightOf(white), solved)
  return mat3.multiply(zero(), columns, diagonal(brightness)) as Matrix
}

function conesOf(white: Chromaticity): vec3 {
  return vec3.transformMat3([0, 0, 0], brightOf(white), BRADFORD)
}

function xyzOf([x, y]: Chromaticity): [number, number, number] {
  return [x, y, 1 - x - y]
}

/** XYZ of a white whose Y is 1. */
function brightOf(white: Chromaticity): vec3 {
  return vec3.scale([0, 0, 0], xyzOf(white), 1 / white[1])
}

function diagonal([x, y, z]: vec3): Matrix {
  return [x, 0, 0, 0, y, 0, 0, 0, z]
}

function inverse(matrix: Matrix): Matrix | null {
  return mat3.invert(zero(), matrix) as Matrix | null
}

function zero(): Matrix {
  return [0, 0, 0, 0, 0, 0, 0, 0, 0]
}
