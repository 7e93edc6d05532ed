// Which conventions a net's raw outputs may follow, by their range alone; which of them it is the picture tells.

import type { Frame } from '../model/frame.js'
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
