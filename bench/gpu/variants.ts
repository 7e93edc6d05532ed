// The ways to feed a fragment shader its weights that the bench compares. Each draws the same tile with the same GLSL;
// only where weightTexel() reads, and how many pixels an invocation evaluates, differ.

import * as twgl from 'twgl.js'
import geluSource from '../../shaders/gelu.glsl?raw'
import networkSource from '../../shaders/network.glsl?raw'
import tileSource from '../../shaders/tile.frag.glsl?raw'
import toneSource from '../../shaders/tone.glsl?raw'
import textureSource from '../../shaders/weights-texture.glsl?raw'
import uniformSource from '../../shaders/weights-uniform.glsl?raw'
import { packSeenLayers } from '../../src/gpu/seen-layers.js'
import { createScreenProgram } from '../../src/gpu/program.js'
import { type Lanes, type ShaderLayout, shaderHeader, shaderLayout } from '../../src/gpu/shader-header.js'
import { WeightStore } from '../../src/gpu/weight-store.js'
import { packWeightTexels } from '../../src/gpu/weight-texels.js'
import type { FoldedNetwork } from '../../src/model/fold.js'
import type { Frame } from '../../src/model/frame.js'
import { toneOf } from '../../src/model/tone.js'
import { samplingOf, wholeFrame } from '../../src/model/view.js'
import type { Rect, Size } from '../../src/world/camera.js'
import { bakedSource } from './baked-source.js'

export type WeightSource = 'texture' | 'uniform' | 'baked'

export interface Variant {
  readonly name: string
  readonly source: WeightSource
  readonly lanes: Lanes
}

export const VARIANTS: readonly Variant[] = [
  { name: 'texture loop', source: 'texture', lanes: 1 },
  { name: 'texture loop, 2 pixels an invocation', source: 'texture', lanes: 2 },
  { name: 'texture loop, 4 pixels an invocation', source: 'texture', lanes: 4 },
  { name: 'uniform-buffer loop', source: 'uniform', lanes: 1 },
  { name: 'uniform-buffer loop, 2 pixels an invocation', source: 'uniform', lanes: 2 },
  { name: 'uniform-buffer loop, 4 pixels an invocation', source: 'uniform', lanes: 4 },
  { name: 'baked constants', source: 'baked', lanes: 1 },
]

/** The variant the product draws with (src/gpu/tile-maker.ts). */
export const DEFAULT_VARIANT = 'texture loop, 4 pixels an invocation'

export interface CompiledVariant {
  readonly compileMs: number
  /** Draws a rectangle of a picture into the bound framebuffer from its first texel on, LANES pixels a texel. */
  draw(picture: Size, rect: Rect): void
  dispose(): void
}

/** Compiles a variant for a network. */
export async function compileVariant(
  gl: WebGL2RenderingContext,
  { source, lanes }: Variant,
  folded: FoldedNetwork,
  frame: Frame,
): Promise<CompiledVariant> {
  const layout = shaderLayout(folded)
  const blocks = layout.texelCount * 16 <= gl.getParameter(gl.MAX_UNIFORM_BLOCK_SIZE) ? 1 : 2
  const startMs = performance.now()
  const program = await createScreenProgram(gl, fragmentSource(source, lanes, folded, layout, blocks))
  const compileMs = performance.now() - startMs
  const store = new WeightStore(gl, layout)
  const slot = store.add(folded)
  const buffers = source === 'uniform' ? createUniformBuffers(gl, program, folded, layout, blocks) : []
  const tone = toneOf(frame)
  return {
    compileMs,
    draw({ width, height }, rect) {
      const sampling = samplingOf(frame, wholeFrame(frame), width, height)
      const seen = packSeenLayers(folded, sampling, frame.order, [0, 0], source === 'baked')
      gl.useProgram(program.program)
      buffers.forEach((buffer, index) => gl.bindBufferBase(gl.UNIFORM_BUFFER, index, buffer))
      twgl.setUniforms(program, {
        uWeights: store.texture,
        uSlot: store.slot(slot),
        uFirstLayer: seen.first,
        uSecondLayer: seen.second,
        uTone: [tone.scale, tone.offset, Number(tone.logistic), Number(tone.swapRedBlue)],
        uCentre: [width / 2, height / 2],
        uStep: 1,
        uOrigin: [rect.x, rect.y],
        uSampleCount: 1,
        uSampleOffsets: new Float32Array(32),
      })
      gl.viewport(0, 0, rect.width / lanes, rect.height)
      gl.drawArrays(gl.TRIANGLES, 0, 3)
    },
    dispose() {
      gl.deleteProgram(program.program)
      store.dispose()
      for (const buffer of buffers) gl.deleteBuffer(buffer)
    },
  }
}

function fragmentSource(
  source: WeightSource,
  lanes: Lanes,
  folded: FoldedNetwork,
  layout: ShaderLayout,
  blocks: number,
): string {
  const header = shaderHeader(layout, lanes)
  if (source === 'baked') return header + geluSource + bakedSource(folded, layout) + toneSource + tileSource
  const weights =
    source === 'texture'
      ? textureSource
      : `#define WEIGHT_BLOCKS ${blocks}\n#define TEXEL_COUNT ${layout.texelCount}\n${uniformSource}`
  return header + weights + geluSource + networkSource + toneSource + tileSource
}

function createUniformBuffers(
  gl: WebGL2RenderingContext,
  program: twgl.ProgramInfo,
  folded: FoldedNetwork,
  layout: ShaderLayout,
  blocks: number,
): WebGLBuffer[] {
  const texels = packWeightTexels(folded, layout)
  const parts = blocks === 1 ? [texels] : [texels.subarray(0, 4096), texels.subarray(4096)]
  return parts.map((part, index) => {
    const buffer = gl.createBuffer()
    gl.bindBuffer(gl.UNIFORM_BUFFER, buffer)
    gl.bufferData(gl.UNIFORM_BUFFER, part, gl.STATIC_DRAW)
    gl.uniformBlockBinding(program.program, gl.getUniformBlockIndex(program.program, `Weights${index}`), index)
    return buffer
  })
}
