// A folded network as the source of a function, its weights written out: units in quads, a 4x4 block of weights times a quad. It compiles where
// there are neither arrays nor textures (GLSL ES 1.00), and the compiler sees every constant. Units beyond a layer's width are zero in
// and out: gelu(0) = 0. vexel's own shader takes its weights from a texture instead: it draws any net without compiling again.

import type { FoldedLayer, FoldedNetwork } from '../../model/fold.js'
import { layerName } from '../subject.js'
import { constantList } from './constants.js'
import type { Dialect } from './dialect.js'

const QUAD = [0, 1, 2, 3]

/** `network(p)`: raw outputs of the net at its two inputs. */
export function networkText({ layers }: FoldedNetwork, dialect: Dialect): string {
  const body = layers.flatMap((layer, index) => layerLines(layer, index, dialect))
  return [
    '// The raw outputs at p, the two inputs in the order in which the net takes them.',
    `${dialect.head('network', 'p', 'vec3')} {`,
    ...body,
    `  return h${layers.length}_0.xyz;`,
    '}',
  ].join('\n')
}

function layerLines(layer: FoldedLayer, index: number, dialect: Dialect): string[] {
  const { name, inDim, outDim, activation } = layer
  const lines = [`  // ${layerName(name)}: ${inDim} to ${outDim}${activation ? ', GELU' : ''}`]
  for (let quad = 0; quad < outDim / 4; quad++) {
    const terms = index === 0 ? firstTerms(layer, quad, dialect) : blockTerms(layer, quad, `h${index}_`, dialect)
    const sum = terms.join('\n    + ')
    const declared = dialect.declared('vec4', `h${index + 1}_${quad}`)
    lines.push(activation ? `  ${declared} = gelu(${sum});` : `  ${declared} = ${sum};`)
  }
  return lines
}

function biasText({ outDim, bias }: FoldedLayer, quad: number, { vec4 }: Dialect): string {
  return `${vec4}(${constantList(QUAD.map(k => (4 * quad + k < outDim ? bias[4 * quad + k] : 0)))})`
}

/** The weights of a quad of outputs by one input. */
function column({ inDim, outDim, weight }: FoldedLayer, quad: number, input: number): number[] {
  return QUAD.map(k => (4 * quad + k < outDim && input < inDim ? weight[(4 * quad + k) * inDim + input] : 0))
}

function firstTerms(layer: FoldedLayer, quad: number, dialect: Dialect): string[] {
  const along = ['x', 'y'].map((axis, i) => `${dialect.vec4}(${constantList(column(layer, quad, i))}) * p.${axis}`)
  return [biasText(layer, quad, dialect), ...along]
}

function blockTerms(layer: FoldedLayer, quad: number, from: string, dialect: Dialect): string[] {
  const blocks = Array.from({ length: Math.ceil(layer.inDim / 4) }, (_, block) => {
    const columns = QUAD.flatMap(i => column(layer, quad, 4 * block + i))
    return `${dialect.mat4}(${constantList(columns)}) * ${from}${block}`
  })
  return [biasText(layer, quad, dialect), ...blocks]
}
