// A folded network as the source of a function, its weights written out: units in quads, a 4x4 block of weights times a quad. It compiles where
// there are neither arrays nor textures (GLSL ES 1.00), and the compiler sees every constant. Units beyond a layer's width are zero in
// and out: their weights are. vexel's own shader takes its weights from a texture instead: it draws any net without compiling again.

import { shaderNetwork } from '../../gpu/shader-network.js'
import type { FoldedLayer, FoldedNetwork } from '../../model/fold.js'
import { denseWeight } from '../../model/layers/blocks.js'
import { activationKindOf } from '../../model/layers/kinds.js'
import { layerName } from '../subject.js'
import { Bends } from './bends.js'
import { constantList } from './constants.js'
import type { Dialect } from './dialect.js'

const QUAD = [0, 1, 2, 3]

/** `network(p)`, the raw outputs of the net at its two inputs, behind the functions that it calls. @throws UnsupportedError for what no shader computes */
export function networkText(folded: FoldedNetwork, dialect: Dialect): string {
  const { layers, direct, radius, isAlpha } = shaderNetwork(folded)
  const bends = new Bends(dialect)
  const body = layers.flatMap((layer, index) => {
    const whole = layer.blocks ? { ...layer, weight: denseWeight(layer) } : layer
    const { outDim } = layer
    // Octaves keep the coordinates for the second layer; a distance goes into the first.
    const besides = (quad: number) => [
      ...(index === 1 && direct ? coordinates({ ...whole, inDim: 2, weight: direct }, quad, dialect) : []),
      ...(index === 0 && radius ? [`${vector(quad, outDim, k => radius[k], dialect)} * length(p)`] : []),
    ]
    return layerLines(whole, index, besides, bends, dialect)
  })
  const head = `h${layers.length}_0`
  const ground = `${dialect.vec3}(1.0)`
  const result = isAlpha ? `${ground} + (${head}.xyz - ${ground}) * clamp(${head}.w, 0.0, 1.0)` : `${head}.xyz`
  const functions = bends.text
  return [
    ...(functions ? [functions, ''] : []),
    '// The raw outputs at p, the two inputs in the order in which the net takes them.',
    `${dialect.head('network', 'p', 'vec3')} {`,
    ...body,
    `  return ${result};`,
    '}',
  ].join('\n')
}

function layerLines(
  layer: FoldedLayer,
  index: number,
  besides: (quad: number) => string[],
  bends: Bends,
  dialect: Dialect,
): string[] {
  const { name, inDim, outDim, activation } = layer
  const lines = [
    `  // ${layerName(name)}: ${inDim} to ${outDim}${activation ? `, ${activationKindOf(activation).label}` : ''}`,
  ]
  for (let quad = 0; quad < outDim / 4; quad++) {
    const terms = index === 0 ? coordinates(layer, quad, dialect) : blockTerms(layer, quad, `h${index}_`, dialect)
    const bias = vector(quad, outDim, k => layer.bias[k], dialect)
    const sum = [bias, ...terms, ...besides(quad)].join('\n    + ')
    const declared = dialect.declared('vec4', `h${index + 1}_${quad}`)
    lines.push(activation ? `  ${declared} = ${bends.nameOf(activation)}(${sum});` : `  ${declared} = ${sum};`)
  }
  return lines
}

/** Four values of a layer's units; beyond its width they are 0. */
function vector(quad: number, outDim: number, value: (unit: number) => number, { vec4 }: Dialect): string {
  return `${vec4}(${constantList(QUAD.map(k => (4 * quad + k < outDim ? value(4 * quad + k) : 0)))})`
}

/** The weights of a quad of outputs by one input. */
function column({ inDim, outDim, weight }: FoldedLayer, quad: number, input: number): number[] {
  return QUAD.map(k => (4 * quad + k < outDim && input < inDim ? weight[(4 * quad + k) * inDim + input] : 0))
}

function coordinates(layer: FoldedLayer, quad: number, dialect: Dialect): string[] {
  return ['x', 'y'].map((axis, i) => `${dialect.vec4}(${constantList(column(layer, quad, i))}) * p.${axis}`)
}

/** Of sub-networks that do not interact most blocks are zero, and left out. */
function blockTerms(layer: FoldedLayer, quad: number, from: string, dialect: Dialect): string[] {
  return Array.from({ length: Math.ceil(layer.inDim / 4) }, (_, block) => {
    const columns = QUAD.flatMap(i => column(layer, quad, 4 * block + i))
    return columns.some(value => value !== 0) ? `${dialect.mat4}(${constantList(columns)}) * ${from}${block}` : ''
  }).filter(Boolean)
}
