// PSNR, SSIM and the rest against scikit-image, and what they are at the ends of their ranges. (PyTorch's PSNR of whole flags:
// tests/cli/compare.test.ts.)

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareImages, psnrOfMeanSquare, ssim } from '../../src/train/metrics.js'
import type { RgbImage } from '../../src/train/rgb-image.js'
import { fixture, fixtureImage, fixtureNet, pictureOf } from './picture-fixture.js'

/** Pictures are float32: 6e-8 a value, and the figures are means over hundreds. */
const FLOAT32_ATOL = 1e-6

const filled = (width: number, height: number, colour: readonly [number, number, number]) =>
  pictureOf(width, height, Array.from({ length: width * height }, () => colour).flat())

describe('two pictures', () => {
  const comparison = compareImages(fixtureNet, fixtureImage)

  test.each(['psnr', 'ssim', 'maxError', 'badShare'] as const)('have the %s of scikit-image', figure => {
    expect(Math.abs(comparison[figure] - fixture[figure])).toBeLessThanOrEqual(figure === 'psnr' ? 1e-4 : FLOAT32_ATOL)
  })

  test('are as near as they are the other way round', () => {
    expect(compareImages(fixtureImage, fixtureNet)).toEqual(comparison)
  })

  test('that are equal have the best of all figures', () => {
    const { ssim, ...others } = compareImages(fixtureImage, fixtureImage)
    expect(others).toEqual({ psnr: Infinity, maxError: 0, badShare: 0 })
    expect(ssim).toBeCloseTo(1, 12)
  })

  test('that are black and white have the worst', () => {
    const { psnr, ssim, maxError, badShare } = compareImages(filled(12, 12, [0, 0, 0]), filled(12, 12, [1, 1, 1]))
    expect({ psnr, maxError, badShare }).toEqual({ psnr: 0, maxError: 1, badShare: 1 })
    // By hand: no variance, means 0 and 1: C1 / (1 + C1).
    expect(ssim).toBeCloseTo(1e-4 / 1.0001, 12)
  })

  test('are taken as they are shown: clamped', () => {
    const [inside, outside] = [filled(12, 12, [0, 1, 0.5]), filled(12, 12, [-3, 1.7, 0.5])]
    expect(compareImages(outside, inside).psnr).toBe(Infinity)
    expect(ssim(outside, inside)).toBeCloseTo(1, 12)
  })

  test('are not rounded to levels', () => {
    // A thousandth off, a quarter of a level: 60 dB.
    const { psnr, maxError } = compareImages(filled(3, 3, [0.5, 0.5, 0.5]), filled(3, 3, [0.501, 0.501, 0.501]))
    expect(psnr).toBeCloseTo(60, 3)
    expect(maxError).toBeCloseTo(0.001, 6)
  })

  test('have a bad pixel where one channel is off by more than a tenth', () => {
    const other = filled(10, 10, [0.5, 0.5, 0.5])
    other.data.set([0.5, 0.61, 0.5, 0.59, 0.41, 0.59], 30)
    expect(compareImages(filled(10, 10, [0.5, 0.5, 0.5]), other).badShare).toBe(0.01)
  })

  test('of different sizes are a mistake of the caller', () => {
    expect(() => compareImages(filled(2, 3, [0, 0, 0]), filled(3, 2, [0, 0, 0]))).toThrow(/2 x 3 and 3 x 2/)
  })
})

test('the PSNR of a mean square is 0 dB at 1, 20 dB at a hundredth, infinite at 0', () => {
  expect([1, 0.01, 0].map(psnrOfMeanSquare)).toEqual([0, 20, Infinity])
})

describe('the SSIM', () => {
  /** By its definition: one window of weights after the other, nothing separated. */
  function slowSsim(a: RgbImage, b: RgbImage): number {
    const { width, height } = a
    const [columns, rows] = [Math.min(11, width), Math.min(11, height)]
    const luma = ({ data }: RgbImage, x: number, y: number) => {
      const at = 3 * (y * width + x)
      return 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]
    }
    let total = 0
    for (let top = 0; top <= height - rows; top++)
      for (let left = 0; left <= width - columns; left++) {
        const samples: { weight: number; p: number; q: number }[] = []
        for (let y = 0; y < rows; y++)
          for (let x = 0; x < columns; x++) {
            const distance = (x - (columns - 1) / 2) ** 2 + (y - (rows - 1) / 2) ** 2
            const [p, q] = [luma(a, left + x, top + y), luma(b, left + x, top + y)]
            samples.push({ weight: Math.exp(-distance / (2 * 1.5 ** 2)), p, q })
          }
        const weightSum = samples.reduce((sum, { weight }) => sum + weight, 0)
        const mean = (value: (sample: (typeof samples)[0]) => number) =>
          samples.reduce((sum, sample) => sum + sample.weight * value(sample), 0) / weightSum
        const [mp, mq] = [mean(({ p }) => p), mean(({ q }) => q)]
        const [vp, vq] = [mean(({ p }) => (p - mp) ** 2), mean(({ q }) => (q - mq) ** 2)]
        const covariance = mean(({ p, q }) => (p - mp) * (q - mq))
        total += ((2 * mp * mq + 1e-4) * (2 * covariance + 9e-4)) / ((mp * mp + mq * mq + 1e-4) * (vp + vq + 9e-4))
      }
    return total / ((width - columns + 1) * (height - rows + 1))
  }

  test('is its definition at every size; a window that does not fit is cut to the picture', () => {
    const edge = fc.integer({ min: 1, max: 14 })
    const pictures = fc.tuple(edge, edge).chain(([width, height]) => {
      const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
        minLength: width * height * 3,
        maxLength: width * height * 3,
      })
      return fc.tuple(values, values).map(both => both.map(v => pictureOf(width, height, v)) as [RgbImage, RgbImage])
    })
    fc.assert(
      fc.property(pictures, ([a, b]) => {
        expect(ssim(a, b)).toBeCloseTo(slowSsim(a, b), 10)
      }),
    )
  })

  test('of two single pixels compares their luma alone', () => {
    // By hand: red has luma 0.299, green 0.587, and nothing varies.
    const expected = (2 * 0.299 * 0.587 + 1e-4) / (0.299 ** 2 + 0.587 ** 2 + 1e-4)
    expect(ssim(filled(1, 1, [1, 0, 0]), filled(1, 1, [0, 1, 0]))).toBeCloseTo(expected, 12)
  })
})
