// The WebGL tile maker: holds networks and evaluates them for rectangles of pixels. One program an architecture, many
// nets in its weight store; a change of weights is an upload, never a recompile.

import * as twgl from 'twgl.js'
import geluSource from '../../shaders/gelu.glsl?raw'
import networkSource from '../../shaders/network.glsl?raw'
import rawSource from '../../shaders/raw.frag.glsl?raw'
import tileSource from '../../shaders/tile.frag.glsl?raw'
import toneSource from '../../shaders/tone.glsl?raw'
import weightsSource from '../../shaders/weights-texture.glsl?raw'
import { evaluationCost, type FoldedNetwork } from '../model/fold.js'
import type { Frame } from '../model/frame.js'
import { type SampleCount, sampleOffsets } from '../model/samples.js'
import { toneOf } from '../model/tone.js'
import type { Sampling } from '../model/view.js'
import type { Rect, Size } from '../world/camera.js'
import type { NetworkHandle } from '../world/item.js'
import { BLOCK_ALIGNMENT } from '../world/tiles.js'
import { ContextLostError } from './errors.js'
import { packFirstLayer } from './first-layer.js'
import { createScreenProgram } from './program.js'
import { shaderHeader, shaderLayout } from './shader-header.js'
import { WeightStore } from './weight-store.js'

/** Four blocks of a row share an invocation, and a texel of what it draws to. */
export const LANES = BLOCK_ALIGNMENT

/** What a draw evaluates: displayed colours packed to RGBA8 words, or raw head outputs as float bits. */
export type DrawKind = 'tile' | 'raw'

/** One draw: which net over which frame, seen how, for which blocks. */
export interface Draw {
  readonly network: NetworkHandle
  readonly frame: Frame
  readonly sampling: Sampling
  /** The whole view, in pixels. */
  readonly viewport: Size
  /** Blocks to evaluate, of step x step pixels; x a multiple of 4. */
  readonly blocks: Rect
  readonly step: number
  readonly samples: number
  /** The block that the first texel of the bound framebuffer stands for. */
  readonly origin: readonly [number, number]
}

/** All networks of one architecture. */
interface Family {
  readonly store: WeightStore
  readonly tile: twgl.ProgramInfo
  /** Compiled when the first raw outputs are asked for. */
  raw: Promise<twgl.ProgramInfo> | null
  readonly header: string
}

interface Place {
  readonly family: Family
  readonly index: number
}

export class TileMaker {
  readonly #families = new Map<string, Promise<Family>>()
  readonly #places = new Map<NetworkHandle, Place>()
  readonly #settledFamilies: Family[] = []
  readonly #rawPrograms = new Map<Family, twgl.ProgramInfo>()
  #nextHandle: NetworkHandle = 1
  #isDisposed = false

  constructor(readonly gl: WebGL2RenderingContext) {}

  /**
   * Uploads a network, compiling the program of its architecture if it is the first.
   * @throws UnsupportedError, ShaderError or ContextLostError; nothing is left behind then
   */
  async addNetwork(folded: FoldedNetwork): Promise<NetworkHandle> {
    const layout = shaderLayout(folded)
    const header = shaderHeader(layout, LANES)
    let family = this.#families.get(header)
    if (!family) {
      family = this.#createFamily(header, layout)
      this.#families.set(header, family)
      family.catch(() => this.#families.delete(header))
    }
    const settled = await family
    if (this.#isDisposed) throw new ContextLostError()
    const index = settled.store.add(folded)
    const handle = this.#nextHandle++
    this.#places.set(handle, { family: settled, index })
    return handle
  }

  /** Replaces the weights of a network by others of the same architecture. */
  updateNetwork(handle: NetworkHandle, folded: FoldedNetwork): void {
    const { family, index } = this.#place(handle)
    family.store.update(index, folded)
  }

  /** Gives the network's place back; an unknown handle is harmless. */
  removeNetwork(handle: NetworkHandle): void {
    const place = this.#places.get(handle)
    place?.family.store.remove(place.index)
    this.#places.delete(handle)
  }

  /** What one evaluation of a network costs, MysteryNet's being 1. */
  cost(handle: NetworkHandle): number {
    const { family, index } = this.#place(handle)
    return evaluationCost(family.store.network(index))
  }

  /** Compiles what `draw('raw', ...)` needs for a network. */
  async prepareRaw(handle: NetworkHandle): Promise<void> {
    const { family } = this.#place(handle)
    family.raw ??= createScreenProgram(this.gl, family.header + weightsSource + geluSource + networkSource + rawSource)
    this.#rawPrograms.set(family, await family.raw)
  }

  /** Draws into the framebuffer that is bound, one texel for four blocks. */
  draw(kind: DrawKind, draw: Draw): void {
    const { gl } = this
    const { family, index } = this.#place(draw.network)
    const program = kind === 'tile' ? family.tile : this.#rawPrograms.get(family)
    if (!program) throw new Error('prepareRaw() comes before raw outputs are drawn')
    const { blocks, origin, frame } = draw
    const tone = toneOf(frame)
    gl.useProgram(program.program)
    twgl.setUniforms(program, {
      uWeights: family.store.texture,
      uSlot: family.store.slot(index),
      uFirstLayer: packFirstLayer(family.store.network(index), draw.sampling, frame.order),
      uTone: [tone.scale, tone.offset, Number(tone.logistic), Number(tone.swapRedBlue)],
      uViewport: [draw.viewport.width, draw.viewport.height],
      uStep: draw.step,
      uOrigin: origin,
      uSampleCount: draw.samples,
      uSampleOffsets: paddedOffsets(draw.samples as SampleCount),
    })
    gl.disable(gl.BLEND)
    gl.disable(gl.SCISSOR_TEST)
    gl.viewport((blocks.x - origin[0]) / LANES, blocks.y - origin[1], Math.ceil(blocks.width / LANES), blocks.height)
    gl.drawArrays(gl.TRIANGLES, 0, 3)
  }

  /** Bytes of the textures that hold weights. */
  get sizeBytes(): number {
    return this.#settledFamilies.reduce((sum, { store }) => sum + store.sizeBytes, 0)
  }

  /** Frees programs and textures; twice is harmless. What is still compiling is freed when it is done. */
  dispose(): void {
    this.#isDisposed = true
    for (const family of this.#settledFamilies) this.#free(family)
    this.#settledFamilies.length = 0
    this.#families.clear()
    this.#places.clear()
    this.#rawPrograms.clear()
  }

  async #createFamily(header: string, layout: ReturnType<typeof shaderLayout>): Promise<Family> {
    // First what can be refused without compiling.
    const store = new WeightStore(this.gl, layout)
    const source = header + weightsSource + geluSource + networkSource + toneSource + tileSource
    const tile = await createScreenProgram(this.gl, source)
    const family: Family = { store, tile, raw: null, header }
    if (this.#isDisposed) this.#free(family)
    else this.#settledFamilies.push(family)
    return family
  }

  #free(family: Family): void {
    family.store.dispose()
    this.gl.deleteProgram(family.tile.program)
    family.raw?.then(raw => this.gl.deleteProgram(raw.program)).catch(() => {})
  }

  #place(handle: NetworkHandle): Place {
    const place = this.#places.get(handle)
    if (!place) throw new Error(`no network ${handle} in this tile maker`)
    return place
  }
}

const paddedOffsetsCache = new Map<SampleCount, Float32Array>()

/** The sample offsets as the shader's array of 16. */
function paddedOffsets(count: SampleCount): Float32Array {
  let padded = paddedOffsetsCache.get(count)
  if (!padded) {
    padded = new Float32Array(32)
    padded.set(sampleOffsets(count))
    paddedOffsetsCache.set(count, padded)
  }
  return padded
}
