// The continuous search for the box of inputs over which a network was trained: coarse boxes of many sizes by the first batch
// norm alone, which costs little; the best of them refined, first by it, then by all batch norms. Refining is Levenberg and
// Marquardt's method (Marquardt 1963) on the residuals of means and spreads, reweighted by Cauchy's function so that some
// units that remember something else (they were still moving when training ended) do not decide.

import type { Network } from '../model/network.js'
import { divergenceOf, rememberedStatistics, residualsOf } from './divergence.js'
import { solveLinear } from './linear.js'
import { polishBox } from './polish.js'
import { type Box, type Lattice, effortFor, StatisticsProbe } from './statistics.js'

/** A box and how badly it explains the remembered statistics: see divergenceOf. */
export interface FoundBox {
  readonly box: Box
  readonly divergence: number
}

/** Middles and logarithms of half widths of a box's two ranges: what is searched over. */
type Shape = readonly [number, number, number, number]

/** Divergence beyond which a box explains nothing. */
const WORTH_POLISHING = 0.1

/**
 * Finds boxes that explain what the batch norms remember, the best first; several when their divergences are alike.
 * @returns an empty list for a network without batch norm
 */
export function searchBoxes(network: Network): FoundBox[] {
  const effort = effortFor(network)
  if (!effort) return []
  const remembered = rememberedStatistics(network)
  if (remembered.length === 0) return []
  const first = objective(network, 1)
  const coarse = coarseShapes()
    .map(shape => ({ shape, cost: first.cost(shape, effort.coarse) }))
    .sort((a, b) => a.cost - b.cost)
    .slice(0, effort.coarseKept)
  const refined = distinct(coarse.map(({ shape }) => refine(first, shape, effort.refining, 14)))
    .sort((a, b) => a.cost - b.cost)
    .slice(0, effort.refinedKept)
  const all = objective(network, remembered.length)
  const exact = distinct(refined.map(({ shape }) => refine(all, shape, effort.exact, 8)))
  const probe = new StatisticsProbe(network, remembered.length)
  return exact
    .map(({ shape }): FoundBox => {
      const rough = boxOf(shape)
      const isPlausible = divergenceOf(probe.measure(rough, effort.exact), remembered) < WORTH_POLISHING
      const box = isPlausible ? polishBox(network, rough, effort.exact) : rough
      return { box, divergence: divergenceOf(probe.measure(box, effort.final), remembered) }
    })
    .sort((a, b) => a.divergence - b.divergence)
}

/** Boxes of all sizes that people use, from a tenth to some thousands, around 0 and beginning at it. */
function coarseShapes(): Shape[] {
  const shapes: Shape[] = []
  for (let octave = -3; octave <= 11; octave += 0.5)
    for (const ratio of [-1, -0.5, 0, 0.5, 1]) {
      const sizes = [octave * Math.LN2 - (ratio / 2) * Math.LN2, octave * Math.LN2 + (ratio / 2) * Math.LN2]
      for (const [first, second] of [
        [0, 0],
        [1, 1],
        [0, 1],
        [1, 0],
      ])
        shapes.push([first * Math.exp(sizes[0]), sizes[0], second * Math.exp(sizes[1]), sizes[1]])
    }
  return shapes
}

interface Objective {
  readonly residuals: (shape: Shape, lattice: Lattice) => Float64Array
  readonly cost: (shape: Shape, lattice: Lattice) => number
}

function objective(network: Network, normCount: number): Objective {
  const remembered = rememberedStatistics(network)
  const probe = new StatisticsProbe(network, normCount)
  const residuals = (shape: Shape, lattice: Lattice): Float64Array => {
    const lists = residualsOf(probe.measure(boxOf(shape), lattice), remembered)
    const joined = new Float64Array(lists.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const list of lists) {
      joined.set(list, at)
      at += list.length
    }
    return joined
  }
  return { residuals, cost: (shape, lattice) => robustCost(residuals(shape, lattice), COARSE_SCALE) }
}

const COARSE_SCALE = 0.3

/** Cauchy's loss: the mean of log(1 + (r / scale)^2). */
function robustCost(residuals: Float64Array, scale: number): number {
  let sum = 0
  for (const r of residuals) sum += Math.log1p((r / scale) ** 2)
  return Number.isFinite(sum) ? sum / residuals.length : Number.POSITIVE_INFINITY
}

interface Refined {
  readonly shape: Shape
  readonly cost: number
}

function refine(goal: Objective, start: Shape, lattice: Lattice, iterations: number): Refined {
  let shape = start
  let residuals = goal.residuals(shape, lattice)
  let damping = 1e-3
  for (let iteration = 0; iteration < iterations; iteration++) {
    const scale = scaleOf(residuals)
    const cost = robustCost(residuals, scale)
    const columns = [0, 1, 2, 3].map(k => {
      const [step, moved] = nudge(shape, k)
      return goal.residuals(moved, lattice).map((value, i) => (value - residuals[i]) / step)
    })
    const weights = residuals.map(r => 1 / (1 + (r / scale) ** 2))
    const normal = columns.map(a => columns.map(b => weightedDot(a, b, weights)))
    const gradient = columns.map(a => weightedDot(a, residuals, weights))
    let isBetter = false
    let size = 0
    for (let attempt = 0; attempt < 5 && !isBetter; attempt++) {
      const damped = normal.map((row, i) => row.map((value, j) => (i === j ? value * (1 + damping) + 1e-12 : value)))
      const move = solveLinear(damped, gradient)
      const next = shift(shape, move)
      const nextResiduals = goal.residuals(next, lattice)
      isBetter = robustCost(nextResiduals, scale) < cost
      damping *= isBetter ? 0.2 : 8
      if (!isBetter) continue
      shape = next
      residuals = nextResiduals
      size = Math.hypot(...move)
    }
    if (!isBetter || size < 1e-5) break
  }
  return { shape, cost: robustCost(residuals, COARSE_SCALE) }
}

/** A robust spread of the residuals, with a floor: below it everything fits. */
function scaleOf(residuals: Float64Array): number {
  const sorted = residuals.map(Math.abs).sort()
  return Math.max(0.003, 1.5 * (sorted[sorted.length >> 1] || 0))
}

/** Middles move in half widths, half widths by factors. */
function shift([cx, sx, cy, sy]: Shape, move: readonly number[]): Shape {
  const limit = (value: number) => Math.max(-0.7, Math.min(0.7, value))
  return [
    cx - limit(move[0]) * Math.exp(sx),
    sx - limit(move[1]),
    cy - limit(move[2]) * Math.exp(sy),
    sy - limit(move[3]),
  ]
}

const DIFFERENCE = 1e-4

function nudge(shape: Shape, k: number): [number, Shape] {
  const move = [0, 0, 0, 0]
  move[k] = -DIFFERENCE
  return [DIFFERENCE, shift(shape, move)]
}

function weightedDot(a: Float64Array, b: Float64Array, weights: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i] * weights[i]
  return sum
}

function boxOf([cx, sx, cy, sy]: Shape): Box {
  const [hx, hy] = [Math.exp(sx), Math.exp(sy)]
  return [cx - hx, cx + hx, cy - hy, cy + hy]
}

/** Leaves one of those that are the same within a few percent. */
function distinct(found: readonly Refined[]): Refined[] {
  const kept: Refined[] = []
  for (const candidate of found.toSorted((a, b) => a.cost - b.cost)) {
    const isNew = kept.every(({ shape }) => {
      const widths = [Math.exp(shape[1]), Math.exp(shape[3])]
      return (
        Math.abs(candidate.shape[0] - shape[0]) > 0.05 * widths[0] ||
        Math.abs(candidate.shape[2] - shape[2]) > 0.05 * widths[1] ||
        Math.abs(candidate.shape[1] - shape[1]) > 0.05 ||
        Math.abs(candidate.shape[3] - shape[3]) > 0.05
      )
    })
    if (isNew && Number.isFinite(candidate.cost)) kept.push(candidate)
  }
  return kept
}
