// The bytes of a .safetensors file in another order: the header, then of all values the highest byte, which has sign and exponent, then the bytes below
// it. Of a flag's weights the former are a third of what they look like when they are deflated, and the latter are noise: apart from
// each other they take a tenth less.

import { bitsOf } from '../../model/safetensors/dtype.js'
import { parseSafetensors, type SafetensorsFile } from '../../model/safetensors/parse.js'

/** A file in that order. */
export interface Planes {
  /** The header and the highest bytes. */
  readonly high: Uint8Array
  /** All other bytes. */
  readonly low: Uint8Array
}

/** @throws FormatError when it is no such file */
export function splitPlanes(file: Uint8Array): Planes {
  const header = parseSafetensors(file)
  const split = new Uint8Array(file)
  eachByte(header, (at, place) => {
    split[place] = file[at]
  })
  const end = highEnd(header)
  return { high: split.subarray(0, end), low: split.subarray(end) }
}

/** Undoes {@link splitPlanes}. @throws FormatError when it is no such file */
export function joinPlanes({ high, low }: Planes): Uint8Array<ArrayBuffer> {
  const split = new Uint8Array(high.length + low.length)
  split.set(high)
  split.set(low, high.length)
  // The header, which says what lies where, is where it was.
  const file = new Uint8Array(split)
  eachByte(parseSafetensors(split), (at, place) => {
    file[at] = split[place]
  })
  return file
}

function sizeOf({ dtype }: { readonly dtype: Parameters<typeof bitsOf>[0] }): number {
  return Math.max(1, bitsOf(dtype) / 8)
}

function highEnd({ tensors, dataOffset }: SafetensorsFile): number {
  return tensors.reduce((sum, tensor) => sum + Math.floor((tensor.end - tensor.begin) / sizeOf(tensor)), dataOffset)
}

/** @param visit told where in the file each byte of a value lies, and where among the planes */
function eachByte(header: SafetensorsFile, visit: (at: number, place: number) => void): void {
  const { tensors, dataOffset } = header
  let high = dataOffset
  let low = highEnd(header)
  const widest = tensors.reduce((most, tensor) => Math.max(most, sizeOf(tensor)), 1)
  // From the highest byte downwards, each plane through all tensors.
  for (let below = 0; below < widest; below++)
    for (const tensor of tensors) {
      const size = sizeOf(tensor)
      if (below >= size) continue
      const end = dataOffset + tensor.end - (size - 1)
      for (let at = dataOffset + tensor.begin; at < end; at += size)
        visit(at + size - 1 - below, below === 0 ? high++ : low++)
    }
}
