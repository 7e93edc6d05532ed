// The forward pass in float64: layers over points, a few side by side. Everything in TypeScript that evaluates a net goes through
// it, be it the reference, a tap, statistics or derivatives, and looks at what it wants to see on the way. Dimension letters: n
// points in all, d units of a stage.

import { kindOf, type NetworkLayer } from './layers/kinds.js'

/**
 * Is shown what a layer gave.
 * @param index of the layer
 * @param output [d, stride], the first `points` columns: to be read, and copied where it must last
 * @param input what the layer took, likewise
 */
export type Visitor = (index: number, output: Float64Array, input: Float64Array, points: number) => void

/** As many points as a linear layer takes together. */
const STRIDE = 4

/** A sequence of layers with the memory that a pass needs: made once, run often. Layers' values are read at every run. */
export class ForwardPass {
  /** [inputs, stride]: written before a run. */
  readonly input: Float64Array
  /** What each layer gives: [d, stride]. Every second layer shares, unless all is kept. */
  readonly outputs: readonly Float64Array[]
  readonly #outDim: number

  /**
   * @param inputDim how many numbers a point is
   * @param stride points that there is room for
   * @param keepsAll whether all layers' outputs are there after a run, and not the last alone
   */
  constructor(
    readonly layers: readonly NetworkLayer[],
    inputDim: number,
    readonly stride = STRIDE,
    keepsAll = false,
  ) {
    const dims = layers.map(layer => kindOf(layer).outDim(layer))
    this.input = new Float64Array(inputDim * stride)
    this.#outDim = dims[dims.length - 1]
    if (keepsAll) this.outputs = dims.map(dim => new Float64Array(dim * stride))
    else {
      const shared = [0, 1].map(() => new Float64Array(Math.max(0, ...dims) * stride))
      this.outputs = dims.map((_, index) => shared[index % 2])
    }
  }

  /**
   * Evaluates the first `points` columns of the input.
   * @returns [d, stride]: what the last layer gives, valid until the next run
   */
  run(points: number, visit?: Visitor): Float64Array {
    let values = this.input
    this.layers.forEach((layer, index) => {
      const output = this.outputs[index]
      kindOf(layer).forward(output, values, layer, points, this.stride)
      visit?.(index, output, values, points)
      values = output
    })
    return values
  }

  /** Puts points [start, start + points) of inputs [n, inputs] where the next run takes them. */
  take(inputs: ArrayLike<number>, start: number, points: number): void {
    const { input, stride } = this
    const inputDim = input.length / stride
    for (let p = 0, from = start * inputDim; p < points; p++)
      for (let i = 0; i < inputDim; i++, from++) input[i * stride + p] = inputs[from]
  }

  /** Runs any number of points, as many at a time as there is room for. inputs: [n, inputs] as the net takes them */
  runAll(inputs: ArrayLike<number>, visit: Visitor): void {
    const { stride } = this
    const count = inputs.length / (this.input.length / stride)
    for (let start = 0; start < count; start += stride) {
      const points = Math.min(stride, count - start)
      this.take(inputs, start, points)
      this.run(points, visit)
    }
  }

  /**
   * Evaluates any number of points.
   * @param out [n, d] of what the last layer gives, written and returned
   * @param inputs [n, inputs] as the net takes them
   */
  evaluate(out: Float64Array, inputs: ArrayLike<number>): Float64Array {
    const last = this.layers.length - 1
    let to = 0
    this.runAll(inputs, (index, output, _, points) => {
      if (index !== last) return
      for (let p = 0; p < points; p++)
        for (let from = p; from < this.#outDim * this.stride; from += this.stride) out[to++] = output[from]
    })
    return out
  }
}
