// What values every unit takes over a frame: the neuron view scales its colours by them. Dimension letters: n points, d
// units of a layer.

import type { FoldedNetwork } from '../model/fold.js'
import type { Frame } from '../model/frame.js'
import type { NetworkLayer } from '../model/network.js'
import { applyAffine, applyGelu, gatherInputs, LANES, widestOf } from '../model/reference.js'
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
  const inputs = inputsOfPixels(new Float64Array(count * 2), sampling, frame.order, size, rect)
  const tallies = folded.layers.map(({ outDim, gelu }) => ({
    pre: createTally(outDim),
    post: gelu ? createTally(outDim) : null,
  }))
  let from = new Float64Array(widestOf(folded) * LANES)
  let to = new Float64Array(from.length)
  for (let start = 0; start < count; start += LANES) {
    gatherInputs(from, inputs, start)
    const lanes = Math.min(LANES, count - start)
    folded.layers.forEach((layer, index) => {
      const { pre, post } = tallies[index]
      applyAffine(to, from, layer)
      addValues(pre, to, lanes)
      if (post) {
        applyGelu(to, layer.outDim * LANES)
        addValues(post, to, lanes)
      }
      const swap = from
      from = to
      to = swap
    })
  }
  return folded.layers.map(({ name }, index) => {
    const { pre, post } = tallies[index]
    return { name, pre: statisticsOf(pre, count), post: post && statisticsOf(post, count) }
  })
}

/** What the batch norm behind a GELU makes of the GELU's statistics: it is affine, so nothing needs to be measured again. */
export function statisticsAfterNorm(
  post: Statistics,
  { runningMean, runningVar, weight, bias, eps }: Extract<NetworkLayer, { kind: 'batchNorm' }>,
): Statistics {
  const scale = weight.map((gamma, u) => gamma / Math.sqrt(runningVar[u] + eps))
  const of = (values: Float64Array) => values.map((value, u) => (value - runningMean[u]) * scale[u] + bias[u])
  const [low, high] = [of(post.min), of(post.max)]
  return {
    mean: of(post.mean),
    deviation: post.deviation.map((value, u) => value * Math.abs(scale[u])),
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

/** Adds the first `lanes` of [d, LANES] values. */
function addValues(tally: Tally, values: Float64Array, lanes: number): void {
  const { first, sum, squares, min, max } = tally
  if (tally.isEmpty) for (let unit = 0; unit < first.length; unit++) first[unit] = values[unit * LANES]
  tally.isEmpty = false
  for (let unit = 0, i = 0; unit < first.length; unit++, i += LANES)
    for (let lane = 0; lane < lanes; lane++) {
      const value = values[i + lane]
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
