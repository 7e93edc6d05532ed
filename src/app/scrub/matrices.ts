// Draws a block of the panel on its canvas: cells by a diverging map, marks on what is changed, the cell that the keyboard
// is at.

import { divergingColour } from '../../model/diverging.js'
import { sequentialColour } from './sensitivity-colour.js'
import { blockWidth, type CellPlace, columnLeft, type MatrixBlock } from './matrices-layout.js'

/** What a block shows. */
export interface BlockPicture {
  readonly block: MatrixBlock
  /** Edge of a cell, CSS pixels. */
  readonly cell: number
  /** [rows, columns] */
  readonly values: Float64Array
  /** What the ends of the colours stand for, by column: [columns] */
  readonly scales: Float64Array
  /** [rows, columns], 1 where a value is not the file's; null where nothing is marked. */
  readonly changed: Uint8Array | null
  /** [rows, columns] in [0, 1]: through the sequential map, in place of the values; null for the values. */
  readonly levels: Float32Array | null
  /** The cell that the keyboard is at, where it is in this block. */
  readonly active: CellPlace | null
}

const MARK = '#ffb454'

// The colours as bytes, once: a wheel that turns repaints thousands of cells a frame.
const LEVELS = 255
let palette: Uint8ClampedArray | null = null
let sequential: Uint8ClampedArray | null = null

function sequentialPalette(): Uint8ClampedArray {
  sequential ??= Uint8ClampedArray.from(
    Array.from({ length: LEVELS + 1 }, (_, i) => sequentialColour(i / LEVELS)).flat(),
  )
  return sequential
}

function paletteOf(): Uint8ClampedArray {
  if (palette) return palette
  palette = new Uint8ClampedArray((2 * LEVELS + 1) * 3)
  for (let i = -LEVELS; i <= LEVELS; i++)
    divergingColour(i / LEVELS).forEach((value, channel) => {
      ;(palette as Uint8ClampedArray)[(i + LEVELS) * 3 + channel] = 255 * value
    })
  return palette
}

/** A CSS colour of the map, for legends. @param t in [-1, 1] */
export function cellColour(t: number): string {
  return `rgb(${divergingColour(t)
    .map(value => Math.round(255 * value))
    .join(' ')})`
}

/** Paints a block over the whole canvas, which gets its size. @param ratio canvas pixels a CSS pixel */
export function paintBlock(canvas: HTMLCanvasElement, picture: BlockPicture, ratio: number): void {
  const { block, cell, changed, active } = picture
  const [width, height] = [blockWidth(block, cell), block.rows * cell]
  const [deviceWidth, deviceHeight] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== deviceWidth || canvas.height !== deviceHeight) {
    canvas.width = deviceWidth
    canvas.height = deviceHeight
    canvas.style.width = `${width}px`
    canvas.style.height = `${height}px`
  }
  const context = canvas.getContext('2d')
  if (!context) return
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  context.imageSmoothingEnabled = false
  const cells = cellsOf(picture)
  for (const { firstColumn, columns } of block.groups) {
    const left = columnLeft(block, firstColumn, cell)
    context.drawImage(cells, firstColumn, 0, columns, block.rows, left, 0, columns * cell, height)
    // A hair between the cells.
    context.fillStyle = 'rgb(29 32 38 / 55%)'
    for (let column = 1; column < columns; column++) context.fillRect(left + column * cell - 0.5, 0, 1, height)
    for (let row = 1; row < block.rows; row++) context.fillRect(left, row * cell - 0.5, columns * cell, 1)
  }
  if (changed) {
    context.beginPath()
    const size = Math.max(3, Math.floor(cell / 2.5))
    for (let column = 0; column < block.columns; column++) {
      const right = columnLeft(block, column, cell) + cell
      for (let row = 0; row < block.rows; row++) {
        if (changed[row * block.columns + column] === 0) continue
        context.moveTo(right, row * cell)
        context.lineTo(right - size, row * cell)
        context.lineTo(right, row * cell + size)
      }
    }
    context.fillStyle = MARK
    context.fill()
    context.lineWidth = 0.6
    context.strokeStyle = '#14161a'
    context.stroke()
  }
  if (active) {
    const [x, y] = [columnLeft(block, active.column, cell), active.row * cell]
    context.lineWidth = 3
    context.strokeStyle = '#14161a'
    context.strokeRect(x, y, cell, cell)
    context.lineWidth = 1.5
    context.strokeStyle = MARK
    context.strokeRect(x, y, cell, cell)
  }
}

/** The cells as a picture, a pixel each. */
function cellsOf({ block, values, scales, levels }: BlockPicture): OffscreenCanvas {
  const { rows, columns } = block
  const colours = levels ? sequentialPalette() : paletteOf()
  const image = new ImageData(columns, rows)
  for (let i = 0; i < values.length; i++) {
    const t = Math.round((values[i] / scales[i % columns]) * LEVELS)
    const entry = levels ? Math.round(levels[i] * LEVELS) : Math.min(LEVELS, Math.max(-LEVELS, t)) + LEVELS
    for (let channel = 0; channel < 3; channel++) image.data[4 * i + channel] = colours[3 * entry + channel]
    image.data[4 * i + 3] = 255
  }
  const canvas = new OffscreenCanvas(columns, rows)
  canvas.getContext('2d')?.putImageData(image, 0, 0)
  return canvas
}
