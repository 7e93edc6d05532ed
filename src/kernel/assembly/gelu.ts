// Exact (erf) GELU and its derivative over rows of a block, without an exponential. With u = x^2 both are rational:
//
//   Phi(x) - 1/2     = x P(u) / Q(u)        GELU(x)  = x Phi(x)
//   GELU'(x) - 1/2   = x D(u) / Q(u)        GELU'(x) = Phi(x) + x phi(x)
//
// on |x| <= a clamp beyond which float32 knows no difference to 0 and 1. Minimax coefficients fitted by
// tests/kernel/made-with/fit-gelu.mjs: P/Q for evaluation is 7e-9 exact; P/Q and D/Q for training, which share a
// division, 4e-8. The clamps are chosen so that P/Q there is exactly 1/2 in float32, hence GELU(-1e4) is 0 and
// GELU(1e4) is 1e4. What is left is float32's own rounding: within 3e-7 max(1, |x|).
//
// The constants lie in memory and are loaded into locals before the loop: V8 builds a v128 constant anew, in three
// instructions, wherever it stands, and the optimizer would put literals back into the loop. pmin and pmax cost half of
// min and max, and let NaN through.

import { ROW_BYTES } from './block'

// prettier-ignore
const EVALUATION: usize = memory.data<f32>([
  5.5, -5.5,
  0.3989422347428747, 0.03385167952420701, 0.004677191806871563, 0.00016881443206282246, 0.000006351913919806089,
  2.2749384132494992e-8,
  0.25151949699475495, 0.028645292963498215, 0.0018843823677107824, 0.00007364321527525848, 0.0000011974893059909286,
  1, 0.5,
])

/**
 * Replaces x by GELU(x). Four vectors a turn, so that a constant that found no register is loaded once for all four.
 * @param columns bytes of a row in use
 */
export function geluRows(at: usize, rows: i32, columns: usize): void {
  const high = v128.load32_splat(EVALUATION)
  const low = v128.load32_splat(EVALUATION, 4)
  const p0 = v128.load32_splat(EVALUATION, 8)
  const p1 = v128.load32_splat(EVALUATION, 12)
  const p2 = v128.load32_splat(EVALUATION, 16)
  const p3 = v128.load32_splat(EVALUATION, 20)
  const p4 = v128.load32_splat(EVALUATION, 24)
  const p5 = v128.load32_splat(EVALUATION, 28)
  const q1 = v128.load32_splat(EVALUATION, 32)
  const q2 = v128.load32_splat(EVALUATION, 36)
  const q3 = v128.load32_splat(EVALUATION, 40)
  const q4 = v128.load32_splat(EVALUATION, 44)
  const q5 = v128.load32_splat(EVALUATION, 48)
  const one = v128.load32_splat(EVALUATION, 52)
  const half = v128.load32_splat(EVALUATION, 56)
  for (let row = 0; row < rows; row++) {
    const end = at + columns
    for (let t = at; t < end; t += 64) {
      const x = v128.load(t)
      const y = v128.load(t, 16)
      const z = v128.load(t, 32)
      const w = v128.load(t, 48)
      const cx = f32x4.pmax(f32x4.pmin(x, high), low)
      const cy = f32x4.pmax(f32x4.pmin(y, high), low)
      const cz = f32x4.pmax(f32x4.pmin(z, high), low)
      const cw = f32x4.pmax(f32x4.pmin(w, high), low)
      const ux = f32x4.mul(cx, cx)
      const uy = f32x4.mul(cy, cy)
      const uz = f32x4.mul(cz, cz)
      const uw = f32x4.mul(cw, cw)
      let px = f32x4.add(f32x4.mul(p5, ux), p4)
      let py = f32x4.add(f32x4.mul(p5, uy), p4)
      let pz = f32x4.add(f32x4.mul(p5, uz), p4)
      let pw = f32x4.add(f32x4.mul(p5, uw), p4)
      let qx = f32x4.add(f32x4.mul(q5, ux), q4)
      let qy = f32x4.add(f32x4.mul(q5, uy), q4)
      let qz = f32x4.add(f32x4.mul(q5, uz), q4)
      let qw = f32x4.add(f32x4.mul(q5, uw), q4)
      px = f32x4.add(f32x4.mul(px, ux), p3)
      py = f32x4.add(f32x4.mul(py, uy), p3)
      pz = f32x4.add(f32x4.mul(pz, uz), p3)
      pw = f32x4.add(f32x4.mul(pw, uw), p3)
      qx = f32x4.add(f32x4.mul(qx, ux), q3)
      qy = f32x4.add(f32x4.mul(qy, uy), q3)
      qz = f32x4.add(f32x4.mul(qz, uz), q3)
      qw = f32x4.add(f32x4.mul(qw, uw), q3)
      px = f32x4.add(f32x4.mul(px, ux), p2)
      py = f32x4.add(f32x4.mul(py, uy), p2)
      pz = f32x4.add(f32x4.mul(pz, uz), p2)
      pw = f32x4.add(f32x4.mul(pw, uw), p2)
      qx = f32x4.add(f32x4.mul(qx, ux), q2)
      qy = f32x4.add(f32x4.mul(qy, uy), q2)
      qz = f32x4.add(f32x4.mul(qz, uz), q2)
      qw = f32x4.add(f32x4.mul(qw, uw), q2)
      px = f32x4.add(f32x4.mul(px, ux), p1)
      py = f32x4.add(f32x4.mul(py, uy), p1)
      pz = f32x4.add(f32x4.mul(pz, uz), p1)
      pw = f32x4.add(f32x4.mul(pw, uw), p1)
      qx = f32x4.add(f32x4.mul(qx, ux), q1)
      qy = f32x4.add(f32x4.mul(qy, uy), q1)
      qz = f32x4.add(f32x4.mul(qz, uz), q1)
      qw = f32x4.add(f32x4.mul(qw, uw), q1)
      px = f32x4.add(f32x4.mul(px, ux), p0)
      py = f32x4.add(f32x4.mul(py, uy), p0)
      pz = f32x4.add(f32x4.mul(pz, uz), p0)
      pw = f32x4.add(f32x4.mul(pw, uw), p0)
      qx = f32x4.add(f32x4.mul(qx, ux), one)
      qy = f32x4.add(f32x4.mul(qy, uy), one)
      qz = f32x4.add(f32x4.mul(qz, uz), one)
      qw = f32x4.add(f32x4.mul(qw, uw), one)
      v128.store(t, f32x4.mul(x, f32x4.add(f32x4.div(f32x4.mul(px, cx), qx), half)))
      v128.store(t, f32x4.mul(y, f32x4.add(f32x4.div(f32x4.mul(py, cy), qy), half)), 16)
      v128.store(t, f32x4.mul(z, f32x4.add(f32x4.div(f32x4.mul(pz, cz), qz), half)), 32)
      v128.store(t, f32x4.mul(w, f32x4.add(f32x4.div(f32x4.mul(pw, cw), qw), half)), 48)
    }
    at += ROW_BYTES
  }
}

// prettier-ignore
const TRAINING: usize = memory.data<f32>([
  5.64, -5.64,
  0.39894207362460227, 0.042439695818190244, 0.005582301815453668, 0.00028383065865481374, 0.00001216154637649593,
  1.983363267994684e-7, 5.053388654745874e-10,
  0.7978843305340004, -0.048101991387614694, 0.014749370053767653, -0.00025119887056890977, 0.0000315261371432531,
  -2.3435884251463533e-7, 6.00603670045661e-9, -3.054629188406999e-11,
  0.2730445826685254, 0.03450392401728763, 0.0026098036689937336, 0.00012697136806302827, 0.0000035919144291644917,
  2.9086448739929857e-8,
  1, 0.5,
])

/**
 * Replaces x by GELU(x) and writes GELU'(x) beside it.
 * @param derivative rows like those at `at`
 * @param columns bytes of a row in use
 */
export function geluRowsWithDerivative(at: usize, derivative: usize, rows: i32, columns: usize): void {
  const high = v128.load32_splat(TRAINING)
  const low = v128.load32_splat(TRAINING, 4)
  const p0 = v128.load32_splat(TRAINING, 8)
  const p1 = v128.load32_splat(TRAINING, 12)
  const p2 = v128.load32_splat(TRAINING, 16)
  const p3 = v128.load32_splat(TRAINING, 20)
  const p4 = v128.load32_splat(TRAINING, 24)
  const p5 = v128.load32_splat(TRAINING, 28)
  const p6 = v128.load32_splat(TRAINING, 32)
  const d0 = v128.load32_splat(TRAINING, 36)
  const d1 = v128.load32_splat(TRAINING, 40)
  const d2 = v128.load32_splat(TRAINING, 44)
  const d3 = v128.load32_splat(TRAINING, 48)
  const d4 = v128.load32_splat(TRAINING, 52)
  const d5 = v128.load32_splat(TRAINING, 56)
  const d6 = v128.load32_splat(TRAINING, 60)
  const d7 = v128.load32_splat(TRAINING, 64)
  const q1 = v128.load32_splat(TRAINING, 68)
  const q2 = v128.load32_splat(TRAINING, 72)
  const q3 = v128.load32_splat(TRAINING, 76)
  const q4 = v128.load32_splat(TRAINING, 80)
  const q5 = v128.load32_splat(TRAINING, 84)
  const q6 = v128.load32_splat(TRAINING, 88)
  const one = v128.load32_splat(TRAINING, 92)
  const half = v128.load32_splat(TRAINING, 96)
  for (let row = 0; row < rows; row++) {
    for (let t: usize = 0; t < columns; t += 32) {
      const x = v128.load(at + t)
      const y = v128.load(at + t, 16)
      const cx = f32x4.pmax(f32x4.pmin(x, high), low)
      const cy = f32x4.pmax(f32x4.pmin(y, high), low)
      const ux = f32x4.mul(cx, cx)
      const uy = f32x4.mul(cy, cy)
      let qx = f32x4.add(f32x4.mul(q6, ux), q5)
      let qy = f32x4.add(f32x4.mul(q6, uy), q5)
      qx = f32x4.add(f32x4.mul(qx, ux), q4)
      qy = f32x4.add(f32x4.mul(qy, uy), q4)
      qx = f32x4.add(f32x4.mul(qx, ux), q3)
      qy = f32x4.add(f32x4.mul(qy, uy), q3)
      qx = f32x4.add(f32x4.mul(qx, ux), q2)
      qy = f32x4.add(f32x4.mul(qy, uy), q2)
      qx = f32x4.add(f32x4.mul(qx, ux), q1)
      qy = f32x4.add(f32x4.mul(qy, uy), q1)
      qx = f32x4.add(f32x4.mul(qx, ux), one)
      qy = f32x4.add(f32x4.mul(qy, uy), one)
      const rx = f32x4.div(cx, qx)
      const ry = f32x4.div(cy, qy)
      let px = f32x4.add(f32x4.mul(p6, ux), p5)
      let py = f32x4.add(f32x4.mul(p6, uy), p5)
      px = f32x4.add(f32x4.mul(px, ux), p4)
      py = f32x4.add(f32x4.mul(py, uy), p4)
      px = f32x4.add(f32x4.mul(px, ux), p3)
      py = f32x4.add(f32x4.mul(py, uy), p3)
      px = f32x4.add(f32x4.mul(px, ux), p2)
      py = f32x4.add(f32x4.mul(py, uy), p2)
      px = f32x4.add(f32x4.mul(px, ux), p1)
      py = f32x4.add(f32x4.mul(py, uy), p1)
      px = f32x4.add(f32x4.mul(px, ux), p0)
      py = f32x4.add(f32x4.mul(py, uy), p0)
      v128.store(at + t, f32x4.mul(x, f32x4.add(f32x4.mul(px, rx), half)))
      v128.store(at + t, f32x4.mul(y, f32x4.add(f32x4.mul(py, ry), half)), 16)
      let dx = f32x4.add(f32x4.mul(d7, ux), d6)
      let dy = f32x4.add(f32x4.mul(d7, uy), d6)
      dx = f32x4.add(f32x4.mul(dx, ux), d5)
      dy = f32x4.add(f32x4.mul(dy, uy), d5)
      dx = f32x4.add(f32x4.mul(dx, ux), d4)
      dy = f32x4.add(f32x4.mul(dy, uy), d4)
      dx = f32x4.add(f32x4.mul(dx, ux), d3)
      dy = f32x4.add(f32x4.mul(dy, uy), d3)
      dx = f32x4.add(f32x4.mul(dx, ux), d2)
      dy = f32x4.add(f32x4.mul(dy, uy), d2)
      dx = f32x4.add(f32x4.mul(dx, ux), d1)
      dy = f32x4.add(f32x4.mul(dy, uy), d1)
      dx = f32x4.add(f32x4.mul(dx, ux), d0)
      dy = f32x4.add(f32x4.mul(dy, uy), d0)
      v128.store(derivative + t, f32x4.add(f32x4.mul(dx, rx), half))
      v128.store(derivative + t, f32x4.add(f32x4.mul(dy, ry), half), 16)
    }
    at += ROW_BYTES
    derivative += ROW_BYTES
  }
}
