// A trained network as the tensors of a file: PyTorch's names, order and dtypes, so that load_state_dict(strict=True)
// takes it.

import { type Architecture, parameterSpecs } from '../model/architecture.js'
import { FormatError } from '../model/errors.js'
import { kindOf } from '../model/layers/kinds.js'
import type { ParameterSpec } from '../model/layers/layer.js'
import { shapeText } from '../model/printable.js'
import { encodeValues } from '../model/safetensors/dtype.js'
import type { NewTensor } from '../model/safetensors/write.js'
import type { StateDict } from '../model/state-dict.js'
import type { Tensors } from '../kernel/training.js'

/** An I64 scalar. */
export function encodeCount(steps: number): Uint8Array {
  return new Uint8Array(BigInt64Array.of(BigInt(steps)).buffer)
}

/**
 * A tensor as the file has it: some turn a matrix over.
 * @param bytes of its values, row-major
 */
export function filed(
  { shape, isTransposed }: ParameterSpec,
  bytes: Uint8Array,
): { readonly shape: readonly number[]; readonly bytes: Uint8Array } {
  if (!isTransposed) return { shape, bytes }
  return { shape: shape.toReversed(), bytes: turnedOver(bytes, shape) }
}

/** Turns a matrix over, whatever its numbers are. @param shape that it has */
function turnedOver(bytes: Uint8Array, [rows, columns]: readonly number[]): Uint8Array<ArrayBuffer> {
  const size = bytes.length / (rows * columns)
  const turned = new Uint8Array(bytes.length)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const from = (row * columns + column) * size
      turned.set(bytes.subarray(from, from + size), (column * rows + row) * size)
    }
  return turned
}

/**
 * All tensors of a network, in the order of PyTorch's state_dict.
 * @param dtype of the weights; batch norm's statistics are float32 always: variances span more than float16 holds
 */
export function networkTensors(
  { layers }: Architecture,
  tensors: Tensors,
  steps: number,
  dtype: 'F32' | 'F16' = 'F32',
): NewTensor[] {
  return layers.flatMap((layer): NewTensor[] => {
    const own = parameterSpecs(layer).map((spec): NewTensor => {
      const { name, learnable } = spec
      const held = learnable ? dtype : 'F32'
      return { name, dtype: held, ...filed(spec, encodeValues(held, tensors.get(name) ?? [])) }
    })
    const counter = kindOf(layer).stepCounter(layer)
    return counter === null ? own : [...own, { name: counter, dtype: 'I64', shape: [], bytes: encodeCount(steps) }]
  })
}

/**
 * Reads the tensors of an architecture back.
 * @param prefix of their names in the file
 * @throws FormatError when one is missing or of another dtype or shape
 */
export function readTensors({ layers }: Architecture, stateDict: StateDict, prefix = ''): Map<string, Float32Array> {
  const specs = layers.flatMap(parameterSpecs)
  return new Map(
    specs.map(({ name, shape: own, isTransposed }) => {
      const held = prefix + name
      const shape = isTransposed ? own.toReversed() : own
      const entry = stateDict.entry(held)
      if (entry.dtype !== 'F32' || `${entry.shape}` !== `${shape}`)
        throw new FormatError(`${held}: expected F32 ${shapeText(shape)}, got ${entry.dtype} ${shapeText(entry.shape)}`)
      const values = Float32Array.from(stateDict.values(held))
      if (!isTransposed) return [name, values]
      return [name, new Float32Array(turnedOver(new Uint8Array(values.buffer), shape).buffer)]
    }),
  )
}
