// Where the cells of the panel are, and how far a step goes.

import { expect, test } from 'vitest'
import {
  blocksOf,
  blockWidth,
  cellAt,
  cellSize,
  columnLeft,
  foldedBlocks,
  indexAt,
  placeOf,
  roundedTo,
  stepOf,
} from '../../src/app/scrub/matrices-layout.js'
import { deltaText, parameterText, parseValue } from '../../src/app/scrub/value-text.js'
import { listParameters, parameterName } from '../../src/edit/parameters.js'
import { createDenseArchitecture, MYSTERY_NET } from '../../src/model/architecture.js'
import { foldNetwork } from '../../src/model/fold.js'
import { createNetwork } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import { oracleFile } from '../browser/pages.js'

const list = listParameters(MYSTERY_NET)
const blocks = blocksOf(list)

test('every parameter has one cell, where PyTorch’s row and column of it are', () => {
  const seen = new Set<number>()
  for (const [b, block] of blocks.entries())
    for (let row = 0; row < block.rows; row++)
      for (let column = 0; column < block.columns; column++) {
        const index = indexAt(block, { row, column }) as number
        expect(placeOf(blocks, index)).toEqual({ block: b, row, column })
        seen.add(index)
      }
  expect(seen.size).toBe(list.count)
  expect(blocks).toHaveLength(9)
  expect(parameterName(list, indexAt(blocks[1], { row: 31, column: 15 }) as number)).toBe('dense2.weight[31, 15]')
  expect(parameterName(list, indexAt(blocks[1], { row: 31, column: 16 }) as number)).toBe('dense2.bias[31]')
  expect(parameterName(list, indexAt(blocks[1], { row: 31, column: 20 }) as number)).toBe('bn2.running_var[31]')
})

test.each([
  ['a drawer', MYSTERY_NET, 356],
  ['a phone', MYSTERY_NET, 368],
  ['a narrow phone', MYSTERY_NET, 280],
  ['a very wide net', createDenseArchitecture([256, 256], [2]), 356],
])('the pixel in the middle of a cell is that cell’s, at least six pixels wide: %s', (_, architecture, width) => {
  const own = blocksOf(listParameters(architecture))
  const cell = cellSize(own, width)
  expect(cell).toBeGreaterThanOrEqual(6)
  for (const block of own) {
    if (cell > 6) expect(blockWidth(block, cell)).toBeLessThanOrEqual(width)
    for (let column = 0; column < block.columns; column++) {
      const row = column % block.rows
      expect(cellAt(block, cell, columnLeft(block, column, cell) + cell / 2, (row + 0.5) * cell)).toEqual({
        row,
        column,
      })
    }
    expect(cellAt(block, cell, blockWidth(block, cell) + 1, 1)).toBeNull()
    expect(cellAt(block, cell, 1, -1)).toBeNull()
    expect(cellAt(block, cell, 1, block.rows * cell + 1)).toBeNull()
    // Between the weights and the bias.
    expect(cellAt(block, cell, columnLeft(block, block.groups[0].columns, cell) - 2, 1)).toBeNull()
  }
})

test('the folded view has a cell for every folded weight, and none of them is a parameter', () => {
  const folded = foldNetwork(createNetwork(StateDict.parse(oracleFile('nepal'))))
  const own = foldedBlocks(folded)
  expect(own.map(({ rows, columns }) => rows * columns)).toEqual(
    folded.layers.map(({ weight, bias }) => weight.length + bias.length),
  )
  expect(indexAt(own[0], { row: 0, column: 0 })).toBeNull()
})

test('a step is a twentieth of the standard deviation, to one digit, and something where all values are alike', () => {
  expect(stepOf([-1, 1, -1, 1])).toBe(0.05)
  expect(stepOf([0, 0.5])).toBe(0.01)
  expect(stepOf([1, 1, 1])).toBe(0.05)
  expect(stepOf([0, 0])).toBe(0.05)
  expect(roundedTo(0.123456789, 0.05)).toBe(0.1235)
  expect(roundedTo(-1234.56789, 100)).toBe(-1235)
})

test('what is typed is read as people write numbers, and refused in a line else', () => {
  for (const [text, value] of [
    ['0.25', 0.25],
    [' -3 ', -3],
    ['−3', -3],
    ['1e-4', 1e-4],
    ['.5', 0.5],
    ['0,25', 0.25],
    ['+7.', 7],
  ] as const)
    expect(parseValue(text), text).toBe(value)
  for (const text of ['', 'NaN', 'nan', 'Infinity', '-inf', '1e999', '0x10', '1 2', '1,2,3', 'one', '--1'])
    expect(() => parseValue(text), text).toThrow(/^expected a finite number, got /)
  expect(parseValue(parameterText(-0.123))).toBe(-0.123)
  expect(deltaText(0.5)).toBe('+0.5')
  expect(deltaText(-0.5)).toBe('−0.5')
})
