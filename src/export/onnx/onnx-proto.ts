// The few messages of ONNX that a flag needs, as protocol buffers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, whose field numbers
// these are.

import { PbfWriter } from 'pbf'

/** onnx.TensorProto.DataType */
const FLOAT = 1
/** onnx.AttributeProto.AttributeType */
const ATTRIBUTE_INT = 2

/** A tensor of float32 that is part of the model. */
export interface OnnxTensor {
  readonly name: string
  readonly dims: readonly number[]
  readonly values: ArrayLike<number>
}

export interface OnnxNode {
  readonly op: string
  readonly name: string
  readonly inputs: readonly string[]
  readonly output: string
  /** Attributes that are whole numbers. */
  readonly attributes?: Readonly<Record<string, number>>
}

/** A tensor of float32 that goes in or comes out; a dimension is a number or a name for any. */
export interface OnnxValue {
  readonly name: string
  readonly dims: readonly (number | string)[]
  readonly description: string
}

export interface OnnxModel {
  readonly irVersion: number
  readonly opset: number
  readonly producerVersion: string
  readonly name: string
  readonly description: string
  readonly nodes: readonly OnnxNode[]
  readonly tensors: readonly OnnxTensor[]
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
}

/** Writes a ModelProto. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const pbf = new PbfWriter()
  pbf.writeVarintField(1, model.irVersion)
  pbf.writeStringField(2, 'vexel')
  pbf.writeStringField(3, model.producerVersion)
  pbf.writeStringField(6, model.description)
  pbf.writeMessage(7, writeGraph, model)
  // The operators of ONNX itself: their domain is the empty one.
  pbf.writeMessage(8, (opset: number, pbf) => pbf.writeVarintField(2, opset), model.opset)
  return pbf.finish()
}

function writeGraph({ name, description, nodes, tensors, inputs, outputs }: OnnxModel, pbf: PbfWriter): void {
  for (const node of nodes) pbf.writeMessage(1, writeNode, node)
  pbf.writeStringField(2, name)
  for (const tensor of tensors) pbf.writeMessage(5, writeTensor, tensor)
  pbf.writeStringField(10, description)
  for (const value of inputs) pbf.writeMessage(11, writeValue, value)
  for (const value of outputs) pbf.writeMessage(12, writeValue, value)
}

function writeNode({ op, name, inputs, output, attributes = {} }: OnnxNode, pbf: PbfWriter): void {
  for (const input of inputs) pbf.writeStringField(1, input)
  pbf.writeStringField(2, output)
  pbf.writeStringField(3, name)
  pbf.writeStringField(4, op)
  for (const attribute of Object.entries(attributes)) pbf.writeMessage(5, writeAttribute, attribute)
}

function writeAttribute([name, value]: [string, number], pbf: PbfWriter): void {
  pbf.writeStringField(1, name)
  pbf.writeVarintField(3, value)
  pbf.writeVarintField(20, ATTRIBUTE_INT)
}

function writeTensor({ name, dims, values }: OnnxTensor, pbf: PbfWriter): void {
  pbf.writePackedVarint(1, [...dims])
  pbf.writeVarintField(2, FLOAT)
  pbf.writeStringField(8, name)
  const raw = new DataView(new ArrayBuffer(values.length * 4))
  for (let i = 0; i < values.length; i++) raw.setFloat32(4 * i, values[i], true)
  pbf.writeBytesField(9, new Uint8Array(raw.buffer))
}

function writeValue({ name, dims, description }: OnnxValue, pbf: PbfWriter): void {
  pbf.writeStringField(1, name)
  // TypeProto, TypeProto.Tensor, TensorShapeProto, Dimension.
  pbf.writeMessage(
    2,
    (dims, pbf) =>
      pbf.writeMessage(
        1,
        (dims, pbf) => {
          pbf.writeVarintField(1, FLOAT)
          pbf.writeMessage(2, writeShape, dims)
        },
        dims,
      ),
    dims,
  )
  pbf.writeStringField(3, description)
}

function writeShape(dims: OnnxValue['dims'], pbf: PbfWriter): void {
  for (const dim of dims)
    pbf.writeMessage(
      1,
      (dim: number | string, pbf: PbfWriter) =>
        typeof dim === 'number' ? pbf.writeVarintField(1, dim) : pbf.writeStringField(2, dim),
      dim,
    )
}
