// The picture over a box as a small square, in the net's own axes, and the sixteen ways to look at it.

import { foldNetwork } from '../model/fold.js'
import type { Frame } from '../model/frame.js'
import type { Network } from '../model/network.js'
import { evaluateFolded } from '../model/reference.js'
import { type SampleCount, sampleOffsets } from '../model/samples.js'
import { applyTone, toneOf } from '../model/tone.js'
import { createEvaluator } from '../kernel/evaluator.js'
import type { Box } from './statistics.js'

/**
 * Samples a pixel of a square that is held against the flags, whose pixels are means of their areas. An edge within a pixel then
 * is off by a sixteenth of it; with the grid of 2 x 2 that soft nets were content with a sharp one's is off by a quarter, and
 * does not move at all while a box's end moves by less than half a pixel.
 */
export const COMPARED_SAMPLES: SampleCount = 8

/** What the head puts out over a box, raw: the first input grows along columns, the second along rows. */
export interface RawSquare {
  /** Pixels along an edge. */
  readonly size: number
  /** [samples, size, size, 3]: a grid for each sample, all its points as far from their pixels' centres. */
  readonly values: Float32Array
}

/** Evaluates a network over boxes. @param size pixels along an edge of the squares */
export function createSquareDrawer(network: Network, size: number, samples: SampleCount): (box: Box) => RawSquare {
  const offsets = sampleOffsets(samples)
  const points = samples * size * size
  const folded = foldNetwork(network)
  const evaluator = createEvaluator(folded)
  const inputs = new Float64Array(points * 2)
  return ([x0, x1, y0, y1]) => {
    for (let sample = 0, at = 0; sample < samples; sample++)
      for (let row = 0; row < size; row++)
        for (let column = 0; column < size; column++) {
          inputs[at++] = x0 + ((column + 0.5 + offsets[2 * sample]) / size) * (x1 - x0)
          inputs[at++] = y0 + ((row + 0.5 + offsets[2 * sample + 1]) / size) * (y1 - y0)
        }
    const values = evaluator
      ? evaluator.evaluate(new Float32Array(points * 3), inputs)
      : Float32Array.from(evaluateFolded(new Float64Array(points * 3), folded, inputs))
    return { size, values }
  }
}

/** The displayed colours of a raw square as the outputs' convention has it, channels in the net's own order: [size, size, 3], in levels. */
export function displayedSquare({ size, values }: RawSquare, output: Frame['output']): Float32Array {
  const shown = applyTone(values.slice(), toneOf({ output, channels: 'rgb' }))
  const square = new Float32Array(size * size * 3)
  for (let from = 0; from < shown.length; from += square.length)
    for (let i = 0; i < square.length; i++) square[i] += shown[from + i]
  const scale = (255 * square.length) / shown.length
  return square.map(value => value * scale)
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
