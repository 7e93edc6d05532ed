// The picture over a box as a small square, in the net's own axes, and the sixteen ways to look at it.

import { foldNetwork } from '../model/fold.js'
import type { Frame } from '../model/frame.js'
import type { Network } from '../model/network.js'
import { evaluateFolded } from '../model/reference.js'
import { applyTone, toneOf } from '../model/tone.js'
import { createEvaluator } from '../kernel/evaluator.js'
import type { Box } from './statistics.js'

/** Samples a pixel of the square, along either axis. */
const FINENESS = 2

/** What the head puts out over a box, raw: the first input grows along columns, the second along rows. */
export interface RawSquare {
  /** Samples along an edge. */
  readonly edge: number
  /** [edge, edge, 3] */
  readonly values: Float32Array
}

/** Evaluates the network at the centres of a grid over a box. @param size pixels of the squares to be made of it */
export function rawSquare(network: Network, [x0, x1, y0, y1]: Box, size: number): RawSquare {
  const edge = size * FINENESS
  const inputs = new Float64Array(edge * edge * 2)
  for (let row = 0; row < edge; row++)
    for (let column = 0; column < edge; column++) {
      inputs[2 * (row * edge + column)] = x0 + ((column + 0.5) / edge) * (x1 - x0)
      inputs[2 * (row * edge + column) + 1] = y0 + ((row + 0.5) / edge) * (y1 - y0)
    }
  const folded = foldNetwork(network)
  const evaluator = createEvaluator(folded)
  const values = evaluator
    ? evaluator.evaluate(new Float32Array(edge * edge * 3), inputs)
    : Float32Array.from(evaluateFolded(new Float64Array(edge * edge * 3), folded, inputs))
  return { edge, values }
}

/** The displayed colours of a raw square as the outputs' convention has it, channels in the net's own order: [size, size, 3], in levels. */
export function displayedSquare({ edge, values }: RawSquare, output: Frame['output']): Float32Array {
  const shown = applyTone(values.slice(), toneOf({ output, channels: 'rgb' }))
  const size = edge / FINENESS
  const square = new Float32Array(size * size * 3)
  for (let row = 0; row < edge; row++)
    for (let column = 0; column < edge; column++) {
      const at = 3 * (Math.floor(row / FINENESS) * size + Math.floor(column / FINENESS))
      for (let c = 0; c < 3; c++) square[at + c] += (255 / FINENESS ** 2) * shown[3 * (row * edge + column) + c]
    }
  return square
}

/** How a net's axes and channels lie in its picture. */
export interface Orientation {
  readonly order: Frame['order']
  /** Whether x falls from left to right. */
  readonly isMirrored: boolean
  /** Whether y falls from top to bottom. */
  readonly isUpsideDown: boolean
  readonly channels: Frame['channels']
}

/** All sixteen, the commonest conventions first: among equals the first is taken. */
export const ORIENTATIONS: readonly Orientation[] = (['rgb', 'bgr'] as const).flatMap(channels =>
  [false, true].flatMap(isMirrored =>
    (['xy', 'yx'] as const).flatMap(order =>
      [false, true].map(isUpsideDown => ({ order, isMirrored, isUpsideDown, channels })),
    ),
  ),
)

/** Looks at a square: row 0 at the top, red first. */
export function orient(square: Float32Array, { order, isMirrored, isUpsideDown, channels }: Orientation): Float32Array {
  const size = Math.sqrt(square.length / 3)
  const picture = new Float32Array(square.length)
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const x = isMirrored ? size - 1 - column : column
      const y = isUpsideDown ? size - 1 - row : row
      const from = 3 * (order === 'xy' ? y * size + x : x * size + y)
      for (let c = 0; c < 3; c++)
        picture[3 * (row * size + column) + c] = square[from + (channels === 'rgb' ? c : 2 - c)]
    }
  return picture
}

/** The frame that shows a box in an orientation. */
export function frameOf(
  [x0, x1, y0, y1]: Box,
  orientation: Orientation,
  output: Frame['output'],
  aspect: number | null,
): Frame {
  const { order, isMirrored, isUpsideDown, channels } = orientation
  const [across, down] =
    order === 'xy' ? [[x0, x1] as const, [y0, y1] as const] : [[y0, y1] as const, [x0, x1] as const]
  const turned = ([from, to]: readonly [number, number], isTurned: boolean): readonly [number, number] =>
    isTurned ? [to, from] : [from, to]
  return { x: turned(across, isMirrored), y: turned(down, isUpsideDown), order, aspect, output, channels }
}
