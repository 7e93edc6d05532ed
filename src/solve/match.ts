// Matching a square against the flags that are known, over conventions of the outputs and all sixteen orientations.

import type { Frame } from '../model/frame.js'
import type { Catalogue, CataloguePicture } from './catalogue.js'
import { displayedSquare, ORIENTATIONS, orient, type Orientation, type RawSquare } from './square.js'

/** A flag in an orientation, and how far the net's picture is from it. */
export interface Match {
  readonly picture: CataloguePicture
  readonly output: Frame['output']
  readonly orientation: Orientation
  /** Mean of the squared differences of all pixels and channels, displayed as 0 to 1. */
  readonly meanSquare: number
}

/** The best matches, the best first. */
export function matchFlags(
  raw: RawSquare,
  outputs: readonly Frame['output'][],
  { pictures }: Catalogue,
  count: number,
): Match[] {
  const matches: Match[] = []
  for (const output of outputs) {
    const square = displayedSquare(raw, output)
    for (const orientation of ORIENTATIONS) {
      const seen = orient(square, orientation)
      for (const picture of pictures)
        matches.push({ picture, output, orientation, meanSquare: meanSquare(seen, picture.pixels) })
    }
  }
  // Stable: among equals the commoner convention is first.
  return matches.sort((a, b) => a.meanSquare - b.meanSquare).slice(0, count)
}

function meanSquare(a: Float32Array, b: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) {
    const difference = a[i] - b[i]
    sum += difference * difference
  }
  return sum / a.length / 255 ** 2
}

/** The PSNR of a match in dB. */
export function psnrOf({ meanSquare }: Pick<Match, 'meanSquare'>): number {
  return -10 * Math.log10(Math.max(meanSquare, 1e-12))
}

const TYPICAL = 0.8

/**
 * Four fifths of all pixels and channels are nearer to the flag than this, in levels: 8 at most over the nets of the test set. A flag
 * of like shapes has other colours.
 */
export function typicalDifference(raw: RawSquare, { picture, output, orientation }: Match): number {
  const seen = orient(displayedSquare(raw, output), orientation)
  const differences = seen.map((value, i) => Math.abs(value - picture.pixels[i])).sort()
  return differences[Math.floor(TYPICAL * differences.length)]
}

// Two flags, each as its orientation would have it in the net's own axes, closer than this are one picture: a level and a half.
const SAME_LEVELS = 1.5

/** Whether two matches say that the net holds the same picture: a flag that is its own mirror image, two equal flags. */
export function isSamePicture(a: Match, b: Match): boolean {
  if (a.output !== b.output) return false
  return Math.sqrt(meanSquare(flagInNetAxes(a), Uint8Array.from(flagInNetAxes(b)))) * 255 < SAME_LEVELS
}

/** A flag turned back: what the net would hold if the match were right. [size, size, 3], in levels */
export function flagInNetAxes({ picture, orientation }: Match): Float32Array {
  const { order, isMirrored, isUpsideDown, channels } = orientation
  // A transpose comes first, so undoing it the flips have changed places.
  const back = order === 'xy' ? orientation : { order, channels, isMirrored: isUpsideDown, isUpsideDown: isMirrored }
  return orient(Float32Array.from(picture.pixels), back)
}
