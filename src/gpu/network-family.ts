// All networks of one architecture as one variant of the shader draws them: their weights on the GPU, and the programs, each compiled
// when it is asked for.

import type * as twgl from 'twgl.js'
import type { FoldedNetwork } from '../model/fold.js'
import { createProgram } from './program.js'
import type { Lanes } from './shader-header.js'
import { type ShaderLayout, shaderLayout } from './shader-layout.js'
import { fragmentSource, type ProgramKind, vertexSource } from './shader-source.js'
import type { ShaderVariant } from './shader-variant.js'
import { uniformBlocks, type UniformBlocks } from './uniform-blocks.js'
import { UniformStore } from './uniform-store.js'
import type { WeightSlots } from './weight-slots.js'
import { WeightStore } from './weight-store.js'

export class NetworkFamily {
  readonly layout: ShaderLayout
  readonly store: WeightSlots
  readonly lanes: Lanes
  /** Null for weights in a texture. */
  readonly #blocks: UniformBlocks | null
  readonly #compiling = new Map<ProgramKind, Promise<twgl.ProgramInfo>>()
  readonly #programs = new Map<ProgramKind, twgl.ProgramInfo>()

  /**
   * @param sample any of the networks
   * @throws UnsupportedError for a network that this GPU cannot draw
   */
  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly sample: FoldedNetwork,
    variant: ShaderVariant,
  ) {
    this.layout = shaderLayout(sample)
    this.lanes = variant.lanes
    this.#blocks = variant.weights === 'uniform' ? uniformBlocks(sample, this.layout) : null
    this.store = this.#blocks ? new UniformStore(gl, this.layout, this.#blocks) : new WeightStore(gl, this.layout)
  }

  /** Where the weights are: a network that fits no uniform blocks keeps the texture. */
  get weights(): ShaderVariant['weights'] {
    return this.#blocks ? 'uniform' : 'texture'
  }

  /** What was asked for so far. */
  get kinds(): readonly ProgramKind[] {
    return [...this.#compiling.keys()]
  }

  /** Compiles a program, once. @throws ShaderError or ContextLostError */
  async compile(kind: ProgramKind): Promise<void> {
    let compiling = this.#compiling.get(kind)
    if (!compiling) {
      const fragment = fragmentSource(this.layout, this.lanes, this.#blocks, kind)
      compiling = createProgram(this.gl, vertexSource(this.lanes, kind), fragment)
      this.#compiling.set(kind, compiling)
    }
    const program = await compiling
    if (this.#programs.has(kind)) return
    if (this.store instanceof UniformStore) this.store.prepare(program)
    this.#programs.set(kind, program)
  }

  /** Compiles all that is compiled here for another variant; the networks are not there yet. */
  async compileAs(variant: ShaderVariant): Promise<NetworkFamily> {
    const family = new NetworkFamily(this.gl, this.sample, variant)
    try {
      await Promise.all(this.kinds.map(kind => family.compile(kind)))
      return family
    } catch (error) {
      family.dispose()
      throw error
    }
  }

  /** A program that is compiled; null before. */
  program(kind: ProgramKind): twgl.ProgramInfo | null {
    return this.#programs.get(kind) ?? null
  }

  /** Frees programs and weights; what is still compiling is freed when it is done. */
  dispose(): void {
    this.store.dispose()
    for (const { program } of this.#programs.values()) this.gl.deleteProgram(program)
    for (const [kind, compiling] of this.#compiling)
      if (!this.#programs.has(kind)) compiling.then(({ program }) => this.gl.deleteProgram(program)).catch(() => {})
    this.#programs.clear()
    this.#compiling.clear()
  }
}
