// Paints the matrices of the panel on their canvases, and of these only the ones on which something has changed: a wheel that turns repaints
// one layer a frame.

import type { CellSelection } from './cell-selection.js'
import { paintBlock } from './matrices.js'
import { colourScale, indexAt, type MatrixBlock } from './matrices-layout.js'
import type { ScrubSession } from './session.js'

/** What was painted last. */
interface Painted {
  readonly values: Float64Array
  readonly levels: Float32Array | null
  /** Where the keyboard is at, and how large everything is. */
  readonly state: string
}

export class MatrixPainter {
  /** Figures that the cells are coloured by in place of their values: [session.parameters.count] in [0, 1]. */
  levels: Float32Array | null = null
  /** What the ends of the colours stand for, by block and column. */
  readonly #scales: readonly Float64Array[]
  #painted: Painted | null = null

  constructor(
    private readonly session: ScrubSession,
    private readonly selection: CellSelection,
  ) {
    const { originalValues } = session
    this.#scales = selection.parameterBlocks.map(({ columns, groups }) => {
      const scales = new Float64Array(columns)
      for (const { tensor, firstColumn, columns: count } of groups) {
        if (!tensor) continue
        const values = originalValues.subarray(tensor.start, tensor.start + tensor.count)
        scales.fill(colourScale(values), firstColumn, firstColumn + count)
      }
      return scales
    })
  }

  /** Whether the colours are the values': else they are those of a section's figures. */
  get isByValue(): boolean {
    return this.levels === null || this.selection.isFolded
  }

  /**
   * @param canvasOf the canvas of a block, by its index; null while it is not there
   * @param cell edge of a cell, CSS pixels
   */
  paint(canvasOf: (block: number) => HTMLCanvasElement | null, cell: number): void {
    const { levels } = this
    const { values } = this.session
    const { active, isFolded, blocks, folded } = this.selection
    const ratio = devicePixelRatio
    const state = JSON.stringify([active, cell, isFolded, ratio])
    const before = this.#painted
    this.#painted = { values, levels, state }
    for (const [b, block] of blocks.entries()) {
      const canvas = canvasOf(b)
      if (!canvas) continue
      const isSame = before?.state === state && before.levels === levels && !isFolded
      if (isSame && canvas.width > 0 && !differs(block, values, before.values)) continue
      const cells = isFolded
        ? { values: folded.valuesOf(b), changed: null, levels: null, scales: folded.scalesOf(b) }
        : { ...this.#parametersOf(block), scales: this.#scales[b] }
      paintBlock(canvas, { block, cell, ...cells, active: active.block === b ? active : null }, ratio)
    }
  }

  /** The values of a block, what of them is changed, and their figures: [rows, columns] each. */
  #parametersOf(block: MatrixBlock): { values: Float64Array; changed: Uint8Array; levels: Float32Array | null } {
    const { values, originalValues } = this.session
    const { rows, columns } = block
    const cells = new Float64Array(rows * columns)
    const changed = new Uint8Array(rows * columns)
    const levels = this.levels && new Float32Array(rows * columns)
    for (let row = 0, i = 0; row < rows; row++)
      for (let column = 0; column < columns; column++, i++) {
        const index = indexAt(block, { row, column }) as number
        cells[i] = values[index]
        changed[i] = values[index] === originalValues[index] ? 0 : 1
        if (levels && this.levels) levels[i] = this.levels[index]
      }
    return { values: cells, changed, levels }
  }
}

/** Whether a parameter of a block has another value. */
function differs({ groups }: MatrixBlock, values: Float64Array, before: Float64Array): boolean {
  if (values === before) return false
  return groups.some(({ tensor }) => {
    if (!tensor) return false
    for (let i = tensor.start; i < tensor.start + tensor.count; i++) if (values[i] !== before[i]) return true
    return false
  })
}
