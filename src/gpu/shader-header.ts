// The header that drives the shaders: a few #defines off the folded network's widths, put before the GLSL files.

import { DIVERGING_STOPS, NAN_COLOUR } from '../model/diverging.js'
import { OVER_GROUND, overGroundText } from './over-ground.js'
import type { LayerRun, ShaderLayout } from './shader-layout.js'
import { ShaderActivations } from './shader-activations.js'
import { splitRuns, type UniformBlocks } from './uniform-blocks.js'

/** Pixels that one invocation evaluates. */
export type Lanes = 1 | 2 | 4

/**
 * The #version line and the #defines that shaders/network.glsl asks for.
 * @param blocks the uniform blocks that the weights come from; null for a texture
 */
export function shaderHeader(layout: ShaderLayout, lanes: Lanes, blocks: UniformBlocks | null = null): string {
  const activations = new ShaderActivations()
  const [first, head] = [layout.firstActivation, layout.headActivation].map(each => activations.nameOf(each))
  const biasOf = (layer: number) => (layer === 1 && layout.secondQuads > 0 ? 'SEEN_BIAS' : 'TEXEL_BIAS')
  const weightsOf = (texel: number) => (blocks ? `weightTexel${texel < blocks.secondStart ? 0 : 1}` : 'weightTexel')
  const runs = (blocks ? splitRuns(layout.runs, blocks.secondStart) : layout.runs).map(
    ({ inputQuads, outputQuads, firstTexel, count, firstLayer, activation, layerTexels, blocks: parts }) => {
      const weights = weightsOf(firstTexel)
      if (parts) {
        const rows = blockRows(weights, parts, biasOf(firstLayer), activations.nameOf(activation))
        return `RUN_BLOCKS(${layerTexels}, ${outputQuads}, ${firstTexel}, ${count}, ${rows}, ${times('KEEP', outputQuads)}, ${firstLayer})`
      }
      return `RUN(${weights}, ${inputQuads}, ${outputQuads}, ${firstTexel}, ${count}, ${biasOf(firstLayer)}, ${terms(weights, inputQuads)}, ${times('KEEP', outputQuads)}, ${firstLayer}, ${activations.nameOf(activation)})`
    },
  )
  const hiddenCount = layout.runs.reduce((sum, { count }) => sum + count, 0)
  return [
    VERSION_AND_PRECISION,
    `#define LANES ${lanes}`,
    `#define MAX_QUADS ${layout.maxQuads}`,
    `#define FIRST_QUADS ${layout.firstQuads}`,
    `#define SECOND_QUADS ${layout.secondQuads}`,
    `#define HIDDEN_LAYERS ${runs.join(' ')}`,
    ...(blocks ? [`#define SECOND_BLOCK ${blocks.secondStart}`, `#define TEXEL_COUNT ${layout.texelCount}`] : []),
    `#define HEAD_WEIGHTS ${weightsOf(layout.headTexel)}`,
    `#define HEAD_TEXEL ${layout.headTexel}`,
    `#define HEAD_BIAS ${biasOf(hiddenCount + 1)}`,
    `#define HEAD_TERMS ${terms(weightsOf(layout.headTexel), layout.headQuads)}`,
    `#define FIRST_ACTIVATION ${first}`,
    `#define HEAD_ACTIVATION(sum) ${layout.isAlpha ? OVER_GROUND : `${head}(sum)`}`,
    ...(layout.hasRadius ? ['#define HAS_RADIUS'] : []),
    activations.text + (layout.isAlpha ? overGroundText(head) : ''),
    '',
  ].join('\n')
}

/** What a program that shows units has besides: shaders/network.glsl and shaders/tone-diverging.glsl ask for it. */
export function tappedHeader({ maxQuads }: ShaderLayout): string {
  const number = (value: number) => value.toFixed(9)
  const vector = (values: readonly number[]) => `vec3(${values.map(number).join(', ')})`
  const ramps = DIVERGING_STOPS.slice(1).map((stop, i) => {
    const difference = stop.map((value, channel) => value - DIVERGING_STOPS[i][channel])
    return `RAMP(${number(i)}, ${vector(difference)})`
  })
  return [
    '#define TAPPED',
    `#define TAP_TERMS ${times('TAP_TERM', maxQuads)}`,
    `#define FIRST_STOP ${vector(DIVERGING_STOPS[0])}`,
    `#define STOP_INTERVALS ${number(DIVERGING_STOPS.length - 1)}`,
    `#define RAMPS ${ramps.join(' ')}`,
    `#define NAN_COLOUR ${vector(NAN_COLOUR)}`,
    '',
  ].join('\n')
}

/** The blocks of a layer, one after the other: each takes quads of its own. */
function blockRows(weights: string, parts: NonNullable<LayerRun['blocks']>, bias: string, activation: string): string {
  let [input, output] = [0, 0]
  const rows = parts.map(({ inputQuads, outputQuads }) => {
    const row = `ROWS(${weights}, ${output}, ${output + outputQuads}, ${inputQuads}, ${bias}, ${blockTerms(weights, inputQuads, input)}, ${activation})`
    input += inputQuads
    output += outputQuads
    return row
  })
  return rows.join(' ')
}

/** As {@link terms}, of a block whose inputs begin with a quad further on. */
function blockTerms(weights: string, inputQuads: number, first: number): string {
  const half = Math.ceil(inputQuads / 2)
  return Array.from(
    { length: inputQuads },
    (_, i) => `${i < half ? 'BLOCK_TERM' : 'BLOCK_OTHER'}(${weights}, ${i}, ${first + i})`,
  ).join(' ')
}

/** The terms of a sum in its two chains. */
function terms(weights: string, inputQuads: number): string {
  const half = Math.ceil(inputQuads / 2)
  return Array.from({ length: inputQuads }, (_, i) => `${i < half ? 'TERM' : 'OTHER'}(${weights}, ${i})`).join(' ')
}

function times(macro: string, count: number): string {
  return Array.from({ length: count }, (_, i) => `${macro}(${i})`).join(' ')
}

/** What every shader begins with. */
export const VERSION_AND_PRECISION = '#version 300 es\nprecision highp float;\nprecision highp int;\n'
