// The float64 reference: the truth that shader and kernel are held against, itself held against PyTorch's float64.
// `traceNetwork` runs the layers as they are, with every stage's output; `evaluateFolded` runs the folded layers over
// many points. Dimension letters: n points, d units of a stage.

import { INPUT_DIM, OUTPUT_DIM } from './architecture.js'
import { type FoldedNetwork, layersOf } from './fold.js'
import { ForwardPass } from './forward.js'
import type { Network } from './network.js'
import { createTape, runBackward, runForward } from './tape.js'

/** The output of one stage at one point: its layer's name, and d values. Linear layers before a GELU report too. */
export interface Stage {
  readonly name: string
  readonly values: Float64Array
}

/** Evaluates the unfolded network at one input (first, second) as the net takes it; returns every stage in order. */
export function traceNetwork({ layers }: Network, first: number, second: number): readonly Stage[] {
  const pass = new ForwardPass(layers, INPUT_DIM, 1, true)
  pass.input.set([first, second])
  pass.run(1)
  return layers.map(({ name }, index) => ({ name, values: pass.outputs[index] }))
}

/**
 * Evaluates the folded network: raw head outputs, unclamped.
 * @param out [n, 3], written and returned
 * @param inputs [n, 2] (first, second) as the net takes them
 */
export function evaluateFolded(out: Float64Array, folded: FoldedNetwork, inputs: ArrayLike<number>): Float64Array {
  return new ForwardPass(layersOf(folded), INPUT_DIM).evaluate(out, inputs)
}

/** The first-order picture at one input: raw outputs [3] and their Jacobian [3, 2] by (first, second). */
export interface Linearization {
  readonly value: Float64Array
  readonly jacobian: Float64Array
}

/** Differentiates the folded network at (first, second), in reverse, exactly (no differences). */
export function linearizeFolded(folded: FoldedNetwork, first: number, second: number): Linearization {
  const tape = createTape(layersOf(folded))
  runForward(tape, first, second)
  runBackward(tape)
  const jacobian = new Float64Array(OUTPUT_DIM * INPUT_DIM)
  for (let c = 0; c < OUTPUT_DIM; c++)
    for (let i = 0; i < INPUT_DIM; i++) jacobian[c * INPUT_DIM + i] = tape.inputGradients[i * OUTPUT_DIM + c]
  return { value: tape.raw, jacobian }
}
