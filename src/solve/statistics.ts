// What batch norm remembers, and what a box of inputs gives. While a net is trained every batch norm keeps the mean and the variance
// of what it is fed with over the training picture; over the right frame the finished net reproduces them, over a wrong one
// it does not. Dimension letters: n grid points, d units of a batch norm.

import { INPUT_DIM } from '../model/architecture.js'
import { evaluationCost } from '../model/fold.js'
import { ForwardPass } from '../model/forward.js'
import type { BatchNormLayer } from '../model/layers/batch-norm.js'
import type { Network } from '../model/network.js'

/** Ranges of the two inputs as the net takes them: [first from, first to, second from, second to]. */
export type Box = readonly [number, number, number, number]

/** What a batch norm was fed with: mean [d] and biased variance [d], float64. */
export interface FedStatistics {
  readonly mean: Float64Array
  readonly variance: Float64Array
}

/**
 * Points of a Fibonacci lattice, (i / F(n), frac(i F(n-1) / F(n))): along either input, and so for edges parallel to them,
 * they are as evenly spread as F(n) points on a line can be, where a grid of as many has only their root (Niederreiter 1992,
 * section 5.3).
 */
export interface Lattice {
  readonly points: number
  readonly multiplier: number
}
export const LATTICES = {
  coarse: { points: 144, multiplier: 89 },
  refining: { points: 377, multiplier: 233 },
  exact: { points: 987, multiplier: 610 },
  final: { points: 4181, multiplier: 2584 },
} as const satisfies Record<string, Lattice>

/** How much is spent on a network: the lattices, and how many boxes of each round go on to the next. */
export interface Effort {
  readonly coarse: Lattice
  readonly refining: Lattice
  readonly exact: Lattice
  readonly final: Lattice
  readonly coarseKept: number
  readonly refinedKept: number
}

const FULL_EFFORT: Effort = { ...LATTICES, coarseKept: 24, refinedKept: 3 }

/**
 * Less for larger networks, so that they, too, take some seconds and no minutes.
 * @returns null for one that is too large by far
 */
export function effortFor(network: Network): Effort | null {
  const cost = evaluationCost(foldedSizes(network))
  if (cost <= 2.5) return FULL_EFFORT
  const { coarse, refining, exact } = LATTICES
  if (cost <= 8) return { coarse, refining: coarse, exact: refining, final: exact, coarseKept: 8, refinedKept: 2 }
  return cost <= 40 ? { coarse, refining: coarse, exact: coarse, final: refining, coarseKept: 4, refinedKept: 1 } : null
}

/** What of a folded network its cost is counted by: the matrices. */
function foldedSizes({ layers }: Network): Parameters<typeof evaluationCost>[0] {
  return { layers: layers.flatMap(layer => (layer.kind === 'linear' ? [{ ...layer, activation: null }] : [])) }
}

/** What a batch norm was fed with at some points of the lattice: [d, stride], the first `points` columns. */
type OnFed = (norm: number, values: Float64Array, start: number, points: number) => void

/** Runs boxes through the front of a network, up to one of its batch norms. Holds its buffers: make one and use it often. */
export class StatisticsProbe {
  readonly #pass: ForwardPass
  /** Of the batch norms that are looked at, in order. */
  readonly #norms: readonly BatchNormLayer[]
  /** For each layer which of them it is, -1 for none. */
  readonly #normOf: readonly number[]
  readonly #sums: readonly FedStatistics[]

  /** @param normCount how many batch norms, from the front, are looked at */
  constructor(network: Network, normCount: number) {
    const ends = network.layers.flatMap((layer, index) => (layer.kind === 'batchNorm' ? [index] : []))
    const layers = network.layers.slice(0, ends[normCount - 1] + 1)
    this.#norms = layers.flatMap(layer => (layer.kind === 'batchNorm' ? [layer] : []))
    this.#normOf = layers.map((_, index) => ends.indexOf(index))
    this.#pass = new ForwardPass(layers, INPUT_DIM)
    this.#sums = this.#norms.map(({ dim }) => ({ mean: new Float64Array(dim), variance: new Float64Array(dim) }))
  }

  /**
   * The statistics of every batch norm's input over a lattice that fills a box.
   * @returns one for each batch norm looked at; valid until the next call
   */
  measure(box: Box, lattice: Lattice): readonly FedStatistics[] {
    const count = lattice.points
    for (const { mean, variance } of this.#sums) {
      mean.fill(0)
      variance.fill(0)
    }
    const { stride } = this.#pass
    this.#run(box, lattice, (norm, values, _, points) =>
      addStatistics(this.#sums[norm], values, this.#norms[norm], points, stride),
    )
    this.#sums.forEach(({ mean, variance }, norm) => {
      for (let unit = 0; unit < mean.length; unit++) {
        mean[unit] /= count
        // The sums are centred on the running mean, or nearly so where it counts: nothing cancels.
        variance[unit] = Math.max(0, variance[unit] / count - mean[unit] ** 2)
        mean[unit] += this.#norms[norm].runningMean[unit]
      }
    })
    return this.#sums
  }

  /**
   * What every unit before every batch norm is fed with, point by point.
   * @returns [units of all batch norms looked at, points of the lattice]
   */
  feed(box: Box, lattice: Lattice): Float64Array[] {
    const count = lattice.points
    const rows = this.#sums.flatMap(({ mean }) => Array.from(mean, () => new Float64Array(count)))
    const starts = this.#sums.map((_, index) => this.#sums.slice(0, index).reduce((sum, s) => sum + s.mean.length, 0))
    const { stride } = this.#pass
    this.#run(box, lattice, (norm, values, start, points) => {
      for (let unit = 0; unit < this.#norms[norm].dim; unit++)
        rows[starts[norm] + unit].set(values.subarray(unit * stride, unit * stride + points), start)
    })
    return rows
  }

  #run([x0, x1, y0, y1]: Box, { points: count, multiplier }: Lattice, onFed: OnFed): void {
    const { input, stride } = this.#pass
    for (let start = 0; start < count; start += stride) {
      const points = Math.min(stride, count - start)
      for (let p = 0; p < points; p++) {
        const i = start + p
        input[p] = x0 + (i + 0.5) * ((x1 - x0) / count)
        input[stride + p] = y0 + (((i * multiplier) % count) + 0.5) * ((y1 - y0) / count)
      }
      this.#pass.run(points, (index, _, values) => {
        const norm = this.#normOf[index]
        if (norm >= 0) onFed(norm, values, start, points)
      })
    }
  }
}

function addStatistics(
  { mean, variance }: FedStatistics,
  values: Float64Array,
  { runningMean }: BatchNormLayer,
  points: number,
  stride: number,
): void {
  for (let unit = 0; unit < mean.length; unit++) {
    const centre = runningMean[unit]
    let sum = 0
    let squares = 0
    for (let p = unit * stride; p < unit * stride + points; p++) {
      const value = values[p] - centre
      sum += value
      squares += value * value
    }
    mean[unit] += sum
    variance[unit] += squares
  }
}
