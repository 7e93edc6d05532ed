// A trained network as the tensors of a file: PyTorch's names, order and dtypes, so that load_state_dict(strict=True)
// takes it.

import { type Architecture, parameterSpecs } from '../model/architecture.js'
import { FormatError } from '../model/errors.js'
import { kindOf } from '../model/layers/kinds.js'
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
    const own = parameterSpecs(layer).map(({ name, shape, learnable }): NewTensor => {
      const held = learnable ? dtype : 'F32'
      return { name, dtype: held, shape, bytes: encodeValues(held, tensors.get(name) ?? []) }
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
    specs.map(({ name, shape }) => {
      const held = prefix + name
      const entry = stateDict.entry(held)
      if (entry.dtype !== 'F32' || `${entry.shape}` !== `${shape}`)
        throw new FormatError(`${held}: expected F32 ${shapeText(shape)}, got ${entry.dtype} ${shapeText(entry.shape)}`)
      return [name, Float32Array.from(stateDict.values(held))]
    }),
  )
}
