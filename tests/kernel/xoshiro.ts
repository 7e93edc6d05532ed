// xoshiro128++ 1.0 by David Blackman and Sebastiano Vigna (https://prng.di.unimi.it/xoshiro128plusplus.c, public domain),
// written again from the published C with BigInt, as slow and as plain as it can be.

const MASK = 0xffffffffn
const rotl = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & MASK

export class Xoshiro128 {
  #s: bigint[]

  constructor(state: ArrayLike<number>) {
    this.#s = Array.from(state, BigInt)
  }

  next(): number {
    const s = this.#s
    const result = (rotl((s[0] + s[3]) & MASK, 7n) + s[0]) & MASK
    const t = (s[1] << 9n) & MASK
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= t
    s[3] = rotl(s[3], 11n)
    return Number(result)
  }

  get state(): number[] {
    return this.#s.map(Number)
  }
}
