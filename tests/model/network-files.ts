// Files for the tests of the model: the four nets trained by PyTorch with what PyTorch says of them, copies of them with
// edits, and small nets of other widths. Everything is seeded.

import { decode } from 'fast-png'
import { readFileSync } from 'node:fs'
import { createNetwork, type Network } from '../../src/model/network.js'
import { type Dtype, encodeValues } from '../../src/model/safetensors/dtype.js'
import type { NewTensor } from '../../src/model/safetensors/write.js'
import { StateDict } from '../../src/model/state-dict.js'

export const ORACLE_NAMES = ['japan', 'malaysia', 'nepal', 'usa'] as const
export type OracleName = (typeof ORACLE_NAMES)[number]

/** What PyTorch's float64 gives for a net: see tests/oracle/made-with. */
export interface OracleExpected {
  readonly width: number
  readonly height: number
  /** PSNR of what the net shows, clamped and not rounded, against NAME.source.png. */
  readonly psnr_db_vs_source: number
  /** [256, 2] */
  readonly points: readonly (readonly [number, number])[]
  /** [256, 3], raw head outputs. */
  readonly rgb_float64: readonly (readonly number[])[]
  /** [4, d] by stage, in the order of the layers. */
  readonly layers_first_4_points: Readonly<Record<string, readonly (readonly number[])[]>>
}

export function oraclePath(file: string): URL {
  return new URL(`../oracle/${file}`, import.meta.url)
}

export function oracleBytes(name: OracleName): Uint8Array {
  return new Uint8Array(readFileSync(oraclePath(`${name}.safetensors`)))
}

export function oracleExpected(name: OracleName): OracleExpected {
  return JSON.parse(readFileSync(oraclePath(`${name}.expected.json`), 'utf8')) as OracleExpected
}

/** The picture that PyTorch drew: [height * width, 3] levels. */
export function oraclePicture(name: OracleName): { width: number; height: number; levels: Uint8Array } {
  return decodeLevels(readFileSync(oraclePath(`${name}.expected.png`)))
}

/** An 8-bit PNG as [height * width, 3] levels. */
export function decodeLevels(png: Uint8Array): { width: number; height: number; levels: Uint8Array } {
  const { width, height, channels, depth, data } = decode(png)
  if (depth !== 8 || channels < 3) throw new Error(`expected 8-bit RGB, got ${channels} channels of ${depth} bits`)
  const levels = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i++)
    for (let channel = 0; channel < 3; channel++) levels[3 * i + channel] = data[channels * i + channel]
  return { width, height, levels }
}

export function oracleNetwork(name: OracleName): Network {
  return createNetwork(StateDict.parse(oracleBytes(name)))
}

/** All 38 tensors of a net, to be edited and written again. */
export function oracleTensors(name: OracleName): NewTensor[] {
  const dict = StateDict.parse(oracleBytes(name))
  const file = oracleBytes(name)
  const dataOffset = 8 + Number(new DataView(file.buffer).getBigUint64(0, true))
  return dict.names.map(tensor => {
    const { dtype, shape, begin, end } = dict.entry(tensor)
    return { name: tensor, dtype, shape, bytes: file.slice(dataOffset + begin, dataOffset + end) }
  })
}

/** A tensor of floats. */
export function floatTensor(
  name: string,
  shape: readonly number[],
  values: ArrayLike<number>,
  dtype: Dtype = 'F32',
): NewTensor {
  return { name, dtype, shape, bytes: encodeValues(dtype, values) }
}

/** A tensor of zero bytes, whatever its dtype. */
export function zeroTensor(name: string, dtype: Dtype, shape: readonly number[], elementBytes: number): NewTensor {
  return { name, dtype, shape, bytes: new Uint8Array(shape.reduce((a, b) => a * b, elementBytes)) }
}

/** The network of a file with these tensors, read back from its bytes. */
export function networkOf(tensors: readonly NewTensor[]): Network {
  return createNetwork(StateDict.parse(StateDict.create(tensors).serialize()))
}

/** The file of a net with one tensor replaced, or taken out (null). */
export function withTensor(name: OracleName, tensor: string, replacement: NewTensor | null): NewTensor[] {
  return oracleTensors(name).flatMap(old => (old.name !== tensor ? [old] : replacement ? [replacement] : []))
}

/** The file of a net with one value of one tensor set. */
export function withValue(name: OracleName, tensor: string, index: number, value: number): NewTensor[] {
  return oracleTensors(name).map(old => {
    if (old.name !== tensor) return old
    const bytes = old.bytes.slice()
    new DataView(bytes.buffer).setFloat32(4 * index, value, true)
    return { ...old, bytes }
  })
}

/** Uniform numbers in [0, 1) by seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The tensors of a random net, as F64: widths of dense1 ... denseN, and which of them batch norm follows. */
export function randomTensors(widths: readonly number[], batchNormAfter: readonly number[], seed: number): NewTensor[] {
  const random = createRandom(seed)
  const tensor = (name: string, shape: readonly number[], low: number, high: number) => {
    const count = shape.reduce((a, b) => a * b, 1)
    return floatTensor(
      name,
      shape,
      Float64Array.from({ length: count }, () => low + (high - low) * random()),
      'F64',
    )
  }
  const tensors: NewTensor[] = []
  let inDim = 2
  const linear = (name: string, outDim: number) => {
    const bound = 3 / Math.sqrt(inDim)
    tensors.push(tensor(`${name}.weight`, [outDim, inDim], -bound, bound), tensor(`${name}.bias`, [outDim], -1, 1))
    inDim = outDim
  }
  widths.forEach((width, index) => {
    linear(`dense${index + 1}`, width)
    if (!batchNormAfter.includes(index + 1)) return
    const bn = `bn${index + 1}`
    tensors.push(tensor(`${bn}.weight`, [width], -2, 2), tensor(`${bn}.bias`, [width], -1, 1))
    tensors.push(tensor(`${bn}.running_mean`, [width], -1, 1), tensor(`${bn}.running_var`, [width], 0, 2))
  })
  linear('dense_head', 3)
  return tensors
}
