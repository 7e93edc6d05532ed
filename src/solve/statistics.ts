// What batch norm remembers, and what a box of inputs gives. While a net is trained every batch norm keeps the mean and the variance
// of what it is fed with over the training picture; over the right frame the finished net reproduces them, over a wrong one
// it does not. Dimension letters: n grid points, d units of a batch norm.

import { gelu } from '../model/erf.js'
import { evaluationCost } from '../model/fold.js'
import type { Network, NetworkLayer } from '../model/network.js'

/** Ranges of the two inputs as the net takes them: [first from, first to, second from, second to]. */
export type Box = readonly [number, number, number, number]

type BatchNorm = Extract<NetworkLayer, { kind: 'batchNorm' }>

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

/** What of a folded network its cost is counted by. */
function foldedSizes({ layers }: Network): Parameters<typeof evaluationCost>[0] {
  const none = new Float64Array(0)
  return {
    layers: layers.flatMap(layer =>
      layer.kind === 'linear' ? [{ ...layer, gelu: false, weight: none, bias: none }] : [],
    ),
  }
}

// Points that go through the layers together: their activations stay in the first-level cache.
const CHUNK = 128

/** Runs boxes through the front of a network, up to one of its batch norms. Holds its buffers: make one and use it often. */
export class StatisticsProbe {
  readonly #layers: readonly NetworkLayer[]
  readonly #buffers: [Float64Array, Float64Array]
  readonly #sums: readonly FedStatistics[]

  /** @param normCount how many batch norms, from the front, are looked at */
  constructor(network: Network, normCount: number) {
    const norms = network.layers.flatMap((layer, index) => (layer.kind === 'batchNorm' ? [index] : []))
    this.#layers = network.layers.slice(0, norms[normCount - 1] + 1)
    const dims = this.#layers.flatMap(layer => (layer.kind === 'linear' ? [layer.outDim] : []))
    const widest = Math.max(2, ...dims)
    this.#buffers = [new Float64Array(widest * CHUNK), new Float64Array(widest * CHUNK)]
    this.#sums = this.#layers.flatMap(layer =>
      layer.kind === 'batchNorm' ? [{ mean: new Float64Array(layer.dim), variance: new Float64Array(layer.dim) }] : [],
    )
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
    for (let start = 0; start < count; start += CHUNK) this.#run(box, lattice, start, Math.min(CHUNK, count - start))
    for (const { mean, variance } of this.#sums)
      for (let unit = 0; unit < mean.length; unit++) {
        mean[unit] /= count
        // The sums are centred on the running mean, or nearly so where it counts: nothing cancels.
        variance[unit] = Math.max(0, variance[unit] / count - mean[unit] ** 2)
      }
    let index = 0
    for (const layer of this.#layers)
      if (layer.kind === 'batchNorm') {
        const { mean } = this.#sums[index++]
        for (let unit = 0; unit < mean.length; unit++) mean[unit] += layer.runningMean[unit]
      }
    return this.#sums
  }

  #add(points: number) {
    return (norm: number, values: Float64Array, layer: BatchNorm): void =>
      addStatistics(this.#sums[norm], values, layer, points)
  }

  /**
   * What every unit before every batch norm is fed with, point by point.
   * @returns [units of all batch norms looked at, points of the lattice]
   */
  feed(box: Box, lattice: Lattice): Float64Array[] {
    const count = lattice.points
    const rows = this.#sums.flatMap(({ mean }) => Array.from(mean, () => new Float64Array(count)))
    const starts = this.#sums.map((_, index) => this.#sums.slice(0, index).reduce((sum, s) => sum + s.mean.length, 0))
    for (let start = 0; start < count; start += CHUNK) {
      const points = Math.min(CHUNK, count - start)
      this.#run(box, lattice, start, points, (norm, values) => {
        for (let unit = 0; unit < this.#sums[norm].mean.length; unit++)
          rows[starts[norm] + unit].set(values.subarray(unit * CHUNK, unit * CHUNK + points), start)
      })
    }
    return rows
  }

  #run([x0, x1, y0, y1]: Box, lattice: Lattice, start: number, points: number, onFed = this.#add(points)): void {
    const count = lattice.points
    // Development loaders look an import up at every use: here that would be a million times.
    const activate = gelu
    let [from, to] = this.#buffers
    for (let p = 0; p < points; p++) {
      const i = start + p
      from[p] = x0 + (i + 0.5) * ((x1 - x0) / count)
      from[CHUNK + p] = y0 + (((i * lattice.multiplier) % count) + 0.5) * ((y1 - y0) / count)
    }
    let norm = 0
    for (const layer of this.#layers) {
      if (layer.kind === 'linear') {
        multiply(to, from, layer, points)
        ;[from, to] = [to, from]
      } else if (layer.kind === 'gelu') {
        for (let row = 0; row < layer.dim * CHUNK; row += CHUNK)
          for (let p = row; p < row + points; p++) from[p] = activate(from[p])
      } else {
        onFed(norm++, from, layer)
        for (let unit = 0; unit < layer.dim; unit++) {
          const scale = layer.weight[unit] / Math.sqrt(layer.runningVar[unit] + layer.eps)
          const shift = layer.bias[unit] - layer.runningMean[unit] * scale
          for (let p = unit * CHUNK; p < unit * CHUNK + points; p++) from[p] = from[p] * scale + shift
        }
      }
    }
  }
}

function multiply(
  to: Float64Array,
  from: Float64Array,
  { weight, bias, inDim, outDim }: Extract<NetworkLayer, { kind: 'linear' }>,
  points: number,
): void {
  for (let o = 0; o < outDim; o++) {
    const row = o * CHUNK
    to.fill(bias[o], row, row + points)
    let i = 0
    // Four inputs at a time: the sum is loaded and stored once for all of them.
    for (; i + 3 < inDim; i += 4) {
      const w = o * inDim + i
      const [w0, w1, w2, w3] = [weight[w], weight[w + 1], weight[w + 2], weight[w + 3]]
      const f = i * CHUNK
      for (let p = 0; p < points; p++)
        to[row + p] +=
          w0 * from[f + p] + w1 * from[f + CHUNK + p] + w2 * from[f + 2 * CHUNK + p] + w3 * from[f + 3 * CHUNK + p]
    }
    for (; i < inDim; i++) {
      const k = weight[o * inDim + i]
      for (let p = 0; p < points; p++) to[row + p] += k * from[i * CHUNK + p]
    }
  }
}

function addStatistics(
  { mean, variance }: FedStatistics,
  values: Float64Array,
  { runningMean }: BatchNorm,
  points: number,
): void {
  for (let unit = 0; unit < mean.length; unit++) {
    const centre = runningMean[unit]
    let sum = 0
    let squares = 0
    for (let p = unit * CHUNK; p < unit * CHUNK + points; p++) {
      const value = values[p] - centre
      sum += value
      squares += value * value
    }
    mean[unit] += sum
    variance[unit] += squares
  }
}
