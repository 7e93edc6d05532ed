// A flag as an ONNX model: points of the plane go in, the colours as they are displayed come out. Batch norm is folded; which input goes first, the
// scale of the outputs and their order are in the weights of the first and the last layer.

import type { FoldedLayer, FoldedNetwork } from '../../model/fold.js'
import type { Frame } from '../../model/frame.js'
import { denseWeight } from '../../model/layers/blocks.js'
import { type Tone, toneOf } from '../../model/tone.js'
import { describeSubject, type ExportSubject, layerName } from '../subject.js'
import { type OnnxAffine, OnnxGraph } from './onnx-graph.js'
import { encodeModel } from './onnx-proto.js'

/** 20 has Gelu; 13, which older programs know, computes it by Erf. With each the version of the format that came with it. */
export const OPSETS = { 20: 9, 13: 7 } as const
export type Opset = keyof typeof OPSETS

const SWAPPED = { inDim: 2, outDim: 2, weight: [0, 1, 1, 0], bias: [0, 0] }
const CHANNELS = 3

/** Encodes the model. @throws UnsupportedError for a kind of layer that is not known here */
export function onnxModel(subject: ExportSubject, opset: Opset): Uint8Array {
  const { frame, title, version } = subject
  const tone = toneOf(frame)
  const { layers, encoding = [], ending = [] } = displaying(subject.folded, frame, tone)
  const graph = new OnnxGraph('xy', opset)
  // What stands in front of the layers takes the inputs in the net's own order.
  if (encoding.length > 0 && frame.order === 'yx') graph.affine('ordered', SWAPPED)
  for (const layer of encoding) graph.plain(`inputs_${layerName(layer.name)}`, layer)
  layers.forEach((layer, index) => {
    // Names are a stranger's, and must differ.
    const own = `${index + 1}_${layerName(layer.name)}`
    graph.affine(own, { ...layer, weight: denseWeight(layer) })
    if (layer.activation) graph.bend(own, layer.activation)
  })
  for (const layer of ending) graph.plain(`outputs_${layerName(layer.name)}`, layer)
  if (!endsAffine(subject.folded) && !isPlain(tone)) graph.affine('displayed', toneMatrix(tone))
  if (tone.logistic) graph.add('Sigmoid', 'logistic', [graph.value])
  graph.add('Clip', 'rgb', [graph.value, graph.constant(0), graph.constant(1)])
  const [left, right] = frame.x
  const [top, bottom] = frame.y
  return encodeModel({
    irVersion: OPSETS[opset],
    opset,
    producerVersion: version,
    name: title,
    description: describeSubject(subject).join('\n'),
    nodes: graph.nodes,
    tensors: graph.tensors,
    inputs: [
      {
        name: 'xy',
        dims: ['points', 2],
        description: `x from ${left} at the left edge to ${right} at the right one, y from ${top} at the top to ${bottom} at the bottom`,
      },
    ],
    outputs: [{ name: 'rgb', dims: ['points', 3], description: 'sRGB as it is displayed, 0 to 1' }],
  })
}

/** Whether the outputs are what the last layer's matrix gives: its rows can be scaled and turned round then. */
function endsAffine({ layers, ending = [] }: FoldedNetwork): boolean {
  return ending.length === 0 && layers[layers.length - 1].activation === null
}

function isPlain({ scale, offset, swapRedBlue }: Tone): boolean {
  return scale === 1 && offset === 0 && !swapRedBlue
}

/** The outputs scaled and in the order red, green, blue. */
function toneMatrix({ scale, offset, swapRedBlue }: Tone): OnnxAffine {
  const isOf = (channel: number, i: number) => i === (swapRedBlue ? CHANNELS - 1 - channel : channel)
  const weight = Array.from({ length: CHANNELS ** 2 }, (_, at) =>
    isOf(Math.floor(at / CHANNELS), at % CHANNELS) ? scale : 0,
  )
  return { inDim: CHANNELS, outDim: CHANNELS, weight, bias: new Float64Array(CHANNELS).fill(offset) }
}

/** The network with x before y, and its outputs scaled and in the order red, green, blue, as far as its matrices can. */
function displaying(folded: FoldedNetwork, { order }: Frame, { scale, offset, swapRedBlue }: Tone): FoldedNetwork {
  const first = ({ blocks, ...layer }: FoldedLayer): FoldedLayer => {
    const weight = denseWeight({ ...layer, blocks })
    return order === 'xy' || folded.encoding
      ? { ...layer, weight }
      : { ...layer, weight: weight.map((_, i) => weight[i ^ 1]) }
  }
  const last = ({ blocks, ...layer }: FoldedLayer): FoldedLayer => {
    const { inDim, outDim, bias } = layer
    const weight = denseWeight({ ...layer, blocks })
    const from = (channel: number) => (swapRedBlue ? outDim - 1 - channel : channel)
    return {
      ...layer,
      weight: weight.map((_, i) => scale * weight[from(Math.floor(i / inDim)) * inDim + (i % inDim)]),
      bias: bias.map((_, channel) => scale * bias[from(channel)] + offset),
    }
  }
  const { layers } = folded
  return {
    ...folded,
    layers: layers
      .map((layer, i) => (i === 0 ? first(layer) : layer))
      .map((layer, i) => (i === layers.length - 1 && endsAffine(folded) ? last(layer) : layer)),
  }
}
