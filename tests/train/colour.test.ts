// Colours as people write them.

import { expect, test } from 'vitest'
import { parseColour, WHITE } from '../../src/train/colour.js'

test.each([
  ['#fff', [255, 255, 255]],
  ['#000000', [0, 0, 0]],
  ['#1aF', [0x11, 0xaa, 0xff]],
  ['#0a3161', [10, 49, 97]],
  [' #C8102E ', [200, 16, 46]],
] as const)('%s is the levels %j', (text, levels) => {
  expect(parseColour(text)).toEqual(levels.map(level => level / 255))
})

test('white is the paper', () => {
  expect(parseColour('#ffffff')).toEqual(WHITE)
})

test.each(['', '#', 'fff', '#ff', '#ffff', '#fffff', '#fffffff', '#ggg', 'white', 'rgb(1,2,3)', '#ff ff ff'])(
  '"%s" is refused in one line',
  text => {
    expect(() => parseColour(text)).toThrow(/^expected a colour #rgb or #rrggbb, such as #fff$/)
  },
)
