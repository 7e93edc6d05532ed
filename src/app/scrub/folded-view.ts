// The folded view of what is edited: the weights and biases that the kernels evaluate, each layer's batch norm within the next, as blocks
// of the panel. They are no parameters, and there is nothing in them to be edited.

import { foldNetwork } from '../../model/fold.js'
import type { Network } from '../../model/network.js'
import { colourScale, foldedBlocks, type MatrixBlock } from './matrices-layout.js'
import type { ScrubSession } from './session.js'

interface FoldedBlocks {
  readonly of: Network
  readonly blocks: readonly MatrixBlock[]
  /** By block: [rows, columns], the bias last. */
  readonly values: readonly Float64Array[]
}

export class FoldedView {
  #known: FoldedBlocks | null = null
  #scales: readonly Float64Array[] | null = null

  constructor(private readonly session: ScrubSession) {}

  get blocks(): readonly MatrixBlock[] {
    return this.#current.blocks
  }

  /** Values of a block: [rows, columns]. */
  valuesOf(block: number): Float64Array {
    return this.#current.values[block]
  }

  /** What the ends of the colours stand for, by column of a block: the same for all edits of a file. */
  scalesOf(block: number): Float64Array {
    this.#scales ??= foldNetwork(this.session.original).layers.map(({ weight, bias, inDim }) => {
      const scales = new Float64Array(inDim + 1).fill(colourScale(weight))
      scales[inDim] = colourScale(bias)
      return scales
    })
    return this.#scales[block]
  }

  /** Folded anew for other weights only. */
  get #current(): FoldedBlocks {
    const { network } = this.session
    if (this.#known?.of !== network) {
      const folded = foldNetwork(network)
      const values = folded.layers.map(({ weight, bias, inDim, outDim }) => {
        const cells = new Float64Array(outDim * (inDim + 1))
        for (let o = 0; o < outDim; o++) {
          cells.set(weight.subarray(o * inDim, (o + 1) * inDim), o * (inDim + 1))
          cells[o * (inDim + 1) + inDim] = bias[o]
        }
        return cells
      })
      this.#known = { of: network, blocks: foldedBlocks(folded), values }
    }
    return this.#known
  }
}
