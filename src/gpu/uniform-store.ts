// Weights of many networks of one architecture in one uniform buffer, their blocks one network after the other: a draw binds the
// ranges of its own. 256 of MysteryNet are 6.6 MB.

import type * as twgl from 'twgl.js'
import type { ShaderLayout } from './shader-layout.js'
import { blockRanges, type BlockRanges, type UniformBlocks } from './uniform-blocks.js'
import { WeightSlots } from './weight-slots.js'
import type { TexelSpan } from './weight-texels.js'

/** Slots of a first buffer: a flag alone takes little, a wall doubles it a few times. */
const FIRST_SLOTS = 4

export class UniformStore extends WeightSlots {
  #buffer: WebGLBuffer | null = null
  #slots = 0
  readonly #layoutOfBlocks: BlockRanges

  constructor(
    private readonly gl: WebGL2RenderingContext,
    layout: ShaderLayout,
    private readonly blocks: UniformBlocks,
  ) {
    super(layout)
    this.#layoutOfBlocks = blockRanges(blocks)
  }

  /** Tells a new program which binding each of its blocks is read from. */
  prepare({ program }: twgl.ProgramInfo): void {
    const { gl } = this
    this.#layoutOfBlocks.ranges.forEach((_, block) => {
      const index = gl.getUniformBlockIndex(program, `Weights${block}`)
      // A program that shows a unit of an early layer may do without the second.
      if (index !== gl.INVALID_INDEX) gl.uniformBlockBinding(program, index, block)
    })
  }

  override bind(_program: twgl.ProgramInfo, index: number): void {
    const { gl } = this
    const { ranges, stride } = this.#layoutOfBlocks
    ranges.forEach(({ offset, size }, block) =>
      gl.bindBufferRange(gl.UNIFORM_BUFFER, block, this.#buffer, index * stride + offset, size),
    )
  }

  override get sizeBytes(): number {
    return this.#slots * this.#layoutOfBlocks.stride
  }

  protected override free(): void {
    this.gl.deleteBuffer(this.#buffer)
    this.#buffer = null
    this.#slots = 0
  }

  protected override reserve(count: number): boolean {
    if (count <= this.#slots) return false
    const { gl } = this
    let slots = Math.max(FIRST_SLOTS, this.#slots)
    while (count > slots) slots *= 2
    this.free()
    this.#buffer = gl.createBuffer()
    this.#slots = slots
    gl.bindBuffer(gl.UNIFORM_BUFFER, this.#buffer)
    gl.bufferData(gl.UNIFORM_BUFFER, this.sizeBytes, gl.DYNAMIC_DRAW)
    return true
  }

  protected override upload(index: number, texels: Float32Array<ArrayBuffer>, { start, count }: TexelSpan): void {
    const { gl, blocks } = this
    const { ranges, stride } = this.#layoutOfBlocks
    const borders = [0, blocks.secondStart, blocks.texelCount]
    gl.bindBuffer(gl.UNIFORM_BUFFER, this.#buffer)
    ranges.forEach(({ offset }, block) => {
      const first = Math.max(start, borders[block])
      const end = Math.min(start + count, borders[block + 1])
      if (first >= end) return
      const at = index * stride + offset + 16 * (first - borders[block])
      gl.bufferSubData(gl.UNIFORM_BUFFER, at, texels, 4 * first, 4 * (end - first))
    })
  }
}
