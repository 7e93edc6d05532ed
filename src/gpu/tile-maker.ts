// The WebGL tile maker: holds networks and evaluates them for rectangles of pixels. One program an architecture, many
// nets in its weight store; a change of weights is an upload, never a recompile.

import * as twgl from 'twgl.js'
import type { Region } from '../kernel/region.js'
import { checksOf, HAS_CHECKS } from '../model/checks.js'
import { type DivergingTone, inverseScale, PLAIN_TONE } from '../model/diverging.js'
import { evaluationCost, type FoldedNetwork } from '../model/fold.js'
import type { Frame } from '../model/frame.js'
import { type SampleCount, sampleOffsets } from '../model/samples.js'
import type { Tap } from '../model/tap.js'
import { toneOf } from '../model/tone.js'
import type { NetworkHandle } from '../world/item.js'
import { ContextLostError, ShaderError } from './errors.js'
import { NetworkFamily } from './network-family.js'
import { cellsOf, packSeenLayers } from './seen-layers.js'
import { type Lanes, shaderHeader } from './shader-header.js'
import { shaderLayout } from './shader-layout.js'
import type { DrawKind, ProgramKind } from './shader-source.js'
import { type ShaderVariant, SOFTWARE_VARIANT } from './shader-variant.js'
import { tapPlace } from './weight-texels.js'

/** One draw: a region of a net. Its blocks begin at a multiple of 4; the raw values of a unit are those of its quad. */
export interface Draw extends Region {
  readonly network: NetworkHandle
  /** The block that the first texel of the bound framebuffer stands for. */
  readonly origin: readonly [number, number]
}

function programKind(kind: DrawKind, tap: Tap | null): ProgramKind {
  return tap ? `tapped ${kind}` : kind
}

/** A draw by one cell, whatever its size: good enough where most pixels are put in between. */
export interface CellDraw extends Draw {
  /** Pixels of the view about which it is evaluated. */
  readonly centre: readonly [number, number]
}

/** Blocks of pixels that are marked in a texture, a texel a block. */
export interface MarkedBlocks {
  readonly mask: WebGLTexture
  /** Blocks a row. */
  readonly across: number
  /** Pixels an edge of a block. */
  readonly size: number
  /** Which of them are looked at, counted in rows. */
  readonly first: number
  readonly count: number
}

/** An architecture, whose family is another one when another variant draws. */
interface Architecture {
  family: NetworkFamily
}

interface Place {
  readonly architecture: Architecture
  readonly index: number
}

/** Draws tiles of networks with WebGL2: programs, weights and the objects that they need. */
export class TileMaker {
  readonly #architectures = new Map<string, Promise<Architecture>>()
  readonly #places = new Map<NetworkHandle, Place>()
  readonly #settled: Architecture[] = []
  #variant: ShaderVariant
  /** Of one texel: bound where no blocks are marked, as every sampler needs a texture of its kind. */
  #noMask: WebGLTexture | null = null
  #nextHandle: NetworkHandle = 1
  #isDisposed = false

  constructor(
    readonly gl: WebGL2RenderingContext,
    variant: ShaderVariant = SOFTWARE_VARIANT,
  ) {
    this.#variant = variant
  }

  /** How networks are drawn now. */
  get variant(): ShaderVariant {
    return this.#variant
  }

  /** Neighbouring blocks of a row that share an invocation, and a texel of what it draws to. */
  get lanes(): Lanes {
    return this.#variant.lanes
  }

  /**
   * Draws everything another way from then on. Until its programs are there, and where one cannot be compiled, all is as before.
   * @throws UnsupportedError, ShaderError or ContextLostError
   */
  async useVariant(variant: ShaderVariant): Promise<void> {
    for (;;) {
      const before = this.#settled.map(architecture => [architecture, architecture.family.kinds] as const)
      const families = await Promise.all(before.map(([{ family }]) => family.compileAs(variant)))
      const isSame =
        before.length === this.#settled.length &&
        before.every(([{ family }, kinds]) => family.kinds.length === kinds.length)
      if (isSame && !this.#isDisposed) {
        this.#variant = variant
        before.forEach(([architecture], i) => {
          const old = architecture.family
          families[i].store.adopt(old.store)
          architecture.family = families[i]
          old.dispose()
        })
        return
      }
      // Another architecture came meanwhile, or somebody looked at a unit.
      for (const family of families) family.dispose()
      if (this.#isDisposed) throw new ContextLostError()
    }
  }

  /**
   * Uploads a network, compiling the program of its architecture if it is the first.
   * @throws UnsupportedError, ShaderError or ContextLostError; nothing is left behind then
   */
  async addNetwork(folded: FoldedNetwork): Promise<NetworkHandle> {
    // What tells architectures apart, however they are drawn.
    const key = shaderHeader(shaderLayout(folded), 1)
    let pending = this.#architectures.get(key)
    if (!pending) {
      pending = this.#createArchitecture(folded)
      this.#architectures.set(key, pending)
      pending.catch(() => this.#architectures.delete(key))
    }
    const architecture = await pending
    if (this.#isDisposed) throw new ContextLostError()
    const index = architecture.family.store.add(folded)
    const handle = this.#nextHandle++
    this.#places.set(handle, { architecture, index })
    return handle
  }

  /** Replaces the weights of a network by others of the same architecture. */
  updateNetwork(handle: NetworkHandle, folded: FoldedNetwork): void {
    const { architecture, index } = this.#place(handle)
    architecture.family.store.update(index, folded)
  }

  /** Gives the network's place back; an unknown handle is harmless. */
  removeNetwork(handle: NetworkHandle): void {
    const place = this.#places.get(handle)
    place?.architecture.family.store.remove(place.index)
    this.#places.delete(handle)
  }

  /** What one evaluation of a network costs, MysteryNet's being 1. */
  cost(handle: NetworkHandle): number {
    const { architecture, index } = this.#place(handle)
    return evaluationCost(architecture.family.store.network(index))
  }

  /** Whether a network is drawn as the variant says: what fits no uniform blocks, or cannot be compiled for them, keeps the texture. */
  isAsWanted(handle: NetworkHandle): boolean {
    return this.#place(handle).architecture.family.weights === this.#variant.weights
  }

  /** Whether a network is transparent, and that is seen. */
  isOverChecks(handle: NetworkHandle): boolean {
    return HAS_CHECKS && this.#place(handle).architecture.family.layout.isAlpha
  }

  /** Compiles what `draw('raw', ...)` needs for a network, or for its units. */
  async prepareRaw(handle: NetworkHandle, tap: Tap | null = null): Promise<void> {
    await this.#compile(this.#place(handle).architecture, programKind('raw', tap))
  }

  /** Compiles what `draw('tile', ...)` needs for the units of a network. */
  async prepareTaps(handle: NetworkHandle): Promise<void> {
    await this.#compile(this.#place(handle).architecture, 'tapped tile')
  }

  /** Draws into the framebuffer that is bound, one texel for as many blocks as there are lanes. */
  draw(kind: DrawKind, draw: Draw): void {
    const { gl } = this
    const { program, lanes, see } = this.#use(kind, draw)
    const { blocks, origin, step, viewport } = draw
    twgl.setUniforms(program, { ...SHOWN, uOrigin: origin, uSampleOffsets: paddedOffsets(draw.samples) })
    const viewportBlocks = { width: Math.ceil(viewport.width / step), height: Math.ceil(viewport.height / step) }
    for (const { part, centre } of cellsOf(blocks, viewportBlocks)) {
      see([centre[0] * step, centre[1] * step])
      gl.viewport((part.x - origin[0]) / lanes, part.y - origin[1], Math.ceil(part.width / lanes), part.height)
      gl.drawArrays(gl.TRIANGLES, 0, 3)
    }
  }

  /**
   * Draws nodes of a lattice with ten bits a channel, as many as there are blocks.
   * @param draw its origin is the pixel of the first node, its step the pixels from one node to the next
   */
  drawNodes(draw: CellDraw): void {
    const { gl } = this
    const { program, lanes, see } = this.#use('tile', draw)
    const { blocks, step, origin } = draw
    // A node is the first pixel of a block, half a block from its middle.
    const uSampleOffsets = paddedOffsets(1).map((_, i) => (i < 2 ? (1 - step) / 2 : 0))
    twgl.setUniforms(program, { uChannelBits: 10, uPoints: [0, 0], uOrigin: [0, 0], uSampleOffsets })
    see(draw.centre, origin)
    gl.viewport(0, 0, Math.ceil(blocks.width / lanes), blocks.height)
    gl.drawArrays(gl.TRIANGLES, 0, 3)
  }

  /** Draws the pixels of marked blocks. @param draw of blocks of one pixel, the first of which is the target's first */
  drawMarked(draw: CellDraw, { mask, across, size, first, count }: MarkedBlocks): void {
    const { gl } = this
    const { program, lanes, see } = this.#use('tile', draw)
    const { blocks, origin } = draw
    const texels = [Math.ceil(blocks.width / lanes), blocks.height]
    twgl.setUniforms(program, {
      ...SHOWN,
      uMask: mask,
      uPoints: [across, size / lanes],
      uTexels: texels,
      uOrigin: origin,
      uSampleOffsets: paddedOffsets(1),
    })
    see(draw.centre)
    gl.viewport(0, 0, texels[0], texels[1])
    gl.drawArrays(gl.POINTS, first * lanes, count * lanes)
  }

  /** Makes a program ready for a draw. */
  #use(kind: DrawKind, draw: Draw) {
    const { gl } = this
    const { architecture, index } = this.#place(draw.network)
    const { layout, lanes, store } = architecture.family
    const program = architecture.family.program(programKind(kind, draw.tap))
    if (!program) throw new Error('prepareRaw() comes before raw values are drawn, prepareTaps() before units')
    const { frame, step, viewport, sampling } = draw
    const folded = store.network(index)
    // What is measured stands over white.
    const checks = HAS_CHECKS && kind === 'tile' && layout.isAlpha ? checksOf(frame, sampling, viewport) : undefined
    // The first layer's own units are looked at as they are.
    const isPlain = layout.secondQuads === 0 || draw.tap?.layer === 0
    const isArgumentSeen = draw.tap?.layer === 0 && draw.tap.stage === 'pre'
    gl.useProgram(program.program)
    store.bind(program, index)
    twgl.setUniforms(program, {
      ...(draw.tap ? tapUniforms(folded, draw.tap, draw.tone ?? PLAIN_TONE) : toneUniforms(frame)),
      uMask: (this.#noMask ??= createNoMask(gl)),
      uStep: step,
      uSampleCount: draw.samples,
    })
    gl.disable(gl.BLEND)
    gl.disable(gl.SCISSOR_TEST)
    /** Sets what depends on the cell. @param centre of it, in pixels of the view @param origin the target's first pixel, where blocks are not counted in the view */
    const see = ([x, y]: Draw['origin'], [left, top]: Draw['origin'] = [0, 0]) => {
      const fromView = [x - viewport.width / 2, y - viewport.height / 2] as const
      const seen = packSeenLayers(folded, sampling, frame.order, fromView, isPlain, isArgumentSeen)
      const uCentre = [x - left, y - top]
      twgl.setUniforms(program, {
        uFirstLayer: seen.first,
        uSecondLayer: seen.second,
        uCentre,
        ...(HAS_CHECKS && checks && { uChecks: [checks.x - x, checks.y - y, checks.edge] }),
      })
      if (seen.radius)
        twgl.setUniforms(program, {
          uFirstRadius: seen.radius.weight,
          uRadiusCentre: seen.radius.centre,
          uRadiusStep: [sampling.stepX, sampling.stepY],
        })
    }
    return { program, lanes, see }
  }

  /** Bytes of the textures and buffers that hold weights. */
  get sizeBytes(): number {
    return this.#settled.reduce((sum, { family }) => sum + family.store.sizeBytes, 0)
  }

  /** Frees programs and weights; twice is harmless. What is still compiling is freed when it is done. */
  dispose(): void {
    this.#isDisposed = true
    for (const { family } of this.#settled) family.dispose()
    this.gl.deleteTexture(this.#noMask)
    this.#noMask = null
    this.#settled.length = 0
    this.#architectures.clear()
    this.#places.clear()
  }

  async #createArchitecture(folded: FoldedNetwork): Promise<Architecture> {
    for (;;) {
      const variant = this.#variant
      const family = await this.#createFamily(folded, variant)
      if (!this.#isDisposed && variant !== this.#variant) {
        family.dispose()
        continue
      }
      const architecture = { family }
      if (this.#isDisposed) family.dispose()
      else this.#settled.push(architecture)
      return architecture
    }
  }

  async #createFamily(folded: FoldedNetwork, variant: ShaderVariant): Promise<NetworkFamily> {
    const family = new NetworkFamily(this.gl, folded, variant)
    try {
      await family.compile('tile')
      return family
    } catch (error) {
      family.dispose()
      if (!(error instanceof ShaderError) || family.weights === 'texture') throw error
      // The base draws where a driver does not take what was chosen.
      return this.#createFamily(folded, { ...variant, weights: 'texture' })
    }
  }

  async #compile(architecture: Architecture, kind: ProgramKind): Promise<void> {
    // Another variant may have taken over meanwhile.
    for (let family: NetworkFamily | null = null; family !== architecture.family;) {
      family = architecture.family
      await family.compile(kind)
    }
  }

  #place(handle: NetworkHandle): Place {
    const place = this.#places.get(handle)
    if (!place) throw new Error(`no network ${handle} in this tile maker`)
    return place
  }
}

/** Colours of all blocks, as they are shown. */
const SHOWN = { uChannelBits: 8, uPoints: [0, 0] }

function createNoMask(gl: WebGL2RenderingContext): WebGLTexture {
  const mask = gl.createTexture()
  gl.bindTexture(gl.TEXTURE_2D, mask)
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R8, 1, 1)
  return mask
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
