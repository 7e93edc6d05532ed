// Exact (erf) GELU and its derivative over rows of a block, without an exponential. For evaluation, with t = min(|x|, 6.25):
//
//   Phi(-t)          = (6.25 - t)^4 P(t) / Q(t)
//   GELU(x)          = max(x, 0) - t Phi(-t)
//
// The factor (6.25 - t)^4 lets the tail fall to 0 without a difference of large numbers: what rounds there is as small as the
// tail itself. It must be: batch norm may blow up a unit that lives at x = -4 by hundreds (a folded weight of the USA's flag
// is 410), and x (1/2 + r(x)) with r near -1/2 was wrong by 1e-6 there, 3e-4 in the picture. For training, with u = x^2,
//
//   Phi(x) - 1/2     = x P(u) / Q(u)        GELU(x)  = x Phi(x)
//   GELU'(x) - 1/2   = x D(u) / Q(u)        GELU'(x) = Phi(x) + x phi(x)
//
// on |x| <= a clamp beyond which float32 knows no difference to 0 and 1, chosen so that P/Q there is exactly 1/2. Minimax
// coefficients fitted by tests/kernel/made-with/fit-gelu.mjs, 1e-8 and 4e-8 exact. Either way GELU(-1e4) is 0 and GELU(1e4) is 1e4,
// and what is left is float32's own rounding: within 3e-7 max(1, |x|).
//
// The constants lie in memory and are loaded into locals before the loop: V8 builds a v128 constant anew, in three
// instructions, wherever it stands, and the optimizer would put literals back into the loop. pmin and pmax cost half of
// min and max, and let NaN through.

import { ROW_BYTES } from './block'
import { madd } from './madd'

// prettier-ignore
const EVALUATION: usize = memory.data<f32>([
  6.25, 0,
  0.0003276800853200257, -0.00023205977049656212, 0.00006301367830019444, -0.000007758767424093094, 3.6523266544463695e-7,
  -0.5503004193305969, 0.3600439429283142, -0.11760806292295456, 0.03755834326148033, -0.0063896868377923965, 0.0008829101570881903,
  1,
])

/**
 * Replaces x by GELU(x). Four vectors a turn, so that a constant that found no register is loaded once for all four.
 * @param columns bytes of a row in use
 */
export function geluRows(at: usize, rows: i32, columns: usize): void {
  const clamp = v128.load32_splat(EVALUATION)
  const zero = v128.load32_splat(EVALUATION, 4)
  const p0 = v128.load32_splat(EVALUATION, 8)
  const p1 = v128.load32_splat(EVALUATION, 12)
  const p2 = v128.load32_splat(EVALUATION, 16)
  const p3 = v128.load32_splat(EVALUATION, 20)
  const p4 = v128.load32_splat(EVALUATION, 24)
  const q1 = v128.load32_splat(EVALUATION, 28)
  const q2 = v128.load32_splat(EVALUATION, 32)
  const q3 = v128.load32_splat(EVALUATION, 36)
  const q4 = v128.load32_splat(EVALUATION, 40)
  const q5 = v128.load32_splat(EVALUATION, 44)
  const q6 = v128.load32_splat(EVALUATION, 48)
  const one = v128.load32_splat(EVALUATION, 52)
  for (let row = 0; row < rows; row++) {
    const end = at + columns
    for (let m = at; m < end; m += 64) {
      const tx = f32x4.pmin(f32x4.abs(v128.load(m)), clamp)
      const ty = f32x4.pmin(f32x4.abs(v128.load(m, 16)), clamp)
      const tz = f32x4.pmin(f32x4.abs(v128.load(m, 32)), clamp)
      const tw = f32x4.pmin(f32x4.abs(v128.load(m, 48)), clamp)
      let px = madd(p4, tx, p3)
      let py = madd(p4, ty, p3)
      let pz = madd(p4, tz, p3)
      let pw = madd(p4, tw, p3)
      let qx = madd(q6, tx, q5)
      let qy = madd(q6, ty, q5)
      let qz = madd(q6, tz, q5)
      let qw = madd(q6, tw, q5)
      px = madd(px, tx, p2)
      py = madd(py, ty, p2)
      pz = madd(pz, tz, p2)
      pw = madd(pw, tw, p2)
      qx = madd(qx, tx, q4)
      qy = madd(qy, ty, q4)
      qz = madd(qz, tz, q4)
      qw = madd(qw, tw, q4)
      px = madd(px, tx, p1)
      py = madd(py, ty, p1)
      pz = madd(pz, tz, p1)
      pw = madd(pw, tw, p1)
      qx = madd(qx, tx, q3)
      qy = madd(qy, ty, q3)
      qz = madd(qz, tz, q3)
      qw = madd(qw, tw, q3)
      px = madd(px, tx, p0)
      py = madd(py, ty, p0)
      pz = madd(pz, tz, p0)
      pw = madd(pw, tw, p0)
      qx = madd(qx, tx, q2)
      qy = madd(qy, ty, q2)
      qz = madd(qz, tz, q2)
      qw = madd(qw, tw, q2)
      qx = madd(qx, tx, q1)
      qy = madd(qy, ty, q1)
      qz = madd(qz, tz, q1)
      qw = madd(qw, tw, q1)
      let dx = f32x4.sub(clamp, tx)
      let dy = f32x4.sub(clamp, ty)
      let dz = f32x4.sub(clamp, tz)
      let dw = f32x4.sub(clamp, tw)
      qx = madd(qx, tx, one)
      qy = madd(qy, ty, one)
      qz = madd(qz, tz, one)
      qw = madd(qw, tw, one)
      dx = f32x4.mul(dx, dx)
      dy = f32x4.mul(dy, dy)
      dz = f32x4.mul(dz, dz)
      dw = f32x4.mul(dw, dw)
      px = f32x4.mul(px, tx)
      py = f32x4.mul(py, ty)
      pz = f32x4.mul(pz, tz)
      pw = f32x4.mul(pw, tw)
      dx = f32x4.mul(dx, dx)
      dy = f32x4.mul(dy, dy)
      dz = f32x4.mul(dz, dz)
      dw = f32x4.mul(dw, dw)
      v128.store(m, f32x4.sub(f32x4.pmax(v128.load(m), zero), f32x4.div(f32x4.mul(px, dx), qx)))
      v128.store(m, f32x4.sub(f32x4.pmax(v128.load(m, 16), zero), f32x4.div(f32x4.mul(py, dy), qy)), 16)
      v128.store(m, f32x4.sub(f32x4.pmax(v128.load(m, 32), zero), f32x4.div(f32x4.mul(pz, dz), qz)), 32)
      v128.store(m, f32x4.sub(f32x4.pmax(v128.load(m, 48), zero), f32x4.div(f32x4.mul(pw, dw), qw)), 48)
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
      let qx = madd(q6, ux, q5)
      let qy = madd(q6, uy, q5)
      qx = madd(qx, ux, q4)
      qy = madd(qy, uy, q4)
      qx = madd(qx, ux, q3)
      qy = madd(qy, uy, q3)
      qx = madd(qx, ux, q2)
      qy = madd(qy, uy, q2)
      qx = madd(qx, ux, q1)
      qy = madd(qy, uy, q1)
      qx = madd(qx, ux, one)
      qy = madd(qy, uy, one)
      const rx = f32x4.div(cx, qx)
      const ry = f32x4.div(cy, qy)
      let px = madd(p6, ux, p5)
      let py = madd(p6, uy, p5)
      px = madd(px, ux, p4)
      py = madd(py, uy, p4)
      px = madd(px, ux, p3)
      py = madd(py, uy, p3)
      px = madd(px, ux, p2)
      py = madd(py, uy, p2)
      px = madd(px, ux, p1)
      py = madd(py, uy, p1)
      px = madd(px, ux, p0)
      py = madd(py, uy, p0)
      v128.store(at + t, f32x4.mul(x, madd(px, rx, half)))
      v128.store(at + t, f32x4.mul(y, madd(py, ry, half)), 16)
      let dx = madd(d7, ux, d6)
      let dy = madd(d7, uy, d6)
      dx = madd(dx, ux, d5)
      dy = madd(dy, uy, d5)
      dx = madd(dx, ux, d4)
      dy = madd(dy, uy, d4)
      dx = madd(dx, ux, d3)
      dy = madd(dy, uy, d3)
      dx = madd(dx, ux, d2)
      dy = madd(dy, uy, d2)
      dx = madd(dx, ux, d1)
      dy = madd(dy, uy, d1)
      dx = madd(dx, ux, d0)
      dy = madd(dy, uy, d0)
      v128.store(derivative + t, madd(dx, rx, half))
      v128.store(derivative + t, madd(dy, ry, half), 16)
    }
    at += ROW_BYTES
    derivative += ROW_BYTES
  }
}
