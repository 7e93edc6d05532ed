// Image, net and difference side by side.

import { expect, test } from 'vitest'
import { drawComparison } from '../../src/train/comparison-picture.js'
import { pictureOf } from './picture-fixture.js'

test('image, net and five times their difference stand side by side, row by row', () => {
  // Two pixels, one below the other; differences 0, 0.1, 0.2 and 0.1, 0.5, 0.04.
  const image = pictureOf(1, 2, [0, 0.2, 0.4, 0.6, 0, 1])
  const net = pictureOf(1, 2, [0, 0.3, 0.6, 0.5, 0.5, 0.96])
  const { width, height, data } = drawComparison(image, net)
  expect([width, height]).toEqual([3, 2])
  const rows = [
    [0, 51, 102, 0, 77, 153, 0, 128, 255],
    [153, 0, 255, 128, 128, 245, 128, 255, 51],
  ]
  expect([...data]).toEqual(rows.flat())
})

test('a net beyond the range is shown clamped', () => {
  const { data } = drawComparison(pictureOf(1, 1, [0, 1, 0]), pictureOf(1, 1, [-7, 9, 2]))
  expect([...data.subarray(3, 6)]).toEqual([0, 255, 255])
})
