// Exact (erf) GELU in float32: x Phi(x) = max(x, 0) - |x| Phi(-|x|), no branch and no cancellation in the tail.
// Phi(-x) = exp(-x^2 / 2) t P(t) with t = 1 / (1 + 0.4 x / sqrt 2): the form of Abramowitz and Stegun 7.1.26, P fitted by
// tests/gpu/made-with/fit-phi-tail.js to 4.4e-9 of GELU, far below float32's own rounding (3.7e-7 at |x| = 5, as in
// PyTorch). Twin: gelu() in src/model/erf.ts.
const float PHI_TAIL_SLOPE = 0.28284271247;
// exp(-80) is 0 for every purpose here; a larger argument overflows the internal scaling of some drivers' exp.
const float MAX_EXPONENT = 80.0;

vec4 gelu(vec4 x) {
  vec4 a = abs(x);
  vec4 t = 1.0 / (1.0 + PHI_TAIL_SLOPE * a);
  vec4 p = ((((-0.1034167150 * t + 0.3677803483) * t - 0.2065482042) * t + 0.2508761557) * t + 0.07431404620) * t + 0.1169941471;
  return max(x, 0.0) - a * (t * p * exp(-min(0.5 * x * x, MAX_EXPONENT)));
}

mat4 gelu(mat4 x) {
  return mat4(gelu(x[0]), gelu(x[1]), gelu(x[2]), gelu(x[3]));
}

mat2x4 gelu(mat2x4 x) {
  return mat2x4(gelu(x[0]), gelu(x[1]));
}
