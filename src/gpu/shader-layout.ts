// Where everything of a folded network lies for the shaders, off its widths: the first layer in uniforms, the others one after the
// other in texels, which src/gpu/weight-texels.ts fills and src/gpu/shader-header.ts tells the GLSL.

import { UnsupportedError } from '../model/errors.js'
import type { FoldedLayer, FoldedNetwork } from '../model/fold.js'
import type { Activation } from '../model/layers/kinds.js'
import { shaderNetwork } from './shader-network.js'

/** Hidden layers of equal shape in a row, which the shader takes in one loop. Dims in quads of four units. */
export interface LayerRun {
  readonly inputQuads: number
  readonly outputQuads: number
  readonly firstTexel: number
  readonly count: number
  /** Index of the first of them among the shader's layers. */
  readonly firstLayer: number
  readonly activation: Activation | null
  /** Texels of one of them. */
  readonly layerTexels: number
  /** Quads of the blocks that take and give units of their own; null for whole matrices. */
  readonly blocks: readonly { readonly inputQuads: number; readonly outputQuads: number }[] | null
}

/** Where everything of a network lies: the first layer in uniforms, the others one after the other in its texels. */
export interface ShaderLayout {
  readonly firstQuads: number
  /** Of the second layer, whose bias goes into uniforms with the first; 0 where there is no room for it. */
  readonly secondQuads: number
  readonly maxQuads: number
  readonly runs: readonly LayerRun[]
  readonly headQuads: number
  readonly headTexel: number
  readonly texelCount: number
  readonly firstActivation: Activation | null
  readonly headActivation: Activation | null
  /** Whether the head's fourth value is alpha. */
  readonly isAlpha: boolean
  /** Whether the first layer takes the distance from the origin. */
  readonly hasRadius: boolean
}

// Two arrays of this many units a pixel, times four pixels, are all that fits into any GPU's registers and then some.
const MAX_WIDTH = 256
// Of the 224 uniform vectors that WebGL2 promises; samples, tap and tone need some thirty.
const SEEN_UNIFORMS = 190
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

/** Texels of a layer, whole or in blocks. */
export function texelsOf({ inDim, outDim, blocks }: Pick<FoldedLayer, 'inDim' | 'outDim' | 'blocks'>): number {
  const parts = blocks ?? [{ inDim, outDim }]
  return parts.reduce((sum, part) => sum + layerTexels(quadsOf(part.inDim), quadsOf(part.outDim)), 0)
}

/**
 * Lays a folded network out.
 * @throws UnsupportedError for a network too wide for a fragment shader, or of what the shader does not know
 */
export function shaderLayout(folded: FoldedNetwork): ShaderLayout {
  const { layers, direct, radius, isAlpha } = shaderNetwork(folded)
  const widest = Math.max(...layers.map(layer => layer.outDim))
  if (widest > MAX_WIDTH)
    throw new UnsupportedError(`a layer of ${widest} units is too wide to draw: the limit is ${MAX_WIDTH}`)
  const [firstQuads, nextQuads] = layers.map(({ outDim }) => quadsOf(outDim))
  const secondQuads = 3 * (firstQuads + nextQuads) <= SEEN_UNIFORMS ? nextQuads : 0
  if (direct && secondQuads === 0)
    throw new UnsupportedError('a first and a second layer of so many units, behind octaves, are too wide to draw')
  const hidden = layers.slice(1, -1)
  const runs: LayerRun[] = []
  let texel = 0
  for (const [index, layer] of hidden.entries()) {
    const inputQuads = quadsOf(layer.inDim)
    const outputQuads = quadsOf(layer.outDim)
    const last = runs.at(-1)
    // A second layer that has its bias elsewhere is a run of its own.
    const mayJoin = index > 1 || secondQuads === 0
    const { activation } = layer
    const blocks =
      layer.blocks?.map(block => ({ inputQuads: quadsOf(block.inDim), outputQuads: quadsOf(block.outDim) })) ?? null
    const isLike =
      last?.inputQuads === inputQuads &&
      last.outputQuads === outputQuads &&
      JSON.stringify(last.blocks) === JSON.stringify(blocks)
    if (mayJoin && last && isLike && JSON.stringify(last.activation) === JSON.stringify(activation))
      runs[runs.length - 1] = { ...last, count: last.count + 1 }
    else
      runs.push({
        inputQuads,
        outputQuads,
        firstTexel: texel,
        count: 1,
        firstLayer: index + 1,
        activation,
        layerTexels: texelsOf(layer),
        blocks,
      })
    texel += texelsOf(layer)
  }
  if (runs.length > MAX_RUNS)
    throw new UnsupportedError(`${hidden.length} layers of changing widths are too many to draw`)
  const headQuads = quadsOf(layers[layers.length - 1].inDim)
  return {
    firstQuads,
    secondQuads,
    maxQuads: quadsOf(widest),
    runs,
    headQuads,
    headTexel: texel,
    texelCount: texel + layerTexels(headQuads, 1),
    firstActivation: layers[0].activation,
    headActivation: layers[layers.length - 1].activation,
    isAlpha,
    hasRadius: radius !== null,
  }
}
