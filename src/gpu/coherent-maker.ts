// Makes coherent tiles: most of a flag is flat or smooth, so a lattice of nodes is evaluated, and all pixels where the nodes are
// not what their neighbours say; the others are put in between. Which blocks those are never leaves the GPU:
//
//   nodes     the net on a lattice, packed as tiles are               TileMaker.drawNodes
//   lattice   a node a texel                                          shaders/nodes.frag.glsl
//   bends     nodes that are not what those beside them say           shaders/bends.frag.glsl
//   mask      blocks of 3 x 3 nodes with such a node                  shaders/mask.frag.glsl
//   pixels    the net on all pixels of marked blocks                  TileMaker.drawMarked
//   blend     those, and the biquadratics of the other blocks         shaders/blend.frag.glsl
//
// Twin in purpose: src/kernel/coherent.ts, which goes on to smaller blocks where a GPU would have to wait.

import * as twgl from 'twgl.js'
import bendsSource from '../../shaders/bends.frag.glsl?raw'
import blendSource from '../../shaders/blend.frag.glsl?raw'
import maskSource from '../../shaders/mask.frag.glsl?raw'
import nodesSource from '../../shaders/nodes.frag.glsl?raw'
import { densityOf } from '../kernel/density.js'
import { UnsupportedError } from '../model/errors.js'
import { itemSampling } from '../world/item.js'
import type { Scene } from '../world/scheduler.js'
import { MAX_COHERENT_EDGE, type Tile } from '../world/tiles.js'
import { createScreenProgram } from './program.js'
import { VERSION_AND_PRECISION } from './shader-header.js'
import { PACKED_FORMATS, Target } from './target.js'
import type { CellDraw, TileMaker } from './tile-maker.js'

/** Nodes in front of a tile's first and behind its last: as far as the test of a node looks. */
const RING = 3
/** Pixels from one node to the next, at least. */
const LEAST_SPACING = 4
const MOST_SPACING = 16
/** Nodes an edge of a whole tile's lattice, a multiple of all lanes. */
const LATTICE_EDGE = MAX_COHERENT_EDGE / LEAST_SPACING + 16
/** Pixels an edge of a tile whose last blocks are whole. */
const SCRATCH_EDGE = MAX_COHERENT_EDGE + 2 * MOST_SPACING
/** How far a node may be from the cubic, in what pixels that are put in between may be off: those are some eight times as near. */
const BEND = 2
/** Evaluations that a draw may come to where every block is marked: 20 ms on software GL, of which a busy machine may make four times as much. */
const MOST_EVALUATIONS = 8192

type Pass = 'nodes' | 'bends' | 'mask' | 'blend'

/** What a tile goes through on its way. */
interface Targets {
  readonly lanes: number
  /** The lattice, packed; then the pixels. */
  readonly packed: Target
  readonly lattice: Target
  readonly bends: Target
  readonly mask: Target
}

export class CoherentMaker {
  #targets: Targets | null = null

  private constructor(
    private readonly tileMaker: TileMaker,
    private readonly programs: Readonly<Record<Pass, twgl.ProgramInfo>>,
  ) {}

  /** Compiles the passes. @throws UnsupportedError, ShaderError or ContextLostError; nothing is left behind then */
  static async create(tileMaker: TileMaker): Promise<CoherentMaker> {
    const { gl } = tileMaker
    const [, largestPoint] = (gl.getParameter(gl.ALIASED_POINT_SIZE_RANGE) as Float32Array | null) ?? [1, 1]
    if (largestPoint < 2 * MOST_SPACING)
      throw new UnsupportedError(`this GPU draws points up to ${largestPoint} pixels, a block has ${2 * MOST_SPACING}`)
    const sources = { nodes: nodesSource, bends: bendsSource, mask: maskSource, blend: blendSource }
    const compiled = await Promise.allSettled(
      Object.values(sources).map(source => createScreenProgram(gl, VERSION_AND_PRECISION + source)),
    )
    const failed = compiled.find(({ status }) => status === 'rejected')
    const programs = compiled.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
    if (failed?.status === 'rejected') {
      for (const { program } of programs) gl.deleteProgram(program)
      throw failed.reason
    }
    const [nodes, bends, mask, blend] = programs
    return new CoherentMaker(tileMaker, { nodes, bends, mask, blend })
  }

  /** Bytes of the textures that a tile goes through. */
  get sizeBytes(): number {
    if (!this.#targets) return 0
    const { packed, lattice, bends, mask } = this.#targets
    return packed.sizeBytes + lattice.sizeBytes + bends.sizeBytes + mask.sizeBytes
  }

  /**
   * Makes a coherent tile, no larger than {@link MAX_COHERENT_EDGE}.
   * @param target where the tile is put, at its own place
   */
  make(tile: Tile, scene: Scene, target: Target): void {
    const { gl, tileMaker } = this
    const { item, blocks, shown } = tile
    const { lanes } = tileMaker
    const sampling = itemSampling(item, scene.camera)
    const spacing = spacingOf(densityOf(item.frame, sampling))
    const size = 2 * spacing
    const [columns, rows] = [Math.ceil(blocks.width / size), Math.ceil(blocks.height / size)]
    const nodes = { width: 2 * columns + 1 + 2 * RING, height: 2 * rows + 1 + 2 * RING }
    const { packed, lattice, bends, mask } = this.#prepare()
    const draw: CellDraw = {
      network: item.network,
      tap: item.tap,
      tone: item.tone,
      frame: item.frame,
      sampling,
      viewport: scene.viewport,
      blocks: { x: 0, y: 0, width: columns * size, height: rows * size },
      step: 1,
      samples: 1,
      origin: [blocks.x, blocks.y],
      centre: [blocks.x + blocks.width / 2, blocks.y + blocks.height / 2],
    }
    const ring = RING * spacing
    bind(gl, packed)
    tileMaker.drawNodes({
      ...draw,
      blocks: { x: 0, y: 0, ...nodes },
      step: spacing,
      origin: [blocks.x - ring, blocks.y - ring],
    })
    const uScratch = packed.textures[0]
    const uLaneBits = Math.log2(lanes)
    this.#pass('nodes', lattice, nodes, { uScratch, uLaneBits })
    const uNodes = lattice.textures[0]
    const uTolerance = (BEND * (tile.coherent?.tolerance ?? 0)) / 255
    this.#pass('bends', bends, nodes, { uNodes, uTolerance })
    this.#pass('mask', mask, { width: columns, height: rows }, { uBends: bends.textures[0], uFirst: RING })
    bind(gl, packed)
    const most = MOST_EVALUATIONS / Math.max(1, item.cost)
    const rowsADraw = Math.max(1, Math.floor(most / (columns * size * size)))
    for (let row = 0; row < rows; row += rowsADraw)
      tileMaker.drawMarked(draw, {
        mask: mask.textures[0],
        across: columns,
        size,
        first: row * columns,
        count: Math.min(rowsADraw, rows - row) * columns,
      })
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer)
    gl.viewport(shown.x, shown.y, shown.width, shown.height)
    this.#draw('blend', {
      uScratch,
      uLaneBits,
      uNodes,
      uMask: mask.textures[0],
      uTile: [blocks.x, blocks.y],
      uSpacingBits: Math.log2(spacing),
      uFirst: RING,
    })
  }

  /** Frees what tiles go through; another one takes it anew. */
  clear(): void {
    if (!this.#targets) return
    const { packed, lattice, bends, mask } = this.#targets
    for (const target of [packed, lattice, bends, mask]) target.dispose()
    this.#targets = null
  }

  dispose(): void {
    this.clear()
    for (const { program } of Object.values(this.programs)) this.gl.deleteProgram(program)
  }

  private get gl(): WebGL2RenderingContext {
    return this.tileMaker.gl
  }

  #prepare(): Targets {
    const { gl } = this
    const { lanes } = this.tileMaker
    // Another variant may have taken over.
    if (this.#targets && this.#targets.lanes !== lanes) this.clear()
    return (this.#targets ??= {
      lanes,
      packed: new Target(gl, SCRATCH_EDGE / lanes, SCRATCH_EDGE, PACKED_FORMATS[lanes]),
      lattice: new Target(gl, LATTICE_EDGE, LATTICE_EDGE, 'rgb10a2'),
      bends: new Target(gl, LATTICE_EDGE, LATTICE_EDGE, 'r8'),
      mask: new Target(gl, LATTICE_EDGE / 2, LATTICE_EDGE / 2, 'r8'),
    })
  }

  #pass(
    pass: Pass,
    target: Target,
    size: { readonly width: number; readonly height: number },
    uniforms: Record<string, unknown>,
  ): void {
    bind(this.gl, target)
    this.gl.viewport(0, 0, size.width, size.height)
    this.#draw(pass, uniforms)
  }

  #draw(pass: Pass, uniforms: Record<string, unknown>): void {
    const program = this.programs[pass]
    this.gl.useProgram(program.program)
    twgl.setUniforms(program, uniforms)
    this.gl.drawArrays(this.gl.TRIANGLES, 0, 3)
  }
}

function bind(gl: WebGL2RenderingContext, { framebuffer }: Target): void {
  gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer)
}

/** Pixels from one node to the next: what a net draws is as fine as ever, and the more pixels wide the nearer one looks. */
function spacingOf(density: number): number {
  if (density > 200_000) return MOST_SPACING
  return density > 64_000 ? 8 : LEAST_SPACING
}
