// Weights of many networks of one architecture in one texture array: a row a network, ROWS rows a layer, so that 256
// layers (all that WebGL2 promises) hold any wall. Rows are recycled. The networks in memory are the truth: growing
// the texture means packing them again, and so does finding out what has changed; copies of all texels would be 7 MB a wall.

import { UnsupportedError } from '../model/errors.js'
import type { FoldedNetwork } from '../model/fold.js'
import type { ShaderLayout } from './shader-header.js'
import { changedSpans, packWeightTexels, type TexelSpan } from './weight-texels.js'

const ROWS = 64

/** The place of a network: row and array layer, as shaders/weights-texture.glsl takes it. */
export type Slot = readonly [row: number, layer: number]

export class WeightStore {
  #texture: WebGLTexture | null = null
  #layers = 0
  readonly #networks: (FoldedNetwork | null)[] = []

  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly layout: ShaderLayout,
  ) {
    const limit = gl.getParameter(gl.MAX_TEXTURE_SIZE) as number
    if (layout.texelCount > limit)
      throw new UnsupportedError(`the network needs ${layout.texelCount} texels, this GPU has ${limit} a row`)
  }

  /** Uploads a network into a free slot. */
  add(folded: FoldedNetwork): number {
    const texels = packWeightTexels(folded, this.layout)
    const free = this.#networks.indexOf(null)
    const index = free >= 0 ? free : this.#networks.length
    this.#networks[index] = folded
    if (index >= this.#layers * ROWS) this.#grow()
    else this.#upload(index, texels, this.#whole)
    return index
  }

  /** Uploads what has changed of the weights into the slot they have: for one parameter a texel or a few. */
  update(index: number, folded: FoldedNetwork): void {
    const before = packWeightTexels(this.network(index), this.layout)
    const texels = packWeightTexels(folded, this.layout)
    this.#networks[index] = folded
    for (const span of changedSpans(before, texels)) this.#upload(index, texels, span)
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

  slot(index: number): Slot {
    return [index % ROWS, Math.floor(index / ROWS)]
  }

  /** The texture array; it changes when the store grows. */
  get texture(): WebGLTexture | null {
    return this.#texture
  }

  /** Bytes of the texture. */
  get sizeBytes(): number {
    return this.#layers * ROWS * this.layout.texelCount * 16
  }

  dispose(): void {
    this.gl.deleteTexture(this.#texture)
    this.#texture = null
    this.#layers = 0
    this.#networks.length = 0
  }

  #grow(): void {
    const { gl } = this
    const limit = gl.getParameter(gl.MAX_ARRAY_TEXTURE_LAYERS) as number
    const layers = this.#layers === 0 ? 1 : this.#layers * 2
    if (layers > limit) throw new UnsupportedError(`this GPU holds ${limit * ROWS} networks at once and no more`)
    gl.deleteTexture(this.#texture)
    this.#texture = gl.createTexture()
    this.#layers = layers
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.#texture)
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.RGBA32F, this.layout.texelCount, ROWS, layers)
    // Float textures are not filterable in core WebGL2: NEAREST, and texelFetch in the shader.
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
    this.#networks.forEach((folded, index) => {
      if (folded) this.#upload(index, packWeightTexels(folded, this.layout), this.#whole)
    })
  }

  get #whole(): TexelSpan {
    return { start: 0, count: this.layout.texelCount }
  }

  #upload(index: number, texels: Float32Array, { start, count }: TexelSpan): void {
    const { gl } = this
    const [row, layer] = this.slot(index)
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.#texture)
    const part = texels.subarray(start * 4, (start + count) * 4)
    gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, start, row, layer, count, 1, 1, gl.RGBA, gl.FLOAT, part)
  }
}
