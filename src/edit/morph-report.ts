// How well a morph goes between two pictures. The measure is the distance of what the net draws on the way to the pixelwise
// cross-fade of its ends: at share t, the mean square of f(t) - ((1 - t) A + t B). It is the loss barrier in other words:
// weighted by nearness, f(t)'s losses against the ends, (1 - t) MSE(f, A) + t MSE(f, B), exceed the least that any picture
// can have, t (1 - t) MSE(A, B), by exactly this. It says nothing of sharpness: grey is nearer to a cross-fade than a crisp
// mistake.

import { foldNetwork } from '../model/fold.js'
import type { Frame } from '../model/frame.js'
import type { Network } from '../model/network.js'
import { referenceRows } from '../model/picture.js'
import { wholeFrame } from '../model/view.js'
import { psnrOfMeanSquare } from '../train/metrics.js'
import type { ImageSize } from '../train/rgb-image.js'
import { applyEdits } from './edits.js'

/** How far along the way the pictures are, both ends included; the measure is over those between. */
export const MORPH_SHARES = [0, 0.25, 0.5, 0.75, 1] as const

/** Two networks of one architecture, and where they are looked at. */
export interface MorphPair {
  readonly original: Network
  readonly target: Network
  readonly frame: Frame
}

/** In dB, higher is nearer to the cross-fade; hundreds where the two draw the same all the way. */
export interface MorphReport {
  readonly naive: number
  readonly matched: number
}

// The pictures are tiny, and sharp nets' edges far finer than their pixels.
const SAMPLES = 4

/** Draws what a morph shows of the whole frame, some way along. @returns [height * width, 3] in [0, 1] */
export function drawMorph(pair: MorphPair, amount: number, matched: boolean, size: ImageSize): Float64Array {
  const { original, target, frame } = pair
  const effects = [{ kind: 'morph' as const, target: 'target', amount, matched }]
  const network = applyEdits(original, { effects, pins: new Map() }, new Map([['target', target]]), undefined, frame)
  return referenceRows(
    { folded: foldNetwork(network), frame, view: wholeFrame(frame), ...size, samples: SAMPLES },
    0,
    size.height,
  )
}

/**
 * Measures pictures of a morph: the PSNR of their mean square distance to the cross-fade of the first and the last.
 * @param pictures one for each of {@link MORPH_SHARES}
 */
export function crossFadePsnr(pictures: readonly Float64Array[]): number {
  const [from, to] = [pictures[0], pictures[pictures.length - 1]]
  let sum = 0
  for (const [i, share] of MORPH_SHARES.entries())
    for (let k = 0; k < from.length; k++) sum += (pictures[i][k] - (1 - share) * from[k] - share * to[k]) ** 2
  // The ends are their own cross-fade.
  return psnrOfMeanSquare(sum / from.length / (MORPH_SHARES.length - 2))
}

const MEASURED_SIZE: ImageSize = { width: 32, height: 32 }

/** Measures the way from a network to another, both ways of going. */
export function measureMorph(pair: MorphPair): MorphReport {
  const measure = (matched: boolean) =>
    crossFadePsnr(MORPH_SHARES.map(share => drawMorph(pair, share, matched, MEASURED_SIZE)))
  return { naive: measure(false), matched: measure(true) }
}
