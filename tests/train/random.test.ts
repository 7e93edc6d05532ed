// The seeded random numbers.

import { describe, expect, test } from 'vitest'
import { SplitMix64 } from '../../src/train/random.js'

describe('SplitMix64', () => {
  test('gives the outputs of the published source', () => {
    // splitmix64.c with these states (also Rosetta Code's "Pseudo-random numbers/Splitmix64").
    const outputs = (seed: bigint, count: number) => {
      const random = new SplitMix64(seed)
      return Array.from({ length: count }, () => random.next64())
    }
    expect(outputs(1234567n, 5)).toEqual([
      6457827717110365317n,
      3203168211198807973n,
      9817491932198370423n,
      4593380528125082431n,
      16408922859458223821n,
    ])
    expect(outputs(0n, 2)).toEqual([0xe220a8397b1dcdafn, 0x6e789e6aa1b965f4n])
  })

  test('takes a number for a seed as the same whole number', () => {
    expect(new SplitMix64(1234567).next64()).toBe(6457827717110365317n)
    expect(new SplitMix64(Number.MAX_SAFE_INTEGER).next64()).toBe(new SplitMix64(2n ** 53n - 1n).next64())
  })

  test('is uniform in [0, 1)', () => {
    const random = new SplitMix64(3)
    const values = Array.from({ length: 100_000 }, () => random.uniform())
    expect(values.every(value => value >= 0 && value < 1)).toBe(true)
    const counts = new Float64Array(100)
    for (const value of values) counts[Math.floor(value * 100)]++
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)
    // 99 degrees of freedom, deviation 14: four of them.
    expect(Math.abs(chiSquare - 99)).toBeLessThan(57)
  })

  test('seeds the kernel with words that are never all zero and differ from call to call', () => {
    const random = new SplitMix64(4)
    const words = Array.from({ length: 1000 }, () => random.words())
    expect(words.every(four => four.length === 4 && four.some(word => word !== 0))).toBe(true)
    expect(new Set(words.map(String)).size).toBe(1000)
  })
})
