// What is drawn of a unit: which number on its way through the net, in which colours. The colours of each unit are scaled by its
// own statistics, so that the faintest pattern is seen as well as the strongest.

import type { LayerStatistics, Statistics } from '../../explain/unit-statistics.js'
import type { DivergingTone } from '../../model/diverging.js'
import { kindOf } from '../../model/layers/kinds.js'
import type { Network } from '../../model/network.js'
import type { Tap } from '../../model/tap.js'
import type { NeuronCentre, NeuronStage } from './address.js'

/** Of one number over the frame. */
export interface Spread {
  readonly mean: number
  readonly deviation: number
  readonly min: number
  readonly max: number
}

/** Batch norm of a unit as it is at inference: value * scale + shift. */
export interface Affine {
  readonly scale: number
  readonly shift: number
}

const NO_NORM: Affine = { scale: 1, shift: 0 }

/** Whether batch norm follows a layer, and what it does to each unit; null where none follows. */
export function normsOf({ layers }: Network): readonly (readonly Affine[] | null)[] {
  const norms: (readonly Affine[] | null)[] = []
  let isBent = false
  for (const layer of layers) {
    if (layer.kind === 'linear') norms.push(null)
    isBent = layer.kind === 'linear' ? false : isBent || kindOf(layer).isActivation
    // In front of the activation it is folded into the layer.
    if (layer.kind === 'batchNorm' && isBent)
      norms[norms.length - 1] = Array.from({ length: layer.dim }, (_, unit) => {
        const scale = layer.weight[unit] / Math.sqrt(layer.runningVar[unit] + layer.eps)
        return { scale, shift: layer.bias[unit] - layer.runningMean[unit] * scale }
      })
  }
  return norms
}

/** Colours go as far as the unit's values do, but no further than this many standard deviations. */
const MOST_DEVIATIONS = 3
/** A unit that varies by less than this share of what its layer's liveliest unit does counts as constant. */
const CONSTANT_SHARE = 1e-3

/** What is drawn of a unit. */
export interface UnitView {
  readonly tap: Tap
  readonly tone: DivergingTone
  /** Of the stage that is shown: batch norm included. */
  readonly spread: Spread
  /** The values at the two ends of the colours and in the middle, of the stage that is shown. */
  readonly range: readonly [low: number, middle: number, high: number]
  /** The same wherever one looks, nearly. */
  readonly isConstant: boolean
}

/**
 * Chooses tap and tone of a unit.
 * @param statistics of its layer
 * @param norm what follows the GELU; null for nothing: then `norm` shows the same as `post`
 */
export function viewUnit(
  { layer, unit }: Pick<Tap, 'layer' | 'unit'>,
  statistics: LayerStatistics,
  norm: readonly Affine[] | null,
  stage: NeuronStage,
  centre: NeuronCentre,
): UnitView {
  const { pre, post } = statistics
  const isPost = stage !== 'pre' && post !== null
  const tapped = isPost ? post : pre
  const own = spreadOf(tapped, unit)
  const { scale, shift } = (stage === 'norm' && norm?.[unit]) || NO_NORM
  const spread = transformed(own, { scale, shift })
  const liveliest = tapped.max.reduce((most, max, i) => Math.max(most, max - tapped.min[i]), 0)
  const isConstant = own.max - own.min <= CONSTANT_SHARE * liveliest
  const middle = centre === 'mean' ? spread.mean : 0
  const furthest = Math.max(spread.max - middle, middle - spread.min)
  const usual = Math.abs(spread.mean - middle) + MOST_DEVIATIONS * spread.deviation
  // Of what hardly varies no noise is to be blown up into a picture.
  const least = isConstant ? liveliest * Math.abs(scale) : 0
  const reach = Math.max(Math.min(furthest, usual), least)
  // (v * scale + shift - middle) / reach, of what the tap gives. Batch norm that is always the same has no picture at all.
  const tone: DivergingTone =
    scale === 0 ? { offset: 0, scale: 0 } : { offset: (middle - shift) / scale, scale: reach / scale }
  const range = [middle - reach, middle, middle + reach] as const
  const tap: Tap = { layer, unit, stage: isPost ? 'post' : 'pre' }
  return { tap, tone, spread, range, isConstant: isConstant || scale === 0 }
}

function spreadOf({ mean, deviation, min, max }: Statistics, unit: number): Spread {
  return { mean: mean[unit], deviation: deviation[unit], min: min[unit], max: max[unit] }
}

function transformed({ mean, deviation, min, max }: Spread, { scale, shift }: Affine): Spread {
  const ends = [min * scale + shift, max * scale + shift]
  return {
    mean: mean * scale + shift,
    deviation: deviation * Math.abs(scale),
    min: Math.min(...ends),
    max: Math.max(...ends),
  }
}
