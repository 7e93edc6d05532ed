// Weights of many networks of one architecture on the GPU, a slot each; slots are recycled. The networks in memory are the
// truth: growing means packing them again, and so does finding out what has changed; copies of all texels would be 7 MB a wall. Where
// the texels lie is the business of who extends this: a texture array (weight-store.ts) or a uniform buffer (uniform-store.ts).

import type * as twgl from 'twgl.js'
import type { FoldedNetwork } from '../model/fold.js'
import type { ShaderLayout } from './shader-layout.js'
import { changedSpans, packWeightTexels, type TexelSpan } from './weight-texels.js'

export abstract class WeightSlots {
  readonly #networks: (FoldedNetwork | null)[] = []

  constructor(protected readonly layout: ShaderLayout) {}

  /**
   * Uploads a network into a free slot.
   * @throws UnsupportedError when the GPU holds no more
   */
  add(folded: FoldedNetwork): number {
    const texels = packWeightTexels(folded, this.layout)
    const free = this.#networks.indexOf(null)
    const index = free >= 0 ? free : this.#networks.length
    this.#networks[index] = folded
    if (this.reserve(index + 1)) this.#uploadAll()
    else this.upload(index, texels, this.#whole)
    return index
  }

  /** Takes every network of another store over, in the slot that it has there. */
  adopt(other: WeightSlots): void {
    other.#networks.forEach((folded, index) => {
      this.#networks[index] = folded
    })
    if (this.#networks.length === 0) return
    this.reserve(this.#networks.length)
    this.#uploadAll()
  }

  /** Uploads what has changed of the weights into the slot they have: for one parameter a texel or a few. */
  update(index: number, folded: FoldedNetwork): void {
    const before = packWeightTexels(this.network(index), this.layout)
    const texels = packWeightTexels(folded, this.layout)
    this.#networks[index] = folded
    for (const span of changedSpans(before, texels)) this.upload(index, texels, span)
  }

  remove(index: number): void {
    this.#networks[index] = null
  }

  /** The network that a slot holds. */
  network(index: number): FoldedNetwork {
    const folded = this.#networks[index]
    if (!folded) throw new Error(`weight slot ${index} is empty`)
    return folded
  }

  /** Makes a program that is in use draw the network of a slot. */
  abstract bind(program: twgl.ProgramInfo, index: number): void

  /** Bytes on the GPU. */
  abstract get sizeBytes(): number

  /** Frees what is on the GPU; twice is harmless. */
  dispose(): void {
    this.#networks.length = 0
    this.free()
  }

  /** Makes room for so many slots. @returns whether what was uploaded is gone */
  protected abstract reserve(count: number): boolean

  /** @param texels [layout.texelCount, 4], all of the slot's, of which the span is uploaded */
  protected abstract upload(index: number, texels: Float32Array<ArrayBuffer>, span: TexelSpan): void

  protected abstract free(): void

  get #whole(): TexelSpan {
    return { start: 0, count: this.layout.texelCount }
  }

  #uploadAll(): void {
    this.#networks.forEach((folded, index) => {
      if (folded) this.upload(index, packWeightTexels(folded, this.layout), this.#whole)
    })
  }
}
