// The WebGL tile maker: holds networks and evaluates them for rectangles of pixels. One program an architecture, many
// nets in its weight store; a change of weights is an upload, never a recompile.

import * as twgl from 'twgl.js'
import geluSource from '../../shaders/gelu.glsl?raw'
import networkSource from '../../shaders/network.glsl?raw'
import rawSource from '../../shaders/raw.frag.glsl?raw'
import tileSource from '../../shaders/tile.frag.glsl?raw'
import divergingSource from '../../shaders/tone-diverging.glsl?raw'
import toneSource from '../../shaders/tone.glsl?raw'
import weightsSource from '../../shaders/weights-texture.glsl?raw'
import type { Region } from '../kernel/region.js'
import { type DivergingTone, inverseScale, PLAIN_TONE } from '../model/diverging.js'
import { evaluationCost, type FoldedNetwork } from '../model/fold.js'
import type { Frame } from '../model/frame.js'
import { type SampleCount, sampleOffsets } from '../model/samples.js'
import type { Tap } from '../model/tap.js'
import { toneOf } from '../model/tone.js'
import type { NetworkHandle } from '../world/item.js'
import { BLOCK_ALIGNMENT } from '../world/tiles.js'
import { ContextLostError } from './errors.js'
import { createScreenProgram } from './program.js'
import { cellsOf, packSeenLayers } from './seen-layers.js'
import { shaderHeader, type ShaderLayout, shaderLayout, tappedHeader } from './shader-header.js'
import { WeightStore } from './weight-store.js'
import { tapPlace } from './weight-texels.js'

/** Four blocks of a row share an invocation, and a texel of what it draws to. */
export const LANES = BLOCK_ALIGNMENT

/** What a draw evaluates: displayed colours packed to RGBA8 words, or raw values as float bits. */
export type DrawKind = 'tile' | 'raw'

/** One draw: a region of a net. Its blocks begin at a multiple of 4; the raw values of a unit are those of its quad. */
export interface Draw extends Region {
  readonly network: NetworkHandle
  /** The block that the first texel of the bound framebuffer stands for. */
  readonly origin: readonly [number, number]
}

/** All networks of one architecture. */
interface Family {
  readonly store: WeightStore
  readonly layout: ShaderLayout
  /** Compiled when the first of their kind are asked for: tiles of the head at once. */
  readonly compiling: Map<ProgramKind, Promise<twgl.ProgramInfo>>
  readonly programs: Map<ProgramKind, twgl.ProgramInfo>
}

/** A program of its own for units keeps the head's as fast as it is. */
type ProgramKind = DrawKind | 'tapped tile' | 'tapped raw'

function programKind(kind: DrawKind, tap: Tap | null): ProgramKind {
  return tap ? `tapped ${kind}` : kind
}

interface Place {
  readonly family: Family
  readonly index: number
}

export class TileMaker {
  readonly #families = new Map<string, Promise<Family>>()
  readonly #places = new Map<NetworkHandle, Place>()
  readonly #settledFamilies: Family[] = []
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
      family = this.#createFamily(layout)
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

  /** Compiles what `draw('raw', ...)` needs for a network, or for its units. */
  async prepareRaw(handle: NetworkHandle, tap: Tap | null = null): Promise<void> {
    await this.#compile(this.#place(handle).family, programKind('raw', tap))
  }

  /** Compiles what `draw('tile', ...)` needs for the units of a network. */
  async prepareTaps(handle: NetworkHandle): Promise<void> {
    await this.#compile(this.#place(handle).family, 'tapped tile')
  }

  /** Draws into the framebuffer that is bound, one texel for four blocks. */
  draw(kind: DrawKind, draw: Draw): void {
    const { gl } = this
    const { family, index } = this.#place(draw.network)
    const program = family.programs.get(programKind(kind, draw.tap))
    if (!program) throw new Error('prepareRaw() comes before raw values are drawn, prepareTaps() before units')
    const { blocks, origin, frame, step, viewport } = draw
    const folded = family.store.network(index)
    // The first layer's own units are looked at as they are.
    const isPlain = family.layout.secondQuads === 0 || draw.tap?.layer === 0
    gl.useProgram(program.program)
    twgl.setUniforms(program, {
      uWeights: family.store.texture,
      uSlot: family.store.slot(index),
      ...(draw.tap ? tapUniforms(folded, draw.tap, draw.tone ?? PLAIN_TONE) : toneUniforms(frame)),
      uStep: step,
      uOrigin: origin,
      uSampleCount: draw.samples,
      uSampleOffsets: paddedOffsets(draw.samples),
    })
    gl.disable(gl.BLEND)
    gl.disable(gl.SCISSOR_TEST)
    const viewportBlocks = { width: Math.ceil(viewport.width / step), height: Math.ceil(viewport.height / step) }
    for (const { part, centre } of cellsOf(blocks, viewportBlocks)) {
      const [x, y] = [centre[0] * step, centre[1] * step]
      const fromView = [x - viewport.width / 2, y - viewport.height / 2] as const
      const seen = packSeenLayers(folded, draw.sampling, frame.order, fromView, isPlain)
      twgl.setUniforms(program, { uFirstLayer: seen.first, uSecondLayer: seen.second, uCentre: [x, y] })
      gl.viewport((part.x - origin[0]) / LANES, part.y - origin[1], Math.ceil(part.width / LANES), part.height)
      gl.drawArrays(gl.TRIANGLES, 0, 3)
    }
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
  }

  async #createFamily(layout: ShaderLayout): Promise<Family> {
    // First what can be refused without compiling.
    const store = new WeightStore(this.gl, layout)
    const family: Family = { store, layout, compiling: new Map(), programs: new Map() }
    await this.#compile(family, 'tile')
    if (this.#isDisposed) this.#free(family)
    else this.#settledFamilies.push(family)
    return family
  }

  async #compile(family: Family, kind: ProgramKind): Promise<void> {
    let program = family.compiling.get(kind)
    if (!program) {
      program = createScreenProgram(this.gl, sourceOf(family.layout, kind))
      family.compiling.set(kind, program)
    }
    family.programs.set(kind, await program)
  }

  #free(family: Family): void {
    family.store.dispose()
    for (const { program } of family.programs.values()) this.gl.deleteProgram(program)
    for (const [kind, compiling] of family.compiling)
      if (!family.programs.has(kind)) compiling.then(({ program }) => this.gl.deleteProgram(program)).catch(() => {})
  }

  #place(handle: NetworkHandle): Place {
    const place = this.#places.get(handle)
    if (!place) throw new Error(`no network ${handle} in this tile maker`)
    return place
  }
}

/** The fragment source of a program. */
function sourceOf(layout: ShaderLayout, kind: ProgramKind): string {
  const net = weightsSource + geluSource + networkSource
  const header = shaderHeader(layout, LANES)
  switch (kind) {
    case 'tile':
      return header + net + toneSource + tileSource
    case 'raw':
      return header + net + rawSource
    case 'tapped tile':
      return header + tappedHeader(layout) + net + divergingSource + tileSource
    case 'tapped raw':
      return header + tappedHeader(layout) + net + rawSource
  }
}

function toneUniforms(frame: Frame): Record<string, unknown> {
  const tone = toneOf(frame)
  return { uTone: [tone.scale, tone.offset, Number(tone.logistic), Number(tone.swapRedBlue)] }
}

function tapUniforms(folded: FoldedNetwork, tap: Tap, tone: DivergingTone): Record<string, unknown> {
  const { texel, inputQuads, quad } = tapPlace(folded, tap)
  return {
    uTapLayer: tap.layer,
    uTapTexel: texel,
    uTapInputQuads: inputQuads,
    uTapQuad: quad,
    uTapUnit: tap.unit % 4,
    uTapIsPost: tap.stage === 'post',
    uDiverging: [tone.offset, inverseScale(tone)],
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
