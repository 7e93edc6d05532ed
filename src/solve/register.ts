// Registering a net's picture against a flag: batch norm's statistics are those of some ten batches, so a box found by them is off by
// chance, up to some percent; where the flag has edges, they tell its ends ten times better. Gauss and Newton's method on the
// differences of the displayed squares (Lucas and Kanade 1981), held by the statistics where the flag says nothing: along a stripe.

import type { Network } from '../model/network.js'
import { dot, solveLinear } from './linear.js'
import { flagInNetAxes, type Match } from './match.js'
import { COMPARED_SAMPLES, createSquareDrawer, displayedSquare } from './square.js'
import type { Box } from './statistics.js'

/** A box in which a flag fits best. */
export interface Registered {
  readonly box: Box
  /** As Match has it. */
  readonly meanSquare: number
}

// How many independent observations the picture counts as against the four of the statistics: its errors hang together.
const OBSERVATIONS = 20
const STEPS = 8
/** Of a range's length. Edges of a square's pixels are blurred over twice that. */
const DIFFERENCE = 0.004
const MAX_MOVE = 0.02
const SETTLED = 1e-4

/**
 * Moves the ends of a box to where a flag fits.
 * @param size of the flags' squares, pixels
 * @param spread how far an end may be off by the statistics alone, as a share of its range's length: one standard deviation
 */
export function register(network: Network, start: Box, match: Match, size: number, spread: number): Registered {
  const differences = differencesFrom(network, match, size)
  const lengths = [start[1] - start[0], start[1] - start[0], start[3] - start[2], start[3] - start[2]]
  const boxAt = (moves: readonly number[]): Box => [
    start[0] + moves[0] * lengths[0],
    start[1] + moves[1] * lengths[1],
    start[2] + moves[2] * lengths[2],
    start[3] + moves[3] * lengths[3],
  ]
  const cost = (meanSquare: number, moves: readonly number[]) =>
    0.5 * OBSERVATIONS * Math.log(meanSquare + FLOOR) + 0.5 * moves.reduce((sum, move) => sum + (move / spread) ** 2, 0)
  let moves = [0, 0, 0, 0]
  let here = differences(start)
  let least = meanOfSquares(here)
  for (let step = 0; step < STEPS; step++) {
    const columns = moves.map((_, end) => {
      const moved = differences(boxAt(moves.map((move, i) => (i === end ? move + DIFFERENCE : move))))
      return moved.map((value, i) => (value - here[i]) / DIFFERENCE)
    })
    const weight = OBSERVATIONS / (here.length * (least + FLOOR))
    const stiffness = spread ** -2
    const normal = columns.map((a, i) => columns.map((b, j) => weight * dot(a, b) + (i === j ? stiffness : 0)))
    const gradient = columns.map((a, i) => weight * dot(a, here) + stiffness * moves[i])
    let change = solveLinear(normal, gradient).map(value => Math.max(-MAX_MOVE, Math.min(MAX_MOVE, value)))
    let isBetter = false
    for (let attempt = 0; attempt < 3 && !isBetter; attempt++) {
      const next = moves.map((move, end) => move - change[end])
      const there = differences(boxAt(next))
      const meanSquare = meanOfSquares(there)
      isBetter = cost(meanSquare, next) < cost(least, moves)
      if (isBetter) [moves, here, least] = [next, there, meanSquare]
      else change = change.map(value => value / 3)
    }
    if (!isBetter || Math.hypot(...change) < SETTLED) break
  }
  return { box: boxAt(moves), meanSquare: least }
}

/** How far a flag is from what the network draws over a box: see Match. */
export function meanSquareOver(network: Network, box: Box, match: Match, size: number): number {
  return meanOfSquares(differencesFrom(network, match, size)(box))
}

// A box that people would write is believed though the flag fits worse there by 3 dB: a net whose training was cut short bends its
// flag, and the fit follows. Where the fit is next to perfect, a level and a half.
const WORSE = 2.2
const WORSE_BY = (1.5 / 255) ** 2

/** Whether a box that people would write fits as well as the registered one. */
export function isFitting(meanSquare: number, registered: number): boolean {
  return meanSquare <= WORSE * registered + WORSE_BY
}

// Measured on nets of random plans (tests/solve/made-with): the ends of their boxes were off by so much.
const LEAST_SPREAD = 0.002
const SPREAD_OF_DIVERGENCE = 0.2

/** The standard deviation of a measured end, as a share of its range's length. @param divergence of the box */
export function spreadOf(divergence: number): number {
  return LEAST_SPREAD + SPREAD_OF_DIVERGENCE * Math.sqrt(divergence)
}

function differencesFrom(network: Network, match: Match, size: number): (box: Box) => Float64Array {
  const wanted = flagInNetAxes(match)
  const draw = createSquareDrawer(network, size, COMPARED_SAMPLES)
  return box => {
    const seen = displayedSquare(draw(box), match.output)
    return Float64Array.from(seen, (value, i) => (value - wanted[i]) / 255)
  }
}

/** Half a level: what the squares' own rounding leaves. */
const FLOOR = (0.5 / 255) ** 2

function meanOfSquares(values: Float64Array): number {
  return dot(values, values) / values.length
}
