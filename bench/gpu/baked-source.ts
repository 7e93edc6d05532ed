// The network with its weights baked into the source and every loop unrolled: what a compiler can do at best, for
// seconds of compiling. Takes the place of shaders/network.glsl for one pixel an invocation.

import type { ShaderLayout } from '../../src/gpu/shader-layout.js'
import { quadsOf } from '../../src/gpu/shader-layout.js'
import type { FoldedLayer, FoldedNetwork } from '../../src/model/fold.js'

/** GLSL that defines UNITS, uFirstLayer and evaluateNetwork() as network.glsl does. */
export function bakedSource({ layers }: FoldedNetwork, { firstQuads }: ShaderLayout): string {
  const lines = [
    '#define UNITS vec4',
    `uniform vec4 uFirstLayer[${3 * firstQuads}];`,
    'vec4 evaluateNetwork(vec2 position, float laneStep) {',
  ]
  for (let q = 0; q < firstQuads; q++)
    lines.push(
      `vec4 h0_${q} = gelu(uFirstLayer[${q}] + uFirstLayer[${2 * firstQuads + q}] * position.y + uFirstLayer[${firstQuads + q}] * position.x);`,
    )
  layers.slice(1).forEach((layer, index) => {
    for (let r = 0; r < quadsOf(layer.outDim); r++) {
      const sum = quadSum(layer, r, `h${index}_`)
      lines.push(layer.activation ? `vec4 h${index + 1}_${r} = gelu(${sum});` : `return ${sum};`)
    }
  })
  lines.push('}', '')
  return lines.join('\n')
}

function quadSum({ inDim, outDim, weight, bias }: FoldedLayer, r: number, input: string): string {
  const rows = [0, 1, 2, 3].map(k => 4 * r + k)
  const literal = (value: number) => {
    const text = Math.fround(value).toPrecision(9)
    return /[.e]/.test(text) ? text : `${text}.0`
  }
  const vector = (of: (row: number) => number) =>
    `vec4(${rows.map(row => literal(row < outDim ? of(row) : 0)).join(',')})`
  const terms = [vector(row => bias[row])]
  for (let i = 0; i < inDim; i++)
    terms.push(`${vector(row => weight[row * inDim + i])} * ${input}${Math.floor(i / 4)}.${'xyzw'[i % 4]}`)
  return terms.join(' + ')
}
