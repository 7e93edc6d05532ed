// The two 16-bit floats, half (F16) and bfloat16 (BF16), as codes. Encoding rounds the double itself, once: going
// through float32 first would round twice and miss ties.

/** A 16-bit float: 1 sign bit, `exponentBits`, `fractionBits`, IEEE subnormals, infinities and NaN. */
export interface SmallFloat {
  readonly exponentBits: number
  readonly fractionBits: number
}

export const HALF: SmallFloat = { exponentBits: 5, fractionBits: 10 }
export const BFLOAT16: SmallFloat = { exponentBits: 8, fractionBits: 7 }

/** Returns the double a 16-bit code stands for. code: 0 to 65535. */
export function decodeSmallFloat({ exponentBits, fractionBits }: SmallFloat, code: number): number {
  const sign = code & 0x8000 ? -1 : 1
  const exponent = (code & 0x7fff) >> fractionBits
  const fraction = code & ((1 << fractionBits) - 1)
  const largest = (1 << exponentBits) - 1
  if (exponent === largest) return fraction ? NaN : sign * Infinity
  const minExponent = minExponentOf(exponentBits)
  if (exponent === 0) return sign * fraction * 2 ** (minExponent - fractionBits)
  return sign * (fraction + (1 << fractionBits)) * 2 ** (exponent - 1 + minExponent - fractionBits)
}

/** Returns the code nearest to a double, ties to even; beyond the largest finite value it is infinity; NaN is quiet. */
export function encodeSmallFloat({ exponentBits, fractionBits }: SmallFloat, value: number): number {
  const infinity = ((1 << exponentBits) - 1) << fractionBits
  if (Number.isNaN(value)) return infinity | (1 << (fractionBits - 1))
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const magnitude = Math.abs(value)
  if (magnitude === Infinity) return sign | infinity
  const minExponent = minExponentOf(exponentBits)
  const exponent = Math.max(exponentOf(magnitude), minExponent)
  // Exact: dividing by a power of two only moves the exponent. Below 2^fractionBits it is a subnormal.
  const units = roundHalfEven(magnitude / 2 ** (exponent - fractionBits))
  // A rounding up to the next power of two carries into the exponent by itself, and from the top into infinity.
  const code = (exponent - minExponent) * (1 << fractionBits) + units
  return sign | Math.min(code, infinity)
}

function minExponentOf(exponentBits: number): number {
  return 2 - (1 << (exponentBits - 1))
}

const scratch = new DataView(new ArrayBuffer(8))

/** Returns floor(log2(magnitude)) from the bits (Math.log2 rounds); -1023 for 0 and the subnormals of double. */
function exponentOf(magnitude: number): number {
  scratch.setFloat64(0, magnitude)
  return ((scratch.getUint32(0) >>> 20) & 0x7ff) - 1023
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor
}
