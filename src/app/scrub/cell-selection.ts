// The cells of the panel: which one the keyboard is at, which one is under the pointer, and what is to be read there. They are those of the
// parameters, or of the folded view.

import { parameterName } from '../../edit/parameters.js'
import { Announcer } from './announcer.js'
import { FoldedView } from './folded-view.js'
import { blocksOf, type CellPlace, groupAt, indexAt, type MatrixBlock, placeOf } from './matrices-layout.js'
import type { ScrubSession } from './session.js'
import { deltaText, parameterText } from './value-text.js'

/** A cell of the panel. */
export interface PanelCell extends CellPlace {
  readonly block: number
}

/** What the readout says of a cell. */
export interface CellReading {
  readonly name: string
  readonly value: number
  /** Null in the folded view, where nothing is edited. */
  readonly original: number | null
  readonly index: number | null
}

export class CellSelection {
  /** The parameters', a linear layer each. */
  readonly parameterBlocks: readonly MatrixBlock[]
  readonly folded: FoldedView
  readonly announcer: Announcer
  /** What the keyboard is at. */
  active: PanelCell = { block: 0, row: 0, column: 0 }
  /** What is being typed in place of the active cell's value; null while nothing is. */
  typed: string | null = null
  #hovered: PanelCell | null = null
  #isFolded = false

  constructor(
    private readonly session: ScrubSession,
    private readonly requestRender: () => void,
  ) {
    this.parameterBlocks = blocksOf(session.parameters)
    this.folded = new FoldedView(session)
    this.announcer = new Announcer(() => this.#announcement, requestRender)
  }

  dispose(): void {
    this.announcer.dispose()
  }

  /** The blocks that are seen: the parameters', or the folded layers. */
  get blocks(): readonly MatrixBlock[] {
    return this.#isFolded ? this.folded.blocks : this.parameterBlocks
  }

  get isFolded(): boolean {
    return this.#isFolded
  }

  set isFolded(isFolded: boolean) {
    if (isFolded === this.#isFolded) return
    this.#isFolded = isFolded
    this.typed = null
    this.#hovered = null
    // The folded blocks have no batch norm.
    const { block, row, column } = this.active
    this.active = { block, row, column: Math.min(column, this.blocks[block].columns - 1) }
    this.requestRender()
  }

  /** Under the pointer; null while it is over no cell. */
  get hovered(): PanelCell | null {
    return this.#hovered
  }

  set hovered(cell: PanelCell | null) {
    if (sameCell(cell, this.#hovered)) return
    this.#hovered = cell
    this.requestRender()
  }

  /** Makes a cell the one that the keyboard is at. */
  select(cell: PanelCell): void {
    this.active = cell
    this.announcer.tellLater()
    this.requestRender()
  }

  /** As {@link select}, by the focus alone, of which a screen reader tells itself. */
  enter(cell: PanelCell): void {
    this.active = cell
    this.requestRender()
  }

  /** Selects a parameter's cell, which the folded view does not have. */
  selectParameter(index: number): void {
    this.isFolded = false
    this.select(placeOf(this.parameterBlocks, index))
  }

  /**
   * Goes to a cell beside the active one. Beyond the first and the last row of a block is the next block; beyond the blocks there is nothing,
   * and beyond the columns the last one of them.
   * @returns whether another block was entered
   */
  move({ block, row, column }: PanelCell): boolean {
    const { blocks } = this
    let to = { block, row }
    if (block >= 0 && block < blocks.length) {
      if (row < 0) to = { block: block - 1, row: (blocks[block - 1]?.rows ?? 1) - 1 }
      else if (row >= blocks[block].rows) to = { block: block + 1, row: 0 }
    }
    if (to.block < 0 || to.block >= blocks.length) return false
    const isEntering = to.block !== this.active.block
    this.select({ ...to, column: Math.max(0, Math.min(blocks[to.block].columns - 1, column)) })
    this.hovered = null
    return isEntering
  }

  /** What the readout speaks of: what is under the pointer, else what the keyboard is at or is typed into. */
  get reading(): CellReading {
    return this.readingOf(this.typed === null ? (this.hovered ?? this.active) : this.active)
  }

  readingOf(cell: PanelCell): CellReading {
    const block = this.blocks[cell.block]
    const index = indexAt(block, cell)
    if (index === null) {
      const { title, firstColumn, columns } = groupAt(block, cell.column)
      const inner = columns > 1 ? `${cell.row}, ${cell.column - firstColumn}` : String(cell.row)
      const value = this.folded.valuesOf(cell.block)[cell.row * block.columns + cell.column]
      return { name: title.replace(/(, folded)?$/, `[${inner}]$1`), value, original: null, index: null }
    }
    const { values, originalValues, parameters } = this.session
    return { name: parameterName(parameters, index), value: values[index], original: originalValues[index], index }
  }

  /** What a screen reader says of a cell. */
  textOf(cell: PanelCell): string {
    const { name, value, original } = this.readingOf(cell)
    const change = original === null || original === value ? '' : `, was ${parameterText(original)}`
    return `${name} = ${parameterText(value)}${change}`
  }

  /** How many parameters of a block are not the file's. */
  changesOf(block: MatrixBlock): number {
    const { values, originalValues } = this.session
    let count = 0
    for (const { tensor } of block.groups) {
      if (!tensor) continue
      for (let i = tensor.start; i < tensor.start + tensor.count; i++) if (values[i] !== originalValues[i]) count++
    }
    return count
  }

  get #announcement(): string {
    const { value, original, name } = this.readingOf(this.active)
    const delta = original === null || value === original ? '' : `, ${deltaText(value - original)}`
    return `${name} = ${parameterText(value)}${delta}`
  }
}

function sameCell(a: PanelCell | null, b: PanelCell | null): boolean {
  return a === b || (a?.block === b?.block && a?.row === b?.row && a?.column === b?.column)
}
