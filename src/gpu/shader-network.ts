// A folded network as the shader takes it: a first layer of the two coordinates, whole matrices, and at most one more thing of each kind
// beside them. Octaves become a first layer of sines; what they keep of the coordinates goes into the second layer's bias, which
// changes evenly over the view. A distance from the origin is taken beside the first layer.

import { INPUT_DIM } from '../model/architecture.js'
import { UnsupportedError } from '../model/errors.js'
import type { FoldedLayer, FoldedNetwork } from '../model/fold.js'
import { identity } from '../model/layers/affine.js'
import { denseWeight } from '../model/layers/blocks.js'
import type { InputsSpec } from '../model/layers/inputs.js'
import { type OctavesSpec, wavesOf } from '../model/layers/octaves.js'

export interface ShaderNetwork {
  /** Two at least; the first takes the two coordinates. Those in between may be of blocks that are whole quads of units. */
  readonly layers: readonly FoldedLayer[]
  /** The second layer's matrix, written out: [its outDim, its inDim]. */
  readonly secondWeight: Float64Array
  /** What the second layer takes of the coordinates themselves: [its outDim, 2]; null for nothing. */
  readonly direct: Float64Array | null
  /** What the first layer takes of the distance from the origin: [its outDim]; null for nothing. */
  readonly radius: Float64Array | null
  /** Whether the head's fourth value is alpha. */
  readonly isAlpha: boolean
}

const known = new WeakMap<FoldedNetwork, ShaderNetwork>()

/** Brings a network into the shader's form. @throws UnsupportedError for what the shader does not know */
export function shaderNetwork(folded: FoldedNetwork): ShaderNetwork {
  const found = known.get(folded)
  if (found) return found
  const form = makeShaderNetwork(folded)
  const made = { ...form, secondWeight: denseWeight(form.layers[1]) }
  known.set(folded, made)
  return made
}

function makeShaderNetwork({
  layers: folded,
  encoding = [],
  ending = [],
}: FoldedNetwork): Omit<ShaderNetwork, 'secondWeight'> {
  const isAlpha = ending.length === 1 && ending[0].kind === 'alpha'
  const [encoder] = encoding
  const unknown = encoding[1]?.kind ?? (isAlpha ? null : ending[0]?.kind)
  if (unknown) throw new UnsupportedError(`the shader does not know ${unknown} there`)
  const whole = folded.map(({ blocks, ...layer }, index): FoldedLayer => {
    if (!blocks) return layer
    const isInQuads = blocks.every(({ inDim, outDim }) => inDim % 4 === 0 && outDim % 4 === 0)
    const isBetween = index > (encoder ? 1 : 0) && index < folded.length - 1
    return isInQuads && isBetween ? { ...layer, blocks } : { ...layer, weight: denseWeight({ ...layer, blocks }) }
  })
  const rest = { direct: null, radius: null, isAlpha }
  switch (encoder?.kind) {
    case undefined:
      return { ...rest, layers: twoAtLeast(whole) }
    case 'octaves':
      return { ...rest, ...behindOctaves(encoder, whole) }
    case 'inputs':
      return { ...rest, ...behindInputs(encoder, whole) }
    default:
      throw new UnsupportedError(`the shader does not know ${encoder.kind} there`)
  }
}

/** A net of one layer has one that changes nothing in front. */
function twoAtLeast(layers: readonly FoldedLayer[]): readonly FoldedLayer[] {
  return layers.length > 1 ? layers : [{ name: 'inputs', ...identity(INPUT_DIM), activation: null }, ...layers]
}

function behindOctaves(spec: OctavesSpec, [second, ...others]: readonly FoldedLayer[]) {
  const values = wavesOf(spec)
  const sines = values.flatMap(({ frequency, input, phase }, column) =>
    frequency === 0 ? [] : [{ frequency, input, phase, column }],
  )
  const first: FoldedLayer = {
    name: spec.name,
    inDim: INPUT_DIM,
    outDim: sines.length,
    weight: Float64Array.from(sines.flatMap(({ frequency, input }) => (input === 0 ? [frequency, 0] : [0, frequency]))),
    bias: Float64Array.from(sines, ({ phase }) => phase),
    activation: { kind: 'sine', frequency: 1 },
  }
  const weight = new Float64Array(second.outDim * sines.length)
  const direct = new Float64Array(second.outDim * INPUT_DIM)
  for (let o = 0; o < second.outDim; o++) {
    sines.forEach(({ column }, i) => (weight[o * sines.length + i] = second.weight[o * second.inDim + column]))
    values.forEach(({ frequency, input }, column) => {
      if (frequency === 0) direct[o * INPUT_DIM + input] += second.weight[o * second.inDim + column]
    })
  }
  const layers = [first, { ...second, inDim: sines.length, weight }, ...others]
  return { layers, direct: spec.keepsInputs ? direct : null }
}

function behindInputs({ features }: InputsSpec, [layer, ...others]: readonly FoldedLayer[]) {
  const { outDim, inDim } = layer
  const weight = new Float64Array(outDim * INPUT_DIM)
  const bias = layer.bias.slice()
  const radius = new Float64Array(outDim)
  for (let o = 0; o < outDim; o++)
    features.forEach((feature, i) => {
      const value = layer.weight[o * inDim + i]
      if (feature === 'x') weight[o * INPUT_DIM] += value
      else if (feature === 'y') weight[o * INPUT_DIM + 1] += value
      else if (feature === 'one') bias[o] += value
      else radius[o] += value
    })
  const layers = twoAtLeast([{ ...layer, inDim: INPUT_DIM, weight, bias }, ...others])
  const hasRadius = features.includes('radius')
  if (hasRadius && others.length === 0)
    throw new UnsupportedError('the shader does not know a radius without layers behind')
  return { layers, radius: hasRadius ? radius : null }
}
