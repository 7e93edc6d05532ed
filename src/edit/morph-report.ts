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
import { applyEdits } from './edits.js'

/** The shares at which a morph is measured. */
const SHARES = [0.25, 0.5, 0.75]
/** Pixels an edge of the pictures that are compared. */
const EDGE = 32

/** In dB, higher is nearer to the cross-fade; hundreds where the two draw the same all the way. */
export interface MorphReport {
  readonly naive: number
  readonly matched: number
}

/** Measures the way from a network to another over a frame, both ways of going: the PSNR of the mean square over the shares. */
export function measureMorph(original: Network, target: Network, frame: Frame): MorphReport {
  const draw = (network: Network) =>
    referenceRows(
      { folded: foldNetwork(network), frame, view: wholeFrame(frame), width: EDGE, height: EDGE, samples: 1 },
      0,
      EDGE,
    )
  const targets = new Map([['target', target]])
  const [from, to] = [draw(original), draw(target)]
  const measure = (matched: boolean) => {
    const meanSquares = SHARES.map(amount => {
      const effects = [{ kind: 'morph' as const, target: 'target', amount, matched }]
      const picture = draw(applyEdits(original, { effects, pins: new Map() }, targets, undefined, frame))
      return (
        picture.reduce((sum, value, i) => sum + (value - (1 - amount) * from[i] - amount * to[i]) ** 2, 0) /
        picture.length
      )
    })
    return psnrOfMeanSquare(meanSquares.reduce((a, b) => a + b, 0) / SHARES.length)
  }
  return { naive: measure(false), matched: measure(true) }
}
