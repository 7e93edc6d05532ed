// Seeded normal numbers for noise and mutations.

import { SplitMix64 } from '../../train/random.js'

/** Draws standard normal numbers by Box and Muller (1958), both of every pair. */
export class Normals {
  readonly #random: SplitMix64
  #spare: number | null = null

  constructor(seed: bigint | number) {
    this.#random = new SplitMix64(seed)
  }

  next(): number {
    const spare = this.#spare
    this.#spare = null
    if (spare !== null) return spare
    // 1 - u is in (0, 1]: its logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - this.#random.uniform()))
    const angle = 2 * Math.PI * this.#random.uniform()
    this.#spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
}

/** The standard deviation of values [start, start + count), over their number. */
export function standardDeviation(values: Float64Array, start: number, count: number): number {
  const own = values.subarray(start, start + count)
  const mean = own.reduce((sum, value) => sum + value, 0) / count
  return Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count)
}
