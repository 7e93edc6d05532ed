// A reading in words.

import { expect, test } from 'vitest'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import { aspectText, confidenceText, frameLabel, frameLines } from '../../src/solve/words.js'

test('proportions are told as flags have them', () => {
  const texts = [2, 1.5, 1, 1.9, 28 / 11, 0.8203356, 1.7320508, null].map(aspectText)
  expect(texts).toEqual(['2:1', '3:2', '1:1', '19:10', '28:11', '0.8203:1', '1.732:1', 'proportions unknown'])
})

test('what is not certain is never told as 100 %', () => {
  expect([1, 0.9999, 0.995, 0.5, 0.004, 0].map(confidenceText)).toEqual([
    '100 %',
    '99 %',
    '99 %',
    '50 %',
    'below 1 %',
    'below 1 %',
  ])
})

test('a frame is told by what differs: flips, ranges, outputs', () => {
  const frame = { ...DEFAULT_FRAME, aspect: 2 }
  expect(frameLabel(frame)).toBe('2:1 · x first · -1 to 1')
  expect(frameLabel({ ...frame, x: [1, 0], y: [1, -1], order: 'yx', output: 'rgb255', channels: 'bgr' })).toBe(
    '2:1 · y first · x leftwards · y upwards · 0 to 1 by -1 to 1 · colours 0 to 255 · blue first',
  )
  expect(frameLines({ ...frame, y: [639.5, -0.5] })[0]).toBe(
    'x -1 to 1 from left to right, y 639.5 to -0.5 from top to bottom',
  )
})
