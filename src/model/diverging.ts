// The diverging tone: what a unit's value looks like. Blue is below the offset, red above, near white is at it; -1 and 1 are
// as far as the colours go. Twin: displayedColour() in shaders/tone-diverging.glsl, which gets these stops from its header.
//
// The stops are the scheme RdBu of ColorBrewer (eleven classes, blue first), interpolated linearly in sRGB:
//   Apache-Style Software License for ColorBrewer software and ColorBrewer Color Schemes
//   Copyright (c) 2002 Cynthia Brewer, Mark Harrower, and The Pennsylvania State University.
//   Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except in compliance with the
//   License. You may obtain a copy of the License at http://www.apache.org/licenses/LICENSE-2.0
//   Unless required by applicable law or agreed to in writing, software distributed under the License is distributed on an
//   "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the License for the specific
//   language governing permissions and limitations under the License.
// This product includes color specifications and designs developed by Cynthia Brewer (http://colorbrewer.org/).

/** How a value v is coloured: by (v - offset) / scale, in [-1, 1] from the bluest to the reddest. */
export interface DivergingTone {
  readonly offset: number
  /** Below 0 the colours change sides. Where it is 0 (a unit that is the same everywhere has no spread), all is the middle colour. */
  readonly scale: number
}

/** Values as they are. */
export const PLAIN_TONE: DivergingTone = { offset: 0, scale: 1 }

const LEVELS = [
  [0x05, 0x30, 0x61],
  [0x21, 0x66, 0xac],
  [0x43, 0x93, 0xc3],
  [0x92, 0xc5, 0xde],
  [0xd1, 0xe5, 0xf0],
  [0xf7, 0xf7, 0xf7],
  [0xfd, 0xdb, 0xc7],
  [0xf4, 0xa5, 0x82],
  [0xd6, 0x60, 0x4d],
  [0xb2, 0x18, 0x2b],
  [0x67, 0x00, 0x1f],
] as const

/** The colours at equal distances over [-1, 1]: [11, 3] in [0, 1]. */
export const DIVERGING_STOPS: readonly (readonly [number, number, number])[] = LEVELS.map(
  ([red, green, blue]) => [red / 255, green / 255, blue / 255] as const,
)

/** What no number looks like: a grey that the map does not have. */
export const NAN_COLOUR = [0.5, 0.5, 0.5] as const

/** The factor that stands for a tone's scale: its inverse, or 0 where there is none. */
export function inverseScale({ scale }: DivergingTone): number {
  const inverse = 1 / scale
  // Nothing beyond float32, in which shaders and kernel multiply.
  return Math.abs(inverse) < MAX_FLOAT32 ? inverse : 0
}

const MAX_FLOAT32 = 3.4028234663852886e38

/** The colour of t: [red, green, blue] in [0, 1]. Beyond [-1, 1] it is that of the end, NaN is {@link NAN_COLOUR}. */
export function divergingColour(t: number): [number, number, number] {
  const colour: [number, number, number] = [0, 0, 0]
  writeColour(colour, 0, t)
  return colour
}

/**
 * Turns values into displayed colours.
 * @param rgb [n, 3], written and returned: sRGB-encoded in [0, 1]
 * @param values [n] of a unit
 */
export function applyDiverging<T extends Float64Array | Float32Array>(
  rgb: T,
  values: ArrayLike<number>,
  tone: DivergingTone,
): T {
  const factor = inverseScale(tone)
  for (let i = 0; i < values.length; i++) writeColour(rgb, 3 * i, (values[i] - tone.offset) * factor)
  return rgb
}

const INTERVALS = DIVERGING_STOPS.length - 1

function writeColour(out: Float64Array | Float32Array | [number, number, number], at: number, t: number): void {
  if (Number.isNaN(t)) {
    for (let channel = 0; channel < 3; channel++) out[at + channel] = NAN_COLOUR[channel]
    return
  }
  const position = ((Math.min(1, Math.max(-1, t)) + 1) / 2) * INTERVALS
  const index = Math.min(INTERVALS - 1, Math.floor(position))
  const [from, to] = [DIVERGING_STOPS[index], DIVERGING_STOPS[index + 1]]
  for (let channel = 0; channel < 3; channel++)
    out[at + channel] = from[channel] + (position - index) * (to[channel] - from[channel])
}
