// One evaluation of a sequence of layers with everything that reverse mode needs kept: a tape. Memory is allocated once; forward and
// backward run over it point after point. Inference mode: running statistics are parameters like any other, not functions of a
// batch (src/kernel trains, with batch statistics). Dimension letters: d units of a stage, 3 raw outputs.

import { INPUT_DIM, OUTPUT_DIM } from './architecture.js'
import { ForwardPass } from './forward.js'
import { kindOf, type NetworkLayer } from './layers/kinds.js'

/** What a layer took, gave, and how the head's raw values change with what it gave. */
export interface TapeStage {
  readonly layer: NetworkLayer
  /** What the layer took: the values of the stage in front of it, the same array. */
  readonly input: Float64Array
  /** [d] */
  readonly values: Float64Array
  /** [d, 3]: derivatives of the three raw outputs by each value, after {@link runBackward}. */
  readonly gradients: Float64Array
}

export interface Tape {
  readonly pass: ForwardPass
  /** [2, 3]: derivatives of the raw outputs by the inputs. */
  readonly inputGradients: Float64Array
  /** One for each of the layers, in order. */
  readonly stages: readonly TapeStage[]
  /** [3]: the values of the last stage. */
  readonly raw: Float64Array
}

/** Allocates the tape of a network's layers. Their arrays are read at every run: what changes them in place is followed. */
export function createTape(layers: readonly NetworkLayer[]): Tape {
  const pass = new ForwardPass(layers, INPUT_DIM, 1, true)
  const stages = layers.map((layer, index): TapeStage => {
    const values = pass.outputs[index]
    const input = index > 0 ? pass.outputs[index - 1] : pass.input
    return { layer, input, values, gradients: new Float64Array(values.length * OUTPUT_DIM) }
  })
  const raw = stages[stages.length - 1].values
  return { pass, inputGradients: new Float64Array(INPUT_DIM * OUTPUT_DIM), stages, raw }
}

/** Evaluates the layers at one input (first, second) as the net takes it. */
export function runForward({ pass }: Tape, first: number, second: number): void {
  pass.input[0] = first
  pass.input[1] = second
  pass.run(1)
}

/** Differentiates the three raw outputs by every value of the evaluation, in reverse, exactly (no differences). */
export function runBackward({ stages, inputGradients }: Tape): void {
  const last = stages[stages.length - 1].gradients
  last.fill(0)
  for (let c = 0; c < OUTPUT_DIM; c++) last[c * OUTPUT_DIM + c] = 1
  for (let s = stages.length - 1; s >= 0; s--) {
    const { layer, input, gradients } = stages[s]
    kindOf(layer).backward(s > 0 ? stages[s - 1].gradients : inputGradients, gradients, layer, input)
  }
}
