// Laying out a kernel instance's memory: addresses are handed out once, before the memory exists, and never freed.

import { MEMORY_BASE } from './module.js'

// A cache line, so that no two vectors share one and no v128 straddles two.
const ALIGNMENT = 64

export class Arena {
  #end = MEMORY_BASE

  /** Bytes handed out, constants included. */
  get sizeBytes(): number {
    return this.#end
  }

  /** Reserves bytes and returns their address, a multiple of 64. */
  bytes(count: number): number {
    const at = this.#end
    this.#end = Math.ceil((at + count) / ALIGNMENT) * ALIGNMENT
    return at
  }

  /** Reserves `count` float32. */
  floats(count: number): number {
    return this.bytes(count * 4)
  }
}

/** The next multiple of four: units come in quads. */
export function quadsUp(count: number): number {
  return Math.ceil(count / 4) * 4
}
