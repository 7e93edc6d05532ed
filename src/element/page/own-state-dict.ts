// The tensors of a file that vexel itself wrote into the page: what drawing reads of them, and no more. In place of src/model/state-dict.ts, which writes
// files, too, and checks what strangers wrote.

import { decodeValues } from '../../model/safetensors/dtype.js'
import type { NewTensor } from '../../model/safetensors/write.js'
import { parseSafetensors } from './parse-own-file.js'

const NO_METADATA: ReadonlyMap<string, string> = new Map()

/** Twin: StateDict in src/model/state-dict.ts. */
export class StateDict {
  readonly names: readonly string[]
  readonly #tensors: ReadonlyMap<string, NewTensor>

  private constructor(
    tensors: readonly NewTensor[],
    readonly metadata: ReadonlyMap<string, string>,
  ) {
    this.#tensors = new Map(tensors.map(tensor => [tensor.name, tensor]))
    this.names = [...this.#tensors.keys()]
  }

  static parse(bytes: Uint8Array): StateDict {
    const { tensors, metadata, dataOffset } = parseSafetensors(bytes)
    const own = tensors.map(({ begin, end, ...tensor }): NewTensor => {
      return { ...tensor, bytes: bytes.subarray(dataOffset + begin, dataOffset + end) }
    })
    return new StateDict(own, metadata ?? NO_METADATA)
  }

  static create(tensors: readonly NewTensor[]): StateDict {
    return new StateDict(tensors, NO_METADATA)
  }

  has(name: string): boolean {
    return this.#tensors.has(name)
  }

  entry(name: string): NewTensor {
    return this.#tensors.get(name) as NewTensor
  }

  values(name: string): Float64Array {
    const { dtype, bytes } = this.entry(name)
    return decodeValues(dtype, bytes)
  }

  bytes(name: string): Uint8Array {
    return this.entry(name).bytes
  }
}
