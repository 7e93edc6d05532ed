// Weights of many networks of one architecture in one texture array: a row a network, ROWS rows a layer, so that 256
// layers (all that WebGL2 promises) hold any wall.

import * as twgl from 'twgl.js'
import { UnsupportedError } from '../model/errors.js'
import type { ShaderLayout } from './shader-layout.js'
import { WeightSlots } from './weight-slots.js'
import type { TexelSpan } from './weight-texels.js'

const ROWS = 64

export class WeightStore extends WeightSlots {
  #texture: WebGLTexture | null = null
  #layers = 0

  /** @throws UnsupportedError for a network that is longer than a row of a texture */
  constructor(
    private readonly gl: WebGL2RenderingContext,
    layout: ShaderLayout,
  ) {
    super(layout)
    const limit = gl.getParameter(gl.MAX_TEXTURE_SIZE) as number
    if (layout.texelCount > limit)
      throw new UnsupportedError(`the network needs ${layout.texelCount} texels, this GPU has ${limit} a row`)
  }

  /** Row and array layer of the slot, as shaders/weights-texture.glsl takes it. */
  override bind(program: twgl.ProgramInfo, index: number): void {
    twgl.setUniforms(program, { uWeights: this.#texture, uSlot: placeOf(index) })
  }

  override get sizeBytes(): number {
    return this.#layers * ROWS * this.layout.texelCount * 16
  }

  protected override free(): void {
    this.gl.deleteTexture(this.#texture)
    this.#texture = null
    this.#layers = 0
  }

  protected override reserve(count: number): boolean {
    if (count <= this.#layers * ROWS) return false
    const { gl } = this
    const limit = gl.getParameter(gl.MAX_ARRAY_TEXTURE_LAYERS) as number
    let layers = Math.max(1, this.#layers)
    while (count > layers * ROWS) layers *= 2
    if (layers > limit) throw new UnsupportedError(`this GPU holds ${limit * ROWS} networks at once and no more`)
    this.free()
    this.#texture = gl.createTexture()
    this.#layers = layers
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.#texture)
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.RGBA32F, this.layout.texelCount, ROWS, layers)
    // Float textures are not filterable in core WebGL2: NEAREST, and texelFetch in the shader.
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
    return true
  }

  protected override upload(index: number, texels: Float32Array<ArrayBuffer>, { start, count }: TexelSpan): void {
    const { gl } = this
    const [row, layer] = placeOf(index)
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.#texture)
    const part = texels.subarray(start * 4, (start + count) * 4)
    gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, start, row, layer, count, 1, 1, gl.RGBA, gl.FLOAT, part)
  }
}

function placeOf(index: number): readonly [row: number, layer: number] {
  return [index % ROWS, Math.floor(index / ROWS)]
}
