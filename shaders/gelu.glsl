// Exact (erf) GELU in float32: x Phi(x) = max(x, 0) - |x| Phi(-|x|), no branch and no cancellation in the tail.
// Phi(-a) = exp2(Q(a)), one transcendental and no division; Q is fitted by tests/gpu/made-with/fit-phi-tail.js to 7e-9 of
// GELU, a quarter of what float32 rounds at 0.5. The float64 truth is gelu() in src/model/erf.ts.
//
// Q falls on beyond what it is fitted for, and is 2^-103 at the clamp: nothing, and still an exponent that every driver's exp2
// takes. The factor |x| is not clamped: a NaN passes through it, whatever min and max make of one.
const float TAIL_CLAMP = 10.0;

vec4 gelu(vec4 x) {
  vec4 a = min(abs(x), TAIL_CLAMP);
  vec4 q = ((-0.00000169527505 * a + 0.0000251415513) * a - 0.000114755683) * a - 0.000322532636;
  q = ((((q * a + 0.00733205536) * a - 0.0527129062) * a - 0.459116131) * a - 1.15112305) * a - 0.999998868;
  return max(x, 0.0) - abs(x) * exp2(q);
}

mat4 gelu(mat4 x) {
  return mat4(gelu(x[0]), gelu(x[1]), gelu(x[2]), gelu(x[3]));
}

mat2x4 gelu(mat2x4 x) {
  return mat2x4(gelu(x[0]), gelu(x[1]));
}
