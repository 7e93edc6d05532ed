// How many digits the constants of a text need: the fewest with which the float64 reference stays the same picture.

import type { FoldedNetwork } from '../model/fold.js'
import { type Frame, frameAspect } from '../model/frame.js'
import { referenceRows } from '../model/picture.js'
import { pictureSize, wholeFrame } from '../model/view.js'

/** Significant digits: fewer leave no picture, more than 9 float32 does not tell apart. */
export const DIGITS = { min: 2, max: 9 } as const

/**
 * How far the picture may move, in 8-bit levels. A level is not exceeded even where the grid below misses the worst pixel and the
 * host adds what float32 rounds.
 */
const MAX_LEVELS = 0.5

/** Points along the longer edge of the frame at which two networks are compared. */
const GRID_EDGE = 160

/** Rounds every constant to so many significant digits. */
function roundToDigits({ layers, ...rest }: FoldedNetwork, digits: number): FoldedNetwork {
  const round = (value: number) => Number(value.toPrecision(digits))
  return {
    ...rest,
    layers: layers.map(layer => ({ ...layer, weight: layer.weight.map(round), bias: layer.bias.map(round) })),
  }
}

/** Compares others with a network over its whole frame: its own picture is computed once. */
class PictureDistance {
  readonly #size: { readonly width: number; readonly height: number }
  readonly #expected: Float64Array

  constructor(
    folded: FoldedNetwork,
    private readonly frame: Frame,
  ) {
    const aspect = frameAspect(frame)
    this.#size = pictureSize(frame, Math.max(1, Math.round(GRID_EDGE * Math.min(1, aspect))))
    this.#expected = this.#picture(folded)
  }

  /** The largest difference of a displayed channel, in 8-bit levels. */
  of(other: FoldedNetwork): number {
    const actual = this.#picture(other)
    return 255 * this.#expected.reduce((max, value, i) => Math.max(max, Math.abs(value - actual[i])), 0)
  }

  #picture(folded: FoldedNetwork): Float64Array {
    const { frame } = this
    return referenceRows({ folded, frame, view: wholeFrame(frame), samples: 1, ...this.#size }, 0, this.#size.height)
  }
}

export interface Rounded {
  readonly folded: FoldedNetwork
  readonly digits: number
  /** How far the picture moved, in 8-bit levels. */
  readonly levels: number
}

/**
 * Rounds a network's constants.
 * @param wanted significant digits; null for as few as leave the picture the same
 */
export function roundConstants(folded: FoldedNetwork, frame: Frame, wanted: number | null): Rounded {
  const distance = new PictureDistance(folded, frame)
  for (let digits = wanted ?? DIGITS.min + 1; ; digits++) {
    const rounded = roundToDigits(folded, digits)
    const levels = distance.of(rounded)
    if (wanted !== null || levels <= MAX_LEVELS || digits === DIGITS.max) return { folded: rounded, digits, levels }
  }
}
