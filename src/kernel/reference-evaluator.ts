// The float64 reference where the kernel would stand: slower by far, and knows every kind of layer.

import { OUTPUT_DIM } from '../model/architecture.js'
import type { FoldedNetwork } from '../model/fold.js'
import { evaluateFolded } from '../model/reference.js'
import { evaluateTap, type Tap } from '../model/tap.js'
import { Evaluator } from './evaluator.js'
import { checkKernelWeights } from './kernel-weights.js'
import { isKnownToKernel } from './evaluator-layout.js'
import { type Kernel, STRICT } from './module.js'
import type { PointEvaluator } from './point-evaluator.js'

class ReferenceEvaluator implements PointEvaluator {
  #centre: readonly [number, number] = [0, 0]

  constructor(private folded: FoldedNetwork) {}

  setNetwork(folded: FoldedNetwork): void {
    this.folded = folded
    this.#centre = [0, 0]
  }

  setCentre(first: number, second: number): void {
    this.#centre = [first, second]
  }

  evaluate(out: Float32Array, inputs: ArrayLike<number>): Float32Array {
    const count = inputs.length / 2
    out.set(evaluateFolded(new Float64Array(count * OUTPUT_DIM), this.folded, this.#absolute(inputs)))
    return out
  }

  evaluateTap(out: Float32Array, tap: Tap, inputs: ArrayLike<number>): Float32Array {
    out.set(evaluateTap(new Float64Array(inputs.length / 2), this.folded, tap, this.#absolute(inputs)))
    return out
  }

  #absolute(inputs: ArrayLike<number>): Float64Array {
    return Float64Array.from(inputs, (offset, i) => offset + this.#centre[i & 1])
  }
}

/**
 * Creates what evaluates a network: the kernel, or the reference where the kernel does not know a kind of layer.
 * @throws UnsupportedError when the kernel cannot run here, or a weight is beyond float32
 */
export function createPointEvaluator(folded: FoldedNetwork, kernel: Kernel = STRICT): PointEvaluator {
  if (isKnownToKernel(folded)) return new Evaluator(folded, kernel)
  checkKernelWeights(folded)
  return new ReferenceEvaluator(folded)
}
