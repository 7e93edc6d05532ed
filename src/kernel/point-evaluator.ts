// What evaluates a network at points: the kernel, or in its place the float64 reference, for what the kernel does not know.

import type { FoldedNetwork } from '../model/fold.js'
import type { Tap } from '../model/tap.js'

export interface PointEvaluator {
  /** Replaces the weights by those of another network of the same architecture; the centre is (0, 0) again. */
  setNetwork(folded: FoldedNetwork): void
  /** Sets the point that inputs are offsets from: (first, second) as the net takes them. At first (0, 0). */
  setCentre(first: number, second: number): void
  /**
   * Evaluates the network: raw head outputs, unclamped.
   * @param out [n, 3], written and returned
   * @param inputs [n, 2] (first, second), relative to the centre
   */
  evaluate(out: Float32Array, inputs: ArrayLike<number>): Float32Array
  /**
   * Evaluates one unit.
   * @param out [n], written and returned
   * @param inputs [n, 2] (first, second), relative to the centre
   * @throws FormatError when the network has no such tap
   */
  evaluateTap(out: Float32Array, tap: Tap, inputs: ArrayLike<number>): Float32Array
}
