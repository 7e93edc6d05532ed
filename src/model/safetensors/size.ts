// How many bytes a tensor takes, in exact integers: the reader and the writer of the container both ask this.

import { FormatError } from '../errors.js'
import { bitsOf, type Dtype } from './dtype.js'

/** A non-negative integer below 2^64: a number while that is exact (to 2^53 - 1), else a bigint. Never both for one value. */
export type ExactInteger = number | bigint

const U64_LIMIT = 1n << 64n
/** The most characters of a shape that a message shows. */
const SHAPE_LENGTH = 60

/** Returns the bytes of a tensor. Throws where the reference reader's checked u64 products overflow, even if a later dimension is 0. */
export function tensorSizeBytes(where: string, dtype: Dtype, shape: readonly ExactInteger[]): ExactInteger {
  let elements: ExactInteger = 1
  for (const dimension of shape) {
    const product = multiplyChecked(elements, dimension)
    if (product === null) throw new FormatError(`${where} shape: the product of ${shapeText(shape)} passes 2^64`)
    elements = product
  }
  const bits = multiplyChecked(elements, bitsOf(dtype))
  if (bits === null) throw new FormatError(`${where} shape: ${dtype} ${shapeText(shape)} passes 2^64 bits`)
  if (BigInt(bits) % 8n !== 0n) {
    throw new FormatError(`${where} shape: ${dtype} ${shapeText(shape)} is ${bits} bits, expected whole bytes`)
  }
  return exact(BigInt(bits) / 8n)
}

/** Writes a shape for a message, such as [16, 2], cut after about 60 characters. */
export function shapeText(shape: readonly ExactInteger[]): string {
  let shown = ''
  for (const [i, dimension] of shape.entries()) {
    if (shown.length > SHAPE_LENGTH) return `[${shown}, … ${shape.length} dimensions]`
    shown += i === 0 ? dimension : `, ${dimension}`
  }
  return `[${shown}]`
}

/** Returns an integer as a number if that is exact, else as it is. */
export function exact(value: bigint): ExactInteger {
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}

function multiplyChecked(a: ExactInteger, b: ExactInteger): ExactInteger | null {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b
    if (product <= Number.MAX_SAFE_INTEGER) return product
  }
  const product = BigInt(a) * BigInt(b)
  return product < U64_LIMIT ? exact(product) : null
}
