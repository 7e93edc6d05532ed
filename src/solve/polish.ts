// The last step of the search. What batch norm remembers is a mean over some ten batches: it is off by chance, and by chances that
// hang together, since all units saw the same pixels. Generalised least squares (Aitken 1936) weighs the units' means and
// squares by the covariance that such a sample has; on the test set this halves the error of the ranges' ends.

import type { Network } from '../model/network.js'
import { rememberedStatistics } from './divergence.js'
import { dot, factorize, solveLinear, substitute } from './linear.js'
import { type Box, type Lattice, StatisticsProbe } from './statistics.js'

// Added to the covariance's diagonal, as a share of it: weights that still moved, and a box that is not yet the right one.
// From 0.003 to 0.3 the error falls, beyond it is flat (bench/RESULTS.md).
const SHRINKAGE = 0.4
const STEPS = 3
const DIFFERENCE = 1e-3
const MAX_MOVE = 0.05
const CONSTANT = 1e-8
const MOST_UNITS = 128

/**
 * Improves a box that is right within a few percent.
 * @param lattice over which the units' statistics and their covariance are taken
 */
export function polishBox(network: Network, start: Box, lattice: Lattice): Box {
  const remembered = rememberedStatistics(network)
  const probe = new StatisticsProbe(network, remembered.length)
  const means = remembered.flatMap(({ mean }) => [...mean])
  const spreads = remembered.flatMap(({ variance }) => {
    const floor = CONSTANT * Math.max(...variance)
    return Array.from(variance, value => (value > floor ? Math.sqrt(value) : 0))
  })
  const alive = spreads.flatMap((spread, unit) => (spread > 0 ? [unit] : []))
  // Every so many of a wide network's: the work grows with their cube, and a hundred tell enough about four ends.
  const live = alive.filter((_, i) => i % Math.ceil(alive.length / MOST_UNITS) === 0)
  if (live.length < 4) return start
  const factor = factorize(covariance(probe.feed(start, lattice), live, means, spreads))
  /** Whitened distance of a box's statistics from the remembered ones: standardised means, then mean squares less 1. */
  const distance = (box: Box): Float64Array => {
    const measured = probe.measure(box, lattice)
    const [mean, variance] = [measured.flatMap(m => [...m.mean]), measured.flatMap(m => [...m.variance])]
    const shifts = live.map(unit => (mean[unit] - means[unit]) / spreads[unit])
    const squares = live.map((unit, i) => variance[unit] / spreads[unit] ** 2 + shifts[i] ** 2 - 1)
    return substitute(factor, Float64Array.from([...shifts, ...squares]))
  }
  let box = start
  for (let step = 0; step < STEPS; step++) {
    const here = distance(box)
    const sizes = [box[1] - box[0], box[1] - box[0], box[3] - box[2], box[3] - box[2]]
    const columns = sizes.map((size, end) => {
      const moved = distance(moveEnd(box, end, DIFFERENCE * size))
      return moved.map((value, i) => (value - here[i]) / DIFFERENCE)
    })
    const move = solveLinear(
      columns.map(a => columns.map(b => dot(a, b))),
      columns.map(a => dot(a, here)),
    )
    const limited = move.map(value => Math.max(-MAX_MOVE, Math.min(MAX_MOVE, value)))
    for (let end = 0; end < 4; end++) box = moveEnd(box, end, -limited[end] * sizes[end])
  }
  return box.every(Number.isFinite) && box[1] > box[0] && box[3] > box[2] ? box : start
}

/** The covariance of the live units' standardised values and their squares over the lattice, shrunk towards its diagonal. */
function covariance(
  fed: readonly Float64Array[],
  live: readonly number[],
  means: readonly number[],
  spreads: readonly number[],
): Float64Array[] {
  const values = live.map(unit => fed[unit].map(value => (value - means[unit]) / spreads[unit]))
  const rows = [...values, ...values.map(row => row.map(value => value * value))].map(row => {
    const mean = row.reduce((sum, value) => sum + value, 0) / row.length
    return row.map(value => value - mean)
  })
  return rows.map((a, i) =>
    Float64Array.from(rows, (b, j) => {
      if (j > i) return 0
      const value = dot(a, b) / a.length
      return i === j ? value * (1 + SHRINKAGE) + 1e-9 : value
    }),
  )
}

function moveEnd(box: Box, end: number, by: number): Box {
  const moved: [number, number, number, number] = [...box]
  moved[end] += by
  return moved
}
