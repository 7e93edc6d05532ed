// From the tape to the parameters: how the raw outputs at a point change with each of them. Every derivative by a parameter is
// the gradient by what its layer gave, times a factor of that layer alone, which its kind knows.

import { listParameters, type ParameterTensor } from '../edit/parameters.js'
import { type Architecture, OUTPUT_DIM } from '../model/architecture.js'
import { kindOf } from '../model/layers/kinds.js'
import type { Tape, TapeStage } from '../model/tape.js'

/** A tensor of the list with the stage of the tape that it acts in. */
export interface TapedTensor {
  readonly tensor: ParameterTensor
  readonly stage: TapeStage
}

/** Pairs the tensors of an architecture's parameter list with the stages of a tape of its layers. */
export function tapedTensors(architecture: Architecture, { stages }: Tape): readonly TapedTensor[] {
  return listParameters(architecture).tensors.map(tensor => ({ tensor, stage: stages[tensor.layer] }))
}

/**
 * How what a layer gave changes with the parameters of one tensor, after {@link runForward}. A bias or batch norm's vector:
 * value u by parameter u. A linear layer's weight [outDim, inDim]: value o by parameter [o, i], the same for every o.
 * @param out at least [dim], or [inDim] for a linear layer's weight; written and returned
 */
export function parameterFactors(out: Float64Array, { tensor, stage }: TapedTensor): Float64Array {
  const { layer, input } = stage
  kindOf(layer).parameterFactors(out, tensor.role, layer, input)
  return out
}

/**
 * Writes the derivatives of the three raw outputs by every parameter, after {@link runForward} and {@link runBackward}.
 * @param out [count, 3] by the flat index of `listParameters`; written and returned
 */
export function parameterGradients(out: Float64Array, architecture: Architecture, tape: Tape): Float64Array {
  for (const taped of tapedTensors(architecture, tape)) {
    const { tensor, stage } = taped
    const inDim = tensor.shape.length === 2 ? tensor.shape[1] : 1
    const factors = parameterFactors(new Float64Array(Math.max(inDim, stage.values.length)), taped)
    for (let k = 0, to = tensor.start * OUTPUT_DIM; k < tensor.count; k++) {
      const unit = Math.floor(k / inDim)
      const factor = factors[tensor.shape.length === 2 ? k % inDim : k]
      for (let c = 0; c < OUTPUT_DIM; c++, to++) out[to] = stage.gradients[unit * OUTPUT_DIM + c] * factor
    }
  }
  return out
}
