// A folded network as an ONNX model, for runtimes to compare with: a Gemm a layer, an exact Gelu (opset 20) where one
// follows, float32. Field numbers are those of onnx.proto3; only what such a graph needs is written.

import { INPUT_DIM, OUTPUT_DIM } from '../src/model/architecture.js'
import type { FoldedLayer, FoldedNetwork } from '../src/model/fold.js'

/** Names of the graph's input [n, 2] and output [n, 3]. */
export const ONNX_INPUT = 'position'
export const ONNX_OUTPUT = 'head'

const IR_VERSION = 10
const OPSET_VERSION = 20
const FLOAT32 = 1
const ATTRIBUTE = { int: 2, string: 3 } as const

type Field = readonly [number: number, value: number | string | Uint8Array]

/** Encodes a folded network as the bytes of an .onnx file. */
export function encodeOnnxModel({ layers }: FoldedNetwork): Uint8Array {
  const nodes: Uint8Array[] = []
  const initializers: Uint8Array[] = []
  let from = ONNX_INPUT
  layers.forEach((layer, index) => {
    const isLast = index === layers.length - 1
    const linear = isLast && !layer.activation ? ONNX_OUTPUT : `linear${index}`
    initializers.push(tensor(`weight${index}`, [layer.outDim, layer.inDim], layer.weight))
    initializers.push(tensor(`bias${index}`, [layer.outDim], layer.bias))
    nodes.push(gemm(index, layer, from, linear))
    from = linear
    if (!layer.activation) return
    const output = isLast ? ONNX_OUTPUT : `gelu${index}`
    const exact = message([1, 'approximate'], [4, 'none'], [20, ATTRIBUTE.string])
    nodes.push(message([1, from], [2, output], [4, 'Gelu'], [5, exact]))
    from = output
  })
  const graph = message(
    ...nodes.map((node): Field => [1, node]),
    [2, 'flag network'],
    ...initializers.map((initializer): Field => [5, initializer]),
    [11, valueInfo(ONNX_INPUT, INPUT_DIM)],
    [12, valueInfo(ONNX_OUTPUT, OUTPUT_DIM)],
  )
  return message([1, IR_VERSION], [2, 'vexel'], [7, graph], [8, message([1, ''], [2, OPSET_VERSION])])
}

/** Y = A B^T + C: the weights stay in PyTorch's order, [out, in]. */
function gemm(index: number, { name }: FoldedLayer, from: string, to: string): Uint8Array {
  const transposed = message([1, 'transB'], [3, 1], [20, ATTRIBUTE.int])
  return message(
    [1, from],
    [1, `weight${index}`],
    [1, `bias${index}`],
    [2, to],
    [3, name],
    [4, 'Gemm'],
    [5, transposed],
  )
}

function tensor(name: string, shape: readonly number[], values: Float64Array): Uint8Array {
  const raw = new Uint8Array(values.length * 4)
  const view = new DataView(raw.buffer)
  values.forEach((value, i) => view.setFloat32(i * 4, value, true))
  return message(...shape.map((size): Field => [1, size]), [2, FLOAT32], [8, name], [9, raw])
}

/** A float32 tensor [n, dim] of any n. */
function valueInfo(name: string, dim: number): Uint8Array {
  const shape = message([1, message([2, 'n'])], [1, message([1, dim])])
  return message([1, name], [2, message([1, message([1, FLOAT32], [2, shape])])])
}

/** A protobuf message: numbers as varints, strings and bytes with their length before them. */
function message(...fields: readonly Field[]): Uint8Array {
  const bytes: Uint8Array[] = []
  for (const [number, value] of fields) {
    if (typeof value === 'number') {
      bytes.push(varint(number << 3), varint(value))
    } else {
      const content = typeof value === 'string' ? new TextEncoder().encode(value) : value
      bytes.push(varint((number << 3) | 2), varint(content.length), content)
    }
  }
  return new Uint8Array(Buffer.concat(bytes))
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80)
  return Uint8Array.of(...bytes, value)
}
