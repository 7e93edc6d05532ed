// A network in training as it will be seen: in inference mode, batch norm folded.

import type { Architecture } from '../model/architecture.js'
import { FormatError, UnsupportedError } from '../model/errors.js'
import { type FoldedNetwork, foldNetwork } from '../model/fold.js'
import { layerWithValues } from '../model/layers/kinds.js'
import type { Network } from '../model/network.js'
import { Evaluator } from '../kernel/evaluator.js'
import { checkKernelWeights } from '../kernel/kernel-weights.js'
import type { Tensors } from '../kernel/training.js'

/** A Network from tensors as the kernel gives them, in float64. */
export function networkFromTensors(architecture: Architecture, tensors: Tensors): Network {
  const layers = architecture.layers.map(layer =>
    layerWithValues(layer, ({ name }) => Float64Array.from(tensors.get(name) ?? [])),
  )
  return { architecture, layers, prefix: '', warnings: [] }
}

/** Folds a network in training. @returns null when a weight, folded, is no finite float32 */
export function foldTensors(architecture: Architecture, tensors: Tensors): FoldedNetwork | null {
  try {
    const folded = foldNetwork(networkFromTensors(architecture, tensors))
    checkKernelWeights(folded)
    return folded
  } catch (error) {
    // Beyond float64 when folded, or beyond float32.
    if (error instanceof FormatError || error instanceof UnsupportedError) return null
    throw error
  }
}

/** One evaluator for all moments of a network in training. */
export class TrainingEvaluator {
  readonly #architecture: Architecture
  #evaluator: Evaluator | null = null

  constructor(architecture: Architecture) {
    this.#architecture = architecture
  }

  /**
   * Takes the network as it is now.
   * @returns valid until the next call; null when a weight, folded, is no finite float32
   * @throws UnsupportedError when the kernel cannot run here
   */
  load(tensors: Tensors): Evaluator | null {
    const folded = foldTensors(this.#architecture, tensors)
    if (!folded) return null
    if (this.#evaluator) this.#evaluator.setNetwork(folded)
    else this.#evaluator = new Evaluator(folded)
    return this.#evaluator
  }
}
