// The view: pixel (c, r) of a W x H picture at centre (X, Y) and zoom Z samples
// x = X + ((c + 0.5) / W - 0.5) (right - left) / Z and y likewise; the formula is written out here a second time.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_FRAME, type Frame } from '../../src/model/frame.js'
import { inputsOfPixels, pictureSize, samplingOf, type View, wholeFrame } from '../../src/model/view.js'
import { ORACLE_NAMES, oracleExpected } from './network-files.js'

const RUNS = process.env.VEXEL_FULL ? 5_000 : 300
/** A few roundings of float64, relative to the larger of the centre and the span. */
const RTOL = 1e-14

/** All inputs of a picture, by the design's formula. */
function formula(frame: Frame, view: View, width: number, height: number): number[] {
  const inputs: number[] = []
  for (let r = 0; r < height; r++)
    for (let c = 0; c < width; c++) {
      const x = view.x + (((c + 0.5) / width - 0.5) * (frame.x[1] - frame.x[0])) / view.zoom
      const y = view.y + (((r + 0.5) / height - 0.5) * (frame.y[1] - frame.y[0])) / view.zoom
      inputs.push(...(frame.order === 'xy' ? [x, y] : [y, x]))
    }
  return inputs
}

function inputsOf(frame: Frame, view: View, width: number, height: number): Float64Array {
  const rect = { x: 0, y: 0, width, height }
  return inputsOfPixels(
    new Float64Array(2 * width * height),
    samplingOf(frame, view, width, height),
    frame.order,
    rect,
    rect,
  )
}

test('pixels sample where the design says, in any frame and view', () => {
  const edge = fc.double({ min: -100, max: 100, noNaN: true })
  const range = fc.tuple(edge, edge).filter(([a, b]) => Math.abs(a - b) > 1e-3)
  const view = fc.record({ x: edge, y: edge, zoom: fc.double({ min: 0.01, max: 1e6, noNaN: true }) })
  const size = fc.integer({ min: 1, max: 7 })
  const property = fc.property(
    range,
    range,
    fc.constantFrom('xy' as const, 'yx' as const),
    view,
    size,
    size,
    (x, y, order, v, w, h) => {
      const frame = { ...DEFAULT_FRAME, x, y, order }
      const scale = 200 + 200 / v.zoom
      inputsOf(frame, v, w, h).forEach((value, i) =>
        expect(Math.abs(value - formula(frame, v, w, h)[i])).toBeLessThanOrEqual(RTOL * scale),
      )
    },
  )
  fc.assert(property, { seed: 1, numRuns: RUNS })
})

test.each(ORACLE_NAMES)('the whole default frame of %s is the grid its picture was drawn on', name => {
  const { width, height } = oracleExpected(name)
  const inputs = inputsOf(DEFAULT_FRAME, wholeFrame(DEFAULT_FRAME), width, height)
  for (const [column, row] of [
    [0, 0],
    [width - 1, 0],
    [0, height - 1],
    [width - 1, height - 1],
    [17, 101],
  ]) {
    const i = 2 * (row * width + column)
    // The formula of tests/oracle/made-with, to the letter.
    expect(Math.abs(inputs[i] - (((column + 0.5) / width) * 2 - 1))).toBeLessThanOrEqual(RTOL)
    expect(Math.abs(inputs[i + 1] - (((row + 0.5) / height) * 2 - 1))).toBeLessThanOrEqual(RTOL)
  }
})

test('the ranges are the outer edges of the outer pixels', () => {
  const frame: Frame = { ...DEFAULT_FRAME, x: [0, 4], y: [10, 20] }
  expect([...inputsOf(frame, wholeFrame(frame), 4, 2)]).toEqual([
    0.5, 12.5, 1.5, 12.5, 2.5, 12.5, 3.5, 12.5, 0.5, 17.5, 1.5, 17.5, 2.5, 17.5, 3.5, 17.5,
  ])
})

test('a reversed range is a flip', () => {
  const flipped: Frame = { ...DEFAULT_FRAME, x: [4, 0], y: [20, 10] }
  expect([...inputsOf(flipped, wholeFrame(flipped), 2, 2)]).toEqual([3, 17.5, 1, 17.5, 3, 12.5, 1, 12.5])
})

test('order yx puts the vertical coordinate into the net first', () => {
  const frame: Frame = { ...DEFAULT_FRAME, x: [0, 4], y: [10, 20], order: 'yx' }
  expect([...inputsOf(frame, wholeFrame(frame), 2, 1)]).toEqual([15, 1, 15, 3])
})

test('the whole frame is seen from its middle', () => {
  expect(wholeFrame(DEFAULT_FRAME)).toEqual({ x: 0, y: 0, zoom: 1 })
  expect(wholeFrame({ ...DEFAULT_FRAME, x: [0, 320], y: [213, 0] })).toEqual({ x: 160, y: 106.5, zoom: 1 })
})

test('part of a picture samples as the whole does there', () => {
  const frame: Frame = { ...DEFAULT_FRAME, x: [3, -1], order: 'yx' }
  const view = { x: 0.3, y: -0.2, zoom: 7 }
  const whole = inputsOf(frame, view, 9, 6)
  const part = inputsOfPixels(
    new Float64Array(2 * 4 * 3),
    samplingOf(frame, view, 9, 6),
    'yx',
    { width: 9, height: 6 },
    { x: 5, y: 2, width: 4, height: 3 },
  )
  const expected = [2, 3, 4].flatMap(row => [...whole.subarray(2 * (row * 9 + 5), 2 * (row * 9 + 9))])
  expect([...part]).toEqual(expected)
})

test('the sample position inside the pixel moves the input by that part of a step', () => {
  const view = wholeFrame(DEFAULT_FRAME)
  const size = { width: 4, height: 4 }
  const at = (x: number, y: number) =>
    inputsOfPixels(
      new Float64Array(2),
      samplingOf(DEFAULT_FRAME, view, 4, 4),
      'xy',
      size,
      { x: 1, y: 2, width: 1, height: 1 },
      x,
      y,
    )
  expect([...at(0, 0)]).toEqual([-0.5, 0])
  expect([...at(0.75, 0.25)]).toEqual([-0.125, 0.125])
})

test('neighbouring pixels stay apart by one step at 1,000,000x', () => {
  const view = { x: 0.1, y: -0.7, zoom: 1e6 }
  const { stepX, stepY } = samplingOf(DEFAULT_FRAME, view, 320, 213)
  expect(stepX).toBe(2 / (320 * 1e6))
  const inputs = inputsOf(DEFAULT_FRAME, view, 320, 213)
  // A coordinate near 1 is rounded to 1.1e-16, two of them to 2.2e-16: 4e-8 of a step.
  for (let c = 1; c < 320; c++) {
    expect(Math.abs(inputs[2 * c] - inputs[2 * c - 2] - stepX)).toBeLessThan(1e-7 * stepX)
    const below = inputs[2 * (c % 213) * 320 + 1] - inputs[2 * ((c % 213) - 1) * 320 + 1]
    if (c % 213 > 0) expect(Math.abs(below - stepY)).toBeLessThan(1e-7 * stepY)
  }
})

describe('the size of a picture', () => {
  const wide: Frame = { ...DEFAULT_FRAME, aspect: 1.9 }

  test('follows from one side and the aspect, rounded', () => {
    expect(pictureSize(wide, 320)).toEqual({ width: 320, height: 168 })
    expect(pictureSize(wide, undefined, 100)).toEqual({ width: 190, height: 100 })
    expect(pictureSize({ ...wide, aspect: 2 }, 321)).toEqual({ width: 321, height: 161 })
    expect(pictureSize({ ...wide, aspect: 1000 }, 3)).toEqual({ width: 3, height: 1 })
    expect(pictureSize({ ...wide, aspect: 0.001 }, undefined, 3)).toEqual({ width: 1, height: 3 })
  })

  test('is 3:2 where the aspect is unknown', () => {
    expect(pictureSize(DEFAULT_FRAME, 300)).toEqual({ width: 300, height: 200 })
    expect(pictureSize(DEFAULT_FRAME, undefined, 200)).toEqual({ width: 300, height: 200 })
  })

  test('is what was asked for where both sides are given', () => {
    expect(pictureSize(wide, 7, 5)).toEqual({ width: 7, height: 5 })
    expect(pictureSize(wide, 65_536, 1)).toEqual({ width: 65_536, height: 1 })
  })

  test('has a default width', () => {
    expect(pictureSize({ ...wide, aspect: 2 })).toEqual({ width: 640, height: 320 })
  })

  test.each([0, -1, 1.5, 65_537, Number.NaN, Infinity])('of %d pixels is refused, naming the side', side => {
    expect(() => pictureSize(wide, side, 5)).toThrow(/^width: expected a whole number of pixels from 1 to 65536, got /)
    expect(() => pictureSize(wide, 5, side)).toThrow(/^height: expected a whole number of pixels from 1 to 65536, got /)
  })

  test('that follows from a side but is too large is refused', () => {
    expect(() => pictureSize({ ...wide, aspect: 0.001 }, 100)).toThrow(/^height: .* got 100000$/)
  })
})
