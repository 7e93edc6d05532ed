// A flag as an ONNX model: points of the plane go in, the colours as they are displayed come out. Batch norm is folded; which input goes first, the
// scale of the outputs and their order are in the weights of the first and the last layer.

import type { FoldedLayer, FoldedNetwork } from '../../model/fold.js'
import type { Frame } from '../../model/frame.js'
import { type Tone, toneOf } from '../../model/tone.js'
import { checkGiven, describeSubject, type ExportSubject, layerName } from '../subject.js'
import { encodeModel, type OnnxNode, type OnnxTensor } from './onnx-proto.js'

/** 20 has Gelu; 13, which older programs know, computes it by Erf. With each the version of the format that came with it. */
export const OPSETS = { 20: 9, 13: 7 } as const
export type Opset = keyof typeof OPSETS

const ONE = 'one'
const HALF = 'half'
const ROOT = 'square_root_of_2'
const LOW = 'black'
const HIGH = 'white'

/** Encodes the model. */
export function onnxModel(subject: ExportSubject, opset: Opset): Uint8Array {
  checkGiven(subject.network)
  const { frame, title, version } = subject
  const tone = toneOf(frame)
  const { layers } = displaying(subject.folded, frame, tone)
  const nodes: OnnxNode[] = []
  const tensors: OnnxTensor[] = [scalar(LOW, 0), scalar(HIGH, 1)]
  if (opset < 20) tensors.push(scalar(ONE, 1), scalar(HALF, 0.5), scalar(ROOT, Math.SQRT2))
  let value = 'xy'
  const add = (op: string, name: string, inputs: readonly string[], attributes?: Readonly<Record<string, number>>) => {
    nodes.push({ op, name, inputs, output: name, attributes })
    value = name
  }
  layers.forEach(({ name, inDim, outDim, activation, weight, bias }, index) => {
    // Names are a stranger's, and must differ.
    const own = `${index + 1}_${layerName(name)}`
    tensors.push({ name: `${own}.weight`, dims: [outDim, inDim], values: weight })
    tensors.push({ name: `${own}.bias`, dims: [outDim], values: bias })
    add('Gemm', own, [value, `${own}.weight`, `${own}.bias`], { transB: 1 })
    if (!activation) return
    const before = value
    if (opset >= 20) add('Gelu', `${own}.gelu`, [before])
    else {
      add('Div', `${own}.scaled`, [before, ROOT])
      add('Erf', `${own}.erf`, [value])
      add('Add', `${own}.twice_phi`, [value, ONE])
      add('Mul', `${own}.twice_gelu`, [before, value])
      add('Mul', `${own}.gelu`, [value, HALF])
    }
  })
  if (tone.logistic) add('Sigmoid', 'logistic', [value])
  add('Clip', 'rgb', [value, LOW, HIGH])
  const [left, right] = frame.x
  const [top, bottom] = frame.y
  return encodeModel({
    irVersion: OPSETS[opset],
    opset,
    producerVersion: version,
    name: title,
    description: describeSubject(subject).join('\n'),
    nodes,
    tensors,
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

function scalar(name: string, value: number): OnnxTensor {
  return { name, dims: [], values: [value] }
}

/** The network with x before y, and its outputs scaled and in the order red, green, blue. */
function displaying({ layers }: FoldedNetwork, { order }: Frame, { scale, offset, swapRedBlue }: Tone): FoldedNetwork {
  const first = (layer: FoldedLayer): FoldedLayer =>
    order === 'xy' ? layer : { ...layer, weight: layer.weight.map((_, i, weight) => weight[i ^ 1]) }
  const last = (layer: FoldedLayer): FoldedLayer => {
    const { inDim, outDim } = layer
    const from = (channel: number) => (swapRedBlue ? outDim - 1 - channel : channel)
    return {
      ...layer,
      weight: layer.weight.map((_, i, weight) => scale * weight[from(Math.floor(i / inDim)) * inDim + (i % inDim)]),
      bias: layer.bias.map((_, channel, bias) => scale * bias[from(channel)] + offset),
    }
  }
  return {
    layers: layers
      .map((layer, i) => (i === 0 ? first(layer) : layer))
      .map((layer, i) => (i === layers.length - 1 ? last(layer) : layer)),
  }
}
