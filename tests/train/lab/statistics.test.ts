// The statistics of a lab against what books and other programs print.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quantile, quartiles, signTest } from '../../../src/train/lab/statistics.js'

/** So many pairs better, the others worse. */
const pairs = (better: number, count: number) => Array.from({ length: count }, (_, i) => (i < better ? 1 : -1))

/** Twice the tail of a binomial of 1/2, summed in whole numbers. */
function exactTwoSided(few: number, count: number): number {
  let [coefficient, sum] = [1n, 0n]
  for (let k = 0n; k <= BigInt(few); k++) {
    sum += coefficient
    coefficient = (coefficient * (BigInt(count) - k)) / (k + 1n)
  }
  // To 18 digits, before it becomes a number.
  return Math.min(1, Number((2n * sum * 10n ** 18n) >> BigInt(count)) / 1e18)
}

describe('the sign test', () => {
  test('has the two-sided critical values at 5 % that textbooks print', () => {
    // Dixon and Mood 1946, and the tables after them: the largest count of the rarer sign that is still significant.
    const critical: readonly (readonly [number, number])[] = [
      [6, 0],
      [8, 0],
      [9, 1],
      [12, 2],
      [15, 3],
      [17, 4],
      [20, 5],
      [25, 7],
      [30, 9],
      [40, 13],
      [50, 17],
    ]
    for (const [count, few] of critical) {
      expect(signTest(pairs(few, count)).p, `${few} of ${count}`).toBeLessThanOrEqual(0.05)
      expect(signTest(pairs(few + 1, count)).p, `${few + 1} of ${count}`).toBeGreaterThan(0.05)
    }
  })

  test("gives Arbuthnot's chance: 82 years of 82 in which more boys were christened", () => {
    // An Argument for Divine Providence, 1710: 1 / 2^82, one-sided.
    expect(signTest(pairs(82, 82)).p).toBeCloseTo(2 / 2 ** 82, 30)
  })

  test('gives what binom.test of R and binomtest of SciPy print', () => {
    // binom.test(c(1, 9)), binom.test(c(9, 21)), binom.test(c(3, 7)), binomtest(5, 20), of p = 0.5.
    const printed = [
      [1, 10, 0.021484375],
      [9, 30, 0.04277394525706768],
      [3, 10, 0.34375],
      [5, 20, 0.04138946533203125],
    ] as const
    for (const [better, count, p] of printed) expect(signTest(pairs(better, count)).p).toBeCloseTo(p, 12)
  })

  test('is a binomial of one half, for any number of pairs', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), fc.nat(400), (count, part) => {
        const better = Math.min(count, part)
        const { p } = signTest(pairs(better, count))
        expect(p).toBeCloseTo(exactTwoSided(Math.min(better, count - better), count), 9)
      }),
      { numRuns: 200 },
    )
  })

  test('does not care for the order of who is compared with whom, but for who is better', () => {
    expect(signTest([1, 2, -3])).toMatchObject({ better: 2, worse: 1, equal: 0 })
    expect(signTest([-1, -2, 3])).toMatchObject({ better: 1, worse: 2, equal: 0, p: signTest([1, 2, -3]).p })
  })

  test('leaves pairs of equals out', () => {
    expect(signTest([0, 0, ...pairs(1, 10)])).toEqual({
      better: 1,
      worse: 9,
      equal: 2,
      p: expect.closeTo(0.021484375, 12),
    })
    expect(signTest([0, 0]).p).toBe(1)
  })

  test('still knows a chance where 2 to the power of the pairs is no number any more', () => {
    // The normal limit: 2 * (1 - Phi((1000 - 950 - 0.5) / sqrt(500))).
    expect(signTest(pairs(950, 2000)).p).toBeCloseTo(0.02686, 4)
  })
})

describe('quartiles', () => {
  test('are those that R and NumPy give where nobody says otherwise', () => {
    // quantile(c(6, 47, 49, 15, 43, 41, 7, 39, 43, 41, 36), type = 7)
    expect(quartiles([6, 47, 49, 15, 43, 41, 7, 39, 43, 41, 36])).toEqual({
      count: 11,
      lower: 25.5,
      median: 41,
      upper: 43,
    })
    // numpy.percentile([7, 15, 36, 39, 40, 41], [25, 50, 75])
    expect(quartiles([7, 15, 36, 39, 40, 41])).toEqual({ count: 6, lower: 20.25, median: 37.5, upper: 39.75 })
  })

  test('of one value are that value, and of none there are none', () => {
    expect(quartiles([3])).toEqual({ count: 1, lower: 3, median: 3, upper: 3 })
    expect(quartiles([])).toBeNull()
  })

  test('stand what diverged: it is less than anything', () => {
    expect(quartiles([Number.NEGATIVE_INFINITY, 20, 30])).toMatchObject({ lower: Number.NEGATIVE_INFINITY, median: 20 })
    expect(quantile([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY], 0.5)).toBe(Number.NEGATIVE_INFINITY)
  })
})
