// Which conventions a net's raw outputs may follow. Where the picture is known, their range says which ones to try; where it is not, what
// the outputs do beyond black and white says which is likely.

import type { Frame } from '../model/frame.js'
import { toneOf, unclampedChannel } from '../model/tone.js'
import { median } from './divergence.js'
import type { RawSquare } from './square.js'

/** The least and the largest value of a square but for the outermost hundredth at either end. */
export interface OutputRange {
  readonly low: number
  readonly high: number
}

const TRIMMED = 0.01

export function outputRange({ values }: RawSquare): OutputRange {
  const sorted = values.slice().sort()
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]
  return { low: at(TRIMMED), high: at(1 - TRIMMED) }
}

/**
 * Conventions that values of such a range may follow, the likeliest first. A net overshoots its targets a little where it was
 * trained on squared errors, and more where what lies beyond white or black was no error.
 */
export function plausibleOutputs({ low, high }: OutputRange): Frame['output'][] {
  const outputs: Frame['output'][] = []
  if (low > -0.25 && high < 1.25) outputs.push('rgb01')
  else if (low > -1.4 && high < 1.4) outputs.push('rgb11', 'rgb01', 'logit')
  else if (high > 12 && high < 400 && low > -0.5 * high) outputs.push('rgb255', 'logit')
  else outputs.push('logit', 'rgb01', 'rgb11', 'rgb255')
  // A bright picture in [-1, 1], and logits that hardly differ, look like [0, 1].
  if (outputs[0] === 'rgb01') outputs.push('rgb11', 'logit')
  return outputs
}

// Colours in [0, 1] are clamped when they are displayed, and training need not care for what is clamped: there the outputs wander, down to -7
// or up to 4. Under another convention these values are colours like all others, as still as they where a picture has one colour. That they
// are tells that convention; that they are not tells nothing against [0, 1], which most people write.

/** A value so far beyond black or white was not meant to be either. */
const BEYOND = 0.1
/** Displayed: what is no nearer to black or white than this is a colour that training cares for. */
const NEARLY_BLACK = 0.02
/** Displayed: half a level from one pixel to the next. */
const STILL = 0.002
// Measured on nets of every second ordinary picture (bench/ordinary.ts): of the values beyond [0, 1] 0.35 at most are still, or what is inside
// is ten times as still; of flat colours under another convention 0.58 and more, or as many as inside, which is 4.5 times as still at most.
const LEAST_STILL = 0.45
const LEAST_STILL_INSIDE = 0.2
const MOST_RATIO = 6.5
/** An eighth of a level from one pixel to the next: nothing is stiller. */
const LEAST_SLOPE = 0.0005
/** Of all values: fewer tell nothing. */
const LEAST_SHARE = 0.1
/** How far the ends of a range may be from -1 and 1 to be them: those of outputs that wander are anywhere. */
const ENDS = 0.15
const LEAST_SHARE_BETWEEN_ENDS = 0.05
// The most that colours in [0, 1] or logits have reached is 15; a picture of 0 to 255 that is darker than this is black.
const LEAST_LEVELS = 30
const MOST_LEVELS = 400

/** All conventions, the likeliest first, for a picture that is not known. */
export function likelyOutputs(raw: RawSquare): readonly Frame['output'][] {
  const { low, high } = outputRange(raw)
  if (high > LEAST_LEVELS && high < MOST_LEVELS && low > -0.5 * high) return ['rgb255', 'logit', 'rgb01', 'rgb11']
  const isSymmetric = low > -1.4 && low < -BEYOND && high < 1.4
  const [other, last] = isSymmetric ? (['rgb11', 'logit'] as const) : (['logit', 'rgb11'] as const)
  const { isStill, share, ratio } = stillnessBeyond(raw, other)
  const isBetweenEnds = Math.abs(low + 1) < ENDS && Math.abs(high - 1) < ENDS && share >= LEAST_SHARE_BETWEEN_ENDS
  const isMeant = ratio <= MOST_RATIO && ((isStill && share >= LEAST_SHARE) || isBetweenEnds)
  return isMeant && !isOneColour(raw) ? [other, 'rgb01', last, 'rgb255'] : ['rgb01', other, last, 'rgb255']
}

/** The values that are colours under a convention and lie beyond [0, 1]. */
interface Beyond {
  /** Of all values. */
  readonly share: number
  /** Whether they are still where the picture has one colour. */
  readonly isStill: boolean
  /** How often as steep as the values inside the median one is; 0 where there are too few inside. */
  readonly ratio: number
}

function stillnessBeyond({ size, values }: RawSquare, output: Frame['output']): Beyond {
  const tone = toneOf({ output, channels: 'rgb' })
  const shown = Float32Array.from(values, value => unclampedChannel(value, tone))
  const slope = (of: Float32Array, i: number) =>
    Math.max(Math.abs(of[i + 3] - of[i]), Math.abs(of[i + 3 * size] - of[i]))
  const isInside = (value: number) => value > NEARLY_BLACK && value < 1 - NEARLY_BLACK
  // Saturated logits wander as clamped colours do; -1 and 1 are values like others.
  const isMeantBy = output === 'logit' ? isInside : (value: number) => value > -BEYOND / 2 && value < 1 + BEYOND / 2
  const [beyond, inside]: number[][] = [[], []]
  for (let row = 0; row < size - 1; row++)
    for (let i = 3 * row * size; i < 3 * ((row + 1) * size - 1); i++)
      if (isInside(values[i])) inside.push(i)
      else if ((values[i] < -BEYOND || values[i] > 1 + BEYOND) && isMeantBy(shown[i])) beyond.push(i)
  const count = 3 * (size - 1) ** 2
  const stillShare = (of: Float32Array, at: readonly number[]) =>
    at.filter(i => slope(of, i) <= STILL).length / Math.max(1, at.length)
  const [share, still] = [beyond.length / count, stillShare(shown, beyond)]
  // Nothing to compare with.
  if (inside.length < LEAST_SHARE * count) return { share, isStill: still >= LEAST_STILL, ratio: 0 }
  const stillInside = stillShare(values, inside)
  const [steep, steepInside] = [beyond, inside].map(at => median(at.map(i => slope(values, i))))
  return {
    share,
    isStill: stillInside >= LEAST_STILL_INSIDE && still >= Math.min(LEAST_STILL, stillInside / 2),
    ratio: steep / Math.max(steepInside, LEAST_SLOPE),
  }
}

/** Whether what colours in [0, 1] would show is one plain colour of black and white channels. */
function isOneColour({ values }: RawSquare): boolean {
  return values.every((value, i) => value > 0.5 === values[i % 3] > 0.5 && (value <= 0 || value >= 1))
}
