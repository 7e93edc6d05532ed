// The precision a network's tensors have in their file. What is drawn is what would be saved: an edited value is rounded
// to the dtype of its tensor at once, and one that does not fit is refused instead of becoming infinite.

import { FormatError } from '../model/errors.js'
import type { Network } from '../model/network.js'
import { decodeValues, encodeValues, type FloatDtype, isFloating } from '../model/safetensors/dtype.js'
import type { StateDict } from '../model/state-dict.js'
import { listParameters } from './parameters.js'

/** The dtype of every tensor, in the order of `listParameters`. */
export type Precision = readonly FloatDtype[]

/** The largest finite value of a dtype: IEEE 754 for F16, F32 and F64, and bfloat16's. */
export const LARGEST: Readonly<Record<FloatDtype, number>> = {
  F16: 65_504,
  BF16: 3.3895313892515355e38,
  F32: 3.4028234663852886e38,
  F64: Number.MAX_VALUE,
}

/** Reads the precision of a network off the file that it came from. */
export function precisionOf(stateDict: StateDict, { architecture, prefix }: Network): Precision {
  return listParameters(architecture).tensors.map(({ name }) => {
    const { dtype } = stateDict.entry(prefix + name)
    if (!isFloating(dtype)) throw new FormatError(`${name}: expected F64, F32, F16 or BF16, got ${dtype}`)
    return dtype
  })
}

/** The precision of a network that came from no file. */
export function doublePrecision({ architecture }: Pick<Network, 'architecture'>): Precision {
  return listParameters(architecture).tensors.map(() => 'F64')
}

/** Rounds values to the nearest that a dtype holds (ties to even), in place; too large ones become infinite. */
export function roundToDtype(values: Float64Array, dtype: FloatDtype): Float64Array {
  if (dtype === 'F64') return values
  if (dtype === 'F32') {
    for (let i = 0; i < values.length; i++) values[i] = Math.fround(values[i])
    return values
  }
  values.set(decodeValues(dtype, encodeValues(dtype, values)))
  return values
}
