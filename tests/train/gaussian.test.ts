// The blur against SciPy, and what any Gaussian blur must do.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { blurImage, gaussianWeights, windowMeans } from '../../src/train/gaussian.js'
import { fixture, fixtureImage, pictureOf } from './picture-fixture.js'

/** Pictures are float32 in [0, 1]; the fixture is rounded to 1e-9. */
const FLOAT32_ATOL = 1e-7

describe('the blur', () => {
  test.each(Object.entries(fixture.image_blurred_every_7th))('of sigma %s is that of SciPy', (sigma, expected) => {
    const { width, height, data } = blurImage(fixtureImage, Number(sigma))
    expect([width, height]).toEqual([fixture.width, fixture.height])
    expected.forEach((value, i) =>
      expect(Math.abs(data[7 * i] - value), `value ${7 * i}`).toBeLessThanOrEqual(FLOAT32_ATOL),
    )
  })

  test('of sigma 0 is a copy', () => {
    const blurred = blurImage(fixtureImage, 0)
    expect(blurred).toEqual(fixtureImage)
    expect(blurred.data).not.toBe(fixtureImage.data)
  })

  test('leaves a picture of one colour as it is, at every size and sigma', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.double({ min: 0, max: 12, noNaN: true }),
        (width, height, sigma) => {
          const colour = [0.2, 1, 0]
          const { data } = blurImage(
            pictureOf(width, height, Array.from({ length: width * height }, () => colour).flat()),
            sigma,
          )
          data.forEach((value, i) => expect(Math.abs(value - colour[i % 3])).toBeLessThanOrEqual(FLOAT32_ATOL))
        },
      ),
    )
  })

  test('of a blur is the blur of both: variances add', () => {
    const dot = pictureOf(
      61,
      1,
      Array.from({ length: 183 }, (_, i) => (i === 91 ? 1 : 0)),
    )
    const twice = blurImage(blurImage(dot, 3), 4).data
    const once = blurImage(dot, 5).data
    // Sampled and cut at 4 sigma, the Gaussian is one only nearly: 1 % of its peak of 0.08.
    twice.forEach((value, i) => expect(Math.abs(value - once[i])).toBeLessThan(1e-3))
  })

  test.each([-1, Number.NaN, Infinity, 101])('of sigma %d is refused in one line', sigma => {
    expect(() => blurImage(fixtureImage, sigma)).toThrow(/^blur: expected a sigma from 0 to 100 pixels, got .+$/)
  })
})

describe('the weights', () => {
  test('are symmetric, fall as the Gaussian does, and their sum is 1', () => {
    const weights = gaussianWeights(11, 1.5)
    expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 14)
    for (let i = 0; i < 11; i++) {
      expect(weights[i]).toBe(weights[10 - i])
      expect(weights[i] / weights[5]).toBeCloseTo(Math.exp(-((i - 5) ** 2) / 4.5), 14)
    }
  })

  test('of an even count have their middle between two pixels', () => {
    const [outer, inner, innerToo, outerToo] = gaussianWeights(4, 2)
    expect([inner, outer]).toEqual([innerToo, outerToo])
    expect(outer / inner).toBeCloseTo(Math.exp((0.5 ** 2 - 1.5 ** 2) / 8), 14)
  })
})

test('the means over windows are those of the windows that lie wholly inside', () => {
  // [2, 3] plane, window 2 x 2: by hand.
  const means = windowMeans(
    Float64Array.of(1, 2, 4, 8, 16, 32),
    3,
    2,
    Float64Array.of(0.25, 0.75),
    Float64Array.of(1, 2),
  )
  expect([...means]).toEqual([0.25 + 1.5 + 2 * (2 + 12), 0.5 + 3 + 2 * (4 + 24)])
})
