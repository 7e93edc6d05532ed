// Linear layers side by side, those of sub-networks that do not interact. At the front all take the same inputs; behind that each
// takes what its own sub-network gave; at the end what they give stands side by side or is added up. No zeros are computed.

import type { Affine, Block, LayerKind, LayerSpec, ParameterSpec } from './layer.js'
import { linear, type LinearSpec } from './linear.js'

export interface BlocksSpec extends LayerSpec {
  readonly kind: 'blocks'
  /** The linear layers, in order. */
  readonly parts: readonly LinearSpec[]
  /** Whether every part takes all inputs, or units of its own. */
  readonly takes: 'all' | 'own'
  /** Whether what the parts give stands side by side, or is added up. */
  readonly gives: 'all' | 'sum'
}

/** The parts' values one after the other. */
export interface BlocksLayer extends BlocksSpec {
  readonly weight: Float64Array
  readonly bias: Float64Array
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** A part, and where its units and values begin. */
interface Place extends Block {
  readonly input: number
  readonly output: number
  readonly weight: number
  readonly bias: number
}

function placesOf({ parts, takes, gives }: Pick<BlocksSpec, 'parts' | 'takes' | 'gives'>): Place[] {
  let [input, output, weight, bias] = [0, 0, 0, 0]
  return parts.map(({ inDim, outDim }) => {
    const place = { inDim, outDim, input, output, weight, bias }
    if (takes === 'own') input += inDim
    if (gives === 'all') output += outDim
    weight += inDim * outDim
    bias += outDim
    return place
  })
}

const inDimOf = ({ parts, takes }: BlocksSpec) => (takes === 'all' ? parts[0].inDim : sum(parts.map(p => p.inDim)))
const outDimOf = ({ parts, gives }: BlocksSpec) => (gives === 'sum' ? parts[0].outDim : sum(parts.map(p => p.outDim)))

export const blocks: LayerKind<BlocksSpec, BlocksLayer> = {
  isActivation: false,
  inDim: inDimOf,
  outDim: outDimOf,

  parameters(layer) {
    return placesOf(layer).flatMap((place, index) =>
      linear
        .parameters(layer.parts[index])
        .map((spec): ParameterSpec => ({ ...spec, at: spec.role === 'weight' ? place.weight : place.bias })),
    )
  },

  // Filled with what the parts have.
  constants: ({ parts }) => ({
    weight: new Float64Array(sum(parts.map(({ inDim, outDim }) => inDim * outDim))),
    bias: new Float64Array(sum(parts.map(({ outDim }) => outDim))),
  }),
  stepCounter: () => null,

  forward(out, input, layer, points, stride) {
    const { weight, bias, gives } = layer
    if (gives === 'sum') out.fill(0, 0, outDimOf(layer) * stride)
    for (const place of placesOf(layer)) {
      let w = place.weight
      for (let o = 0; o < place.outDim; o++, w += place.inDim)
        for (let p = 0; p < points; p++) {
          let value = bias[place.bias + o]
          for (let i = 0, from = place.input * stride + p; i < place.inDim; i++, from += stride)
            value += weight[w + i] * input[from]
          const to = (place.output + o) * stride + p
          out[to] = gives === 'sum' ? out[to] + value : value
        }
    }
  },

  backward(out, gradients, layer) {
    const columns = gradients.length / outDimOf(layer)
    out.fill(0)
    for (const place of placesOf(layer)) {
      let w = place.weight
      for (let o = 0; o < place.outDim; o++)
        for (let i = 0; i < place.inDim; i++, w++)
          for (let c = 0; c < columns; c++)
            out[(place.input + i) * columns + c] += layer.weight[w] * gradients[(place.output + o) * columns + c]
    }
  },

  parameterFactors(out, role, _, input) {
    if (role === 'weight') out.set(input)
    else out.fill(1)
  },

  affine(layer) {
    const { weight, bias, parts, takes, gives } = layer
    const [inDim, outDim] = [inDimOf(layer), outDimOf(layer)]
    if (takes === 'own' && gives === 'all') return { inDim, outDim, weight, bias, blocks: parts.map(blockOf) }
    return { inDim, outDim, ...filled(placesOf(layer), weight, bias, inDim, outDim) }
  },

  diagonal: () => null,
}

function blockOf({ inDim, outDim }: Block): Block {
  return { inDim, outDim }
}

function filled(
  places: readonly Place[],
  weight: Float64Array,
  bias: Float64Array,
  inDim: number,
  outDim: number,
): Pick<Affine, 'weight' | 'bias'> {
  const whole = { weight: new Float64Array(inDim * outDim), bias: new Float64Array(outDim) }
  for (const place of places)
    for (let o = 0; o < place.outDim; o++) {
      whole.bias[place.output + o] += bias[place.bias + o]
      for (let i = 0; i < place.inDim; i++)
        whole.weight[(place.output + o) * inDim + place.input + i] += weight[place.weight + o * place.inDim + i]
    }
  return whole
}

/** The matrix of an affine layer written out, zeros and all: [outDim, inDim]. */
export function denseWeight({ inDim, outDim, weight, bias, blocks: parts }: Affine): Float64Array {
  if (!parts) return weight
  return filled(
    placesOf({ parts: parts as readonly LinearSpec[], takes: 'own', gives: 'all' }),
    weight,
    bias,
    inDim,
    outDim,
  ).weight
}
