// The batch of every timing of the training step: pixels from all over the flag and their colours.

import { evaluateFolded } from '../src/model/reference.js'
import type { Workload } from './points.js'

export interface TrainingBatch {
  /** [n, 2] as the net takes them. */
  readonly inputs: Float32Array
  /** [n, 3] in [0, 1], what the outputs are to become. */
  readonly targets: Float32Array
  readonly count: number
}

/** Prime to the number of pixels: no pixel comes twice, neighbours in the batch are none in the picture. */
const STRIDE = 20_011

/** Takes `count` pixels of the flag, the colours being those that the trained net gives them. */
export function createTrainingBatch({ folded, inputs, count: pixels }: Workload, count: number): TrainingBatch {
  const points = Float64Array.from({ length: 2 * count }, (_, i) => {
    const pixel = ((i >> 1) * STRIDE) % pixels
    return inputs[2 * pixel + (i & 1)]
  })
  const colours = evaluateFolded(new Float64Array(count * 3), folded, points)
  return {
    inputs: Float32Array.from(points),
    targets: Float32Array.from(colours, value => Math.min(Math.max(value, 0), 1)),
    count,
  }
}
