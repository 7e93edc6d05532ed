// Where every parameter stands in the panel: a block a linear layer, a row of it a unit, with the unit's weights, its bias
// and the four numbers of the batch norm that takes what it gives. No page: only rows, columns and pixels.

import type { LinearTensors, ParameterList, ParameterTensor } from '../../edit/parameters.js'
import type { FoldedNetwork } from '../../model/fold.js'

/** Columns that belong together. */
export interface ColumnGroup {
  /** Short, for over the columns; '' over the weights. */
  readonly label: string
  readonly title: string
  /** Null in a folded block, whose values are no parameters. */
  readonly tensor: ParameterTensor | null
  readonly firstColumn: number
  readonly columns: number
}

/** A layer. */
export interface MatrixBlock {
  readonly name: string
  readonly title: string
  readonly rows: number
  readonly columns: number
  readonly groups: readonly ColumnGroup[]
}

/** A cell of a block. */
export interface CellPlace {
  readonly row: number
  readonly column: number
}

/** Pixels between the groups, so that what they are can be written over them. */
const GROUP_GAP = 6
const [SMALLEST_CELL, LARGEST_CELL] = [6, 11]

const NORM_GROUPS = [
  { role: 'weight', label: 'γ' },
  { role: 'bias', label: 'β' },
  { role: 'runningMean', label: 'μ' },
  { role: 'runningVar', label: 'σ²' },
] as const

/** The blocks of a network, one a linear layer. */
export function blocksOf({ linears }: ParameterList): readonly MatrixBlock[] {
  return linears.map(blockOf)
}

function blockOf({ name, inDim, outDim, weight, bias, norm }: LinearTensors): MatrixBlock {
  const groups: ColumnGroup[] = [
    { label: '', title: weight.name, tensor: weight, firstColumn: 0, columns: inDim },
    { label: 'b', title: bias.name, tensor: bias, firstColumn: inDim, columns: 1 },
  ]
  if (norm)
    NORM_GROUPS.forEach(({ role, label }, i) => {
      const tensor = norm[role]
      groups.push({ label, title: tensor.name, tensor, firstColumn: inDim + 1 + i, columns: 1 })
    })
  const normed = norm ? `, ${norm.weight.name.replace(/\.weight$/, '')}` : ''
  return { name, title: `${name}${normed}`, rows: outDim, columns: inDim + 1 + (norm ? 4 : 0), groups }
}

/** The blocks of a folded network: weights and biases that no file holds. */
export function foldedBlocks({ layers }: FoldedNetwork): readonly MatrixBlock[] {
  return layers.map(({ name, inDim, outDim }) => ({
    name,
    title: `${name}, folded`,
    rows: outDim,
    columns: inDim + 1,
    groups: [
      { label: '', title: `${name}.weight, folded`, tensor: null, firstColumn: 0, columns: inDim },
      { label: 'b', title: `${name}.bias, folded`, tensor: null, firstColumn: inDim, columns: 1 },
    ],
  }))
}

/** The group that a column belongs to. */
export function groupAt({ groups }: MatrixBlock, column: number): ColumnGroup {
  return groups.findLast(({ firstColumn }) => firstColumn <= column) as ColumnGroup
}

/** The flat index of a cell's parameter; null in a folded block. */
export function indexAt(block: MatrixBlock, { row, column }: CellPlace): number | null {
  const { tensor, firstColumn, columns } = groupAt(block, column)
  return tensor && tensor.start + row * columns + (column - firstColumn)
}

/** Where a parameter stands. */
export function placeOf(blocks: readonly MatrixBlock[], index: number): CellPlace & { readonly block: number } {
  for (const [b, { groups }] of blocks.entries())
    for (const { tensor, firstColumn, columns } of groups) {
      if (!tensor || index < tensor.start || index >= tensor.start + tensor.count) continue
      const offset = index - tensor.start
      return { block: b, row: Math.floor(offset / columns), column: firstColumn + (offset % columns) }
    }
  throw new RangeError(`no parameter ${index}`)
}

/** The edge of a cell, pixels: the widest block fills the width where that is at least the smallest that can be hit. */
export function cellSize(blocks: readonly MatrixBlock[], width: number): number {
  const fits = blocks.map(({ columns, groups }) => (width - GROUP_GAP * (groups.length - 1)) / columns)
  return Math.max(SMALLEST_CELL, Math.min(LARGEST_CELL, Math.floor(Math.min(...fits))))
}

/** Left edge of a column, pixels. */
export function columnLeft(block: MatrixBlock, column: number, cell: number): number {
  return column * cell + GROUP_GAP * block.groups.indexOf(groupAt(block, column))
}

/** Width of a block, pixels. */
export function blockWidth({ columns, groups }: MatrixBlock, cell: number): number {
  return columns * cell + GROUP_GAP * (groups.length - 1)
}

/** The cell at a position in a block, pixels; null in a gap and outside. */
export function cellAt(block: MatrixBlock, cell: number, x: number, y: number): CellPlace | null {
  const row = Math.floor(y / cell)
  if (row < 0 || row >= block.rows) return null
  for (const { firstColumn, columns } of block.groups) {
    const left = columnLeft(block, firstColumn, cell)
    if (x >= left && x < left + columns * cell) return { row, column: firstColumn + Math.floor((x - left) / cell) }
  }
  return null
}

/**
 * A step of the keyboard or a notch of the wheel: a twentieth of what the values of the tensor vary by, rounded to one
 * digit, so that values stay short.
 * @param values of the tensor in the file
 */
export function stepOf(values: ArrayLike<number>): number {
  const count = values.length
  let mean = 0
  for (let i = 0; i < count; i++) mean += values[i] / count
  let variance = 0
  for (let i = 0; i < count; i++) variance += (values[i] - mean) ** 2 / count
  // An untrained batch norm's are all the same.
  const spread = Math.sqrt(variance) || Math.abs(mean) || 1
  return Number(Math.min(1e30, Math.max(1e-30, spread / 20)).toPrecision(1))
}

/** What the ends of the colours stand for: three times the root mean square. @param values of the tensor in the file */
export function colourScale(values: ArrayLike<number>): number {
  let squares = 0
  for (let i = 0; i < values.length; i++) squares += values[i] ** 2 / values.length
  return Math.sqrt(squares) * 3 || 1
}

/** Rounds a value to a hundredth of a step, so that what is dragged has no endless digits. */
export function roundedTo(value: number, step: number): number {
  const digits = Math.min(40, Math.max(0, 2 - Math.floor(Math.log10(step))))
  return Number(value.toFixed(digits))
}
