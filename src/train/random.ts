// Seeded random numbers outside the kernel: SplitMix64 (Steele, Lea, Flood 2014; https://prng.di.unimi.it/splitmix64.c,
// public domain), which is also the recommended way to seed the kernel's xoshiro128++.

const MASK = (1n << 64n) - 1n

export class SplitMix64 {
  #state: bigint

  /** @param seed any whole number; equal seeds give equal numbers */
  constructor(seed: bigint | number) {
    this.#state = BigInt(seed) & MASK
  }

  next64(): bigint {
    this.#state = (this.#state + 0x9e3779b97f4a7c15n) & MASK
    let z = this.#state
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK
    return z ^ (z >> 31n)
  }

  /** A float64 in [0, 1), 53 random bits. */
  uniform(): number {
    return Number(this.next64() >> 11n) / 2 ** 53
  }

  /** Four words for xoshiro128++, not all zero. */
  words(): Uint32Array {
    const [a, b] = [this.next64(), this.next64()]
    const words = Uint32Array.of(Number(a & 0xffffffffn), Number(a >> 32n), Number(b & 0xffffffffn), Number(b >> 32n))
    if (words.every(word => word === 0)) words[0] = 1
    return words
  }
}
