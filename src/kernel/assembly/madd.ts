// The one difference between the kernel's two arithmetics: whether a multiply-add rounds once or twice. With relaxed SIMD it is an instruction, and
// whether that rounds once is the processor's to say; without, the sum of a rounded product, the same bits on every machine.

/** a b + c, four lanes. */
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(c, f32x4.mul(a, b))
}

/** c - a b, four lanes. */
export function nmadd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_nmadd(a, b, c) : f32x4.sub(c, f32x4.mul(a, b))
}
