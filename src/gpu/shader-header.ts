// The header that drives the shaders: a few #defines off the folded network's widths, put before the GLSL files.
// Also the texel layout they name; src/gpu/weight-texels.ts fills it.

import { UnsupportedError } from '../model/errors.js'
import type { FoldedNetwork } from '../model/fold.js'

/** Hidden layers of equal shape in a row, which the shader takes in one loop. Dims in quads of four units. */
export interface LayerRun {
  readonly inputQuads: number
  readonly outputQuads: number
  readonly firstTexel: number
  readonly count: number
}

/** Where everything of a network lies: the first layer in uniforms, the others one after the other in its texels. */
export interface ShaderLayout {
  readonly firstQuads: number
  readonly maxQuads: number
  readonly runs: readonly LayerRun[]
  readonly headQuads: number
  readonly headTexel: number
  readonly texelCount: number
}

// Two arrays of this many units a pixel, times four pixels, are all that fits into any GPU's registers and then some.
const MAX_WIDTH = 256
// Each run of equally shaped layers is code of its own: beyond a few dozen drivers compile for minutes.
const MAX_RUNS = 32

/** Units of a layer in quads: the last one padded with zeros. */
export function quadsOf(dim: number): number {
  return Math.ceil(dim / 4)
}

/** Texels of a layer: a bias and `inputQuads` 4x4 blocks for each quad of outputs. */
export function layerTexels(inputQuads: number, outputQuads: number): number {
  return outputQuads * (1 + 4 * inputQuads)
}

/**
 * Lays a folded network out.
 * @throws UnsupportedError for a network too wide for a fragment shader
 */
export function shaderLayout({ layers }: FoldedNetwork): ShaderLayout {
  const widest = Math.max(...layers.map(layer => layer.outDim))
  if (widest > MAX_WIDTH)
    throw new UnsupportedError(`a layer of ${widest} units is too wide to draw: the limit is ${MAX_WIDTH}`)
  const hidden = layers.slice(1, -1)
  const runs: LayerRun[] = []
  let texel = 0
  for (const layer of hidden) {
    const inputQuads = quadsOf(layer.inDim)
    const outputQuads = quadsOf(layer.outDim)
    const last = runs.at(-1)
    if (last && last.inputQuads === inputQuads && last.outputQuads === outputQuads)
      runs[runs.length - 1] = { ...last, count: last.count + 1 }
    else runs.push({ inputQuads, outputQuads, firstTexel: texel, count: 1 })
    texel += layerTexels(inputQuads, outputQuads)
  }
  if (runs.length > MAX_RUNS)
    throw new UnsupportedError(`${hidden.length} layers of changing widths are too many to draw`)
  const headQuads = quadsOf(layers[layers.length - 1].inDim)
  return {
    firstQuads: quadsOf(layers[0].outDim),
    maxQuads: quadsOf(widest),
    runs,
    headQuads,
    headTexel: texel,
    texelCount: texel + layerTexels(headQuads, 1),
  }
}

/** Pixels that one invocation evaluates. */
export type Lanes = 1 | 2 | 4

/** The #version line and the #defines that shaders/network.glsl asks for. */
export function shaderHeader(layout: ShaderLayout, lanes: Lanes): string {
  const times = (macro: string, count: number) => Array.from({ length: count }, (_, i) => `${macro}(${i})`).join(' ')
  const runs = layout.runs.map(
    ({ inputQuads, outputQuads, firstTexel, count }) =>
      `RUN(${inputQuads}, ${outputQuads}, ${firstTexel}, ${count}, ${times('TERM', inputQuads)}, ${times('KEEP', outputQuads)})`,
  )
  return [
    VERSION_AND_PRECISION,
    `#define LANES ${lanes}`,
    `#define MAX_QUADS ${layout.maxQuads}`,
    `#define FIRST_QUADS ${layout.firstQuads}`,
    `#define HIDDEN_LAYERS ${runs.join(' ')}`,
    `#define HEAD_QUADS ${layout.headQuads}`,
    `#define HEAD_TEXEL ${layout.headTexel}`,
    '',
  ].join('\n')
}

/** What every shader begins with. */
export const VERSION_AND_PRECISION = '#version 300 es\nprecision highp float;\nprecision highp int;\n'
