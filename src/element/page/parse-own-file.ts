// Reads the header of a .safetensors file that vexel itself wrote into the page. In place of src/model/safetensors/parse.ts, which trusts nobody and
// is ten times as long.

import type { SafetensorsFile, TensorEntry } from '../../model/safetensors/parse.js'
import { METADATA_KEY } from '../../model/safetensors/header.js'
import { LENGTH_BYTES } from '../../model/safetensors/limits.js'

interface Member {
  readonly dtype: TensorEntry['dtype']
  readonly shape: readonly number[]
  readonly data_offsets: readonly [begin: number, end: number]
}

/** Twin: parseSafetensors() in src/model/safetensors/parse.ts. */
export function parseSafetensors(bytes: Uint8Array): SafetensorsFile {
  const headerBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  const dataOffset = LENGTH_BYTES + headerBytes
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, dataOffset)))
  const { [METADATA_KEY]: metadata, ...members } = header as Record<string, Record<string, string>>
  const tensors = Object.entries(members as unknown as Record<string, Member>).map(
    ([name, { dtype, shape, data_offsets }]) => ({
      name,
      dtype,
      shape,
      begin: data_offsets[0],
      end: data_offsets[1],
    }),
  )
  return { tensors, metadata: metadata ? new Map(Object.entries(metadata)) : null, dataOffset, members: [] }
}
