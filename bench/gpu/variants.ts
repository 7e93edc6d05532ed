// The ways to feed a fragment shader its weights that the bench compares. Each draws the same tile with the same GLSL;
// only where weightTexel() reads, and how many pixels an invocation evaluates, differ.

import * as twgl from 'twgl.js'
import geluSource from '../../shaders/gelu.glsl?raw'
import tileSource from '../../shaders/tile.frag.glsl?raw'
import toneSource from '../../shaders/tone.glsl?raw'
import { packSeenLayers } from '../../src/gpu/seen-layers.js'
import { createScreenProgram } from '../../src/gpu/program.js'
import { type Lanes, shaderHeader } from '../../src/gpu/shader-header.js'
import { type ShaderLayout, shaderLayout } from '../../src/gpu/shader-layout.js'
import { fragmentSource } from '../../src/gpu/shader-source.js'
import { uniformBlocks, type UniformBlocks } from '../../src/gpu/uniform-blocks.js'
import { UniformStore } from '../../src/gpu/uniform-store.js'
import { WeightStore } from '../../src/gpu/weight-store.js'
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

/** The variant the product draws with on software GL, and the one that all are compared with. */
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
  const blocks = source === 'uniform' ? uniformBlocks(folded, layout) : null
  const startMs = performance.now()
  const program = await createScreenProgram(gl, sourceOf(source, lanes, folded, layout, blocks))
  const compileMs = performance.now() - startMs
  const store = blocks ? new UniformStore(gl, layout, blocks) : new WeightStore(gl, layout)
  if (store instanceof UniformStore) store.prepare(program)
  const slot = store.add(folded)
  const tone = toneOf(frame)
  return {
    compileMs,
    draw({ width, height }, rect) {
      const sampling = samplingOf(frame, wholeFrame(frame), width, height)
      const seen = packSeenLayers(folded, sampling, frame.order, [0, 0], source === 'baked')
      gl.useProgram(program.program)
      store.bind(program, slot)
      twgl.setUniforms(program, {
        uFirstLayer: seen.first,
        uSecondLayer: seen.second,
        uTone: [tone.scale, tone.offset, Number(tone.logistic), Number(tone.swapRedBlue)],
        uCentre: [width / 2, height / 2],
        uStep: 1,
        uChannelBits: 8,
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
    },
  }
}

function sourceOf(
  source: WeightSource,
  lanes: Lanes,
  folded: FoldedNetwork,
  layout: ShaderLayout,
  blocks: UniformBlocks | null,
): string {
  if (source !== 'baked') return fragmentSource(layout, lanes, blocks, 'tile')
  return shaderHeader(layout, lanes) + geluSource + bakedSource(folded, layout) + toneSource + tileSource
}
