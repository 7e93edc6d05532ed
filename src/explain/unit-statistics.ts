// What values every unit takes over a frame: the neuron view scales its colours by them. Dimension letters: n points, d
// units of a layer.

import { INPUT_DIM } from '../model/architecture.js'
import { type FoldedNetwork, layersOf } from '../model/fold.js'
import { ForwardPass } from '../model/forward.js'
import type { Frame } from '../model/frame.js'
import { batchNorm, type BatchNormLayer, normSlope } from '../model/layers/batch-norm.js'
import { inputsOfPixels, samplingOf, type View, wholeFrame } from '../model/view.js'

/** Over the points, for each unit: [d] each. */
export interface Statistics {
  readonly mean: Float64Array
  /** The root of the mean squared distance from the mean (divided by n, not n - 1); 0 for a unit that is constant. */
  readonly deviation: Float64Array
  readonly min: Float64Array
  readonly max: Float64Array
}

/** Of one folded layer: the index in the list is {@link FoldedNetwork}'s, which taps count by, too. */
export interface LayerStatistics {
  readonly name: string
  /** Before GELU; of the head the raw outputs. */
  readonly pre: Statistics
  /** After GELU; null where none follows. */
  readonly post: Statistics | null
}

/** Columns and rows of points. */
export interface GridSize {
  readonly width: number
  readonly height: number
}

/** Enough that finer grids change the scale of no unit's picture visibly; a few hundredths of a second. */
export const STATISTICS_GRID: GridSize = { width: 48, height: 32 }

/**
 * Measures every unit over the pixel centres of a picture of the frame, in float64.
 * @param view the whole frame unless told
 * @returns one entry a folded layer; what overflows for finite weights is not finite here either
 */
export function measureUnits(
  folded: FoldedNetwork,
  frame: Frame,
  size: GridSize = STATISTICS_GRID,
  view: View = wholeFrame(frame),
): readonly LayerStatistics[] {
  const count = size.width * size.height
  const rect = { x: 0, y: 0, ...size }
  const sampling = samplingOf(frame, view, size.width, size.height)
  const inputs = inputsOfPixels(new Float64Array(count * INPUT_DIM), sampling, frame.order, size, rect)
  const tallies = folded.layers.map(({ outDim, activation }) => ({
    pre: createTally(outDim),
    post: activation ? createTally(outDim) : null,
  }))
  const ofLayers = tallies.flatMap(({ pre, post }) => (post ? [pre, post] : [pre]))
  const pass = new ForwardPass(layersOf(folded), INPUT_DIM)
  pass.runAll(inputs, (index, values, _, points) => addValues(ofLayers[index], values, points, pass.stride))
  return folded.layers.map(({ name }, index) => {
    const { pre, post } = tallies[index]
    return { name, pre: statisticsOf(pre, count), post: post && statisticsOf(post, count) }
  })
}

/** What the batch norm behind a GELU makes of the GELU's statistics: it is affine, so nothing needs to be measured again. */
export function statisticsAfterNorm(post: Statistics, norm: BatchNormLayer): Statistics {
  const of = (values: Float64Array) => {
    const out = new Float64Array(norm.dim)
    batchNorm.forward(out, values, norm, 1, 1)
    return out
  }
  const [low, high] = [of(post.min), of(post.max)]
  return {
    mean: of(post.mean),
    deviation: post.deviation.map((value, u) => value * Math.abs(normSlope(norm, u))),
    // A negative gamma turns the range over.
    min: low.map((value, u) => Math.min(value, high[u])),
    max: low.map((value, u) => Math.max(value, high[u])),
  }
}

/**
 * Sums on the way: [d] each. Distances are from the first point's value: that is at most sqrt(n) standard deviations from
 * the mean, so the squares lose at most log10(n) of float64's sixteen digits.
 */
interface Tally {
  readonly first: Float64Array
  readonly sum: Float64Array
  readonly squares: Float64Array
  readonly min: Float64Array
  readonly max: Float64Array
  isEmpty: boolean
}

function createTally(dim: number): Tally {
  const zeros = () => new Float64Array(dim)
  return {
    first: zeros(),
    sum: zeros(),
    squares: zeros(),
    min: zeros().fill(Number.POSITIVE_INFINITY),
    max: zeros().fill(Number.NEGATIVE_INFINITY),
    isEmpty: true,
  }
}

/** Adds the first `points` of [d, stride] values. */
function addValues(tally: Tally, values: Float64Array, points: number, stride: number): void {
  const { first, sum, squares, min, max } = tally
  if (tally.isEmpty) for (let unit = 0; unit < first.length; unit++) first[unit] = values[unit * stride]
  tally.isEmpty = false
  for (let unit = 0, i = 0; unit < first.length; unit++, i += stride)
    for (let p = 0; p < points; p++) {
      const value = values[i + p]
      const distance = value - first[unit]
      sum[unit] += distance
      squares[unit] += distance * distance
      min[unit] = Math.min(min[unit], value)
      max[unit] = Math.max(max[unit], value)
    }
}

function statisticsOf({ first, sum, squares, min, max }: Tally, count: number): Statistics {
  return {
    mean: first.map((value, unit) => value + sum[unit] / count),
    // Rounding can leave a variance a little below zero.
    deviation: squares.map((square, unit) => Math.sqrt(Math.max(0, square / count - (sum[unit] / count) ** 2))),
    min,
    max,
  }
}
