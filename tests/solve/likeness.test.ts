// Pictures and noise.

import { expect, test } from 'vitest'
import { isNoise, likenessOf } from '../../src/solve/likeness.js'
import type { RawSquare } from '../../src/solve/square.js'
import { SplitMix64 } from '../../src/train/random.js'

const SIZE = 96

function greySquare(grey: (u: number, v: number) => number): RawSquare {
  const values = new Float32Array(SIZE * SIZE * 3)
  for (let i = 0; i < SIZE * SIZE; i++)
    values.fill(grey(((i % SIZE) + 0.5) / SIZE, (Math.floor(i / SIZE) + 0.5) / SIZE), 3 * i, 3 * i + 3)
  return { size: SIZE, values }
}

/**
 * What a net keeps of white noise: the part of it below a frequency, as waves of equal power.
 * @param waves a picture's edge at most @param contrast standard deviation
 */
function noise(waves: number, contrast: number, seed: number): RawSquare {
  const random = new SplitMix64(seed)
  const drawn = Array.from({ length: 120 }, () => {
    const frequency = waves * Math.sqrt(random.uniform())
    const angle = 2 * Math.PI * random.uniform()
    const [x, y] = [2 * Math.PI * frequency * Math.cos(angle), 2 * Math.PI * frequency * Math.sin(angle)]
    return { x, y, phase: 2 * Math.PI * random.uniform() }
  })
  return greySquare(
    (u, v) =>
      0.5 +
      contrast * Math.sqrt(2 / 120) * drawn.reduce((sum, { x, y, phase }) => sum + Math.sin(x * u + y * v + phase), 0),
  )
}

test.each([
  ['a faint rest of it', noise(6, 0.01, 1)],
  ['half of it', noise(15, 0.06, 2)],
  ['most of it', noise(30, 0.14, 3)],
])('noise is noise: %s', (_, square) => {
  expect(isNoise(square, 'rgb01')).toBe(true)
})

test.each([
  ['a gradient', greySquare(u => u)],
  ['a faint gradient', greySquare((u, v) => 0.5 + 0.04 * u * v)],
  ['one colour', greySquare(() => 0.3)],
  ['one colour, as a short training leaves it', greySquare((u, v) => 0.3 + 0.006 * Math.sin(5 * u + 3 * v))],
  ['a faint checkerboard', greySquare((u, v) => ((Math.floor(6 * u) + Math.floor(6 * v)) % 2 === 0 ? 0.55 : 0.62))],
  ['stripes of two pixels', greySquare(u => (Math.floor(48 * u) % 2 === 0 ? 0 : 1))],
  ['a vignette', greySquare((u, v) => 1 - 0.5 * Math.hypot(u - 0.5, v - 0.5))],
])('%s is none', (_, square) => {
  expect(isNoise(square, 'rgb01')).toBe(false)
})

test('roughness is 0 for what is smooth and 1 for what differs from point to point', () => {
  const random = new SplitMix64(9)
  expect(
    likenessOf(
      greySquare(u => u),
      'rgb01',
    ).roughness,
  ).toBeLessThan(0.001)
  expect(
    likenessOf(
      greySquare(() => random.uniform()),
      'rgb01',
    ).roughness,
  ).toBeCloseTo(1, 1)
  expect(
    likenessOf(
      greySquare(() => 0.5),
      'rgb01',
    ),
  ).toMatchObject({ contrast: 0, roughness: 0 })
})

test('contrast is that of the picture as it is displayed', () => {
  const halves = (low: number, high: number) => greySquare(u => (u < 0.5 ? low : high))
  expect(likenessOf(halves(0, 1), 'rgb01').contrast).toBeCloseTo(0.5, 6)
  expect(likenessOf(halves(0, 255), 'rgb255').contrast).toBeCloseTo(0.5, 6)
  expect(likenessOf(halves(-1, 1), 'rgb11').contrast).toBeCloseTo(0.5, 6)
  expect(likenessOf(halves(-30, 30), 'logit').contrast).toBeCloseTo(0.5, 6)
})
