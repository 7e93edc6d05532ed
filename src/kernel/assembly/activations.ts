// Activations over rows of a block, by opcode (../activation-opcodes.ts). GELU by the error function has a file of its own: most nets have it.
//
// exp: x = n ln 2 + r, r in [-ln 2 / 2, ln 2 / 2], a polynomial of r (Cephes' expf), n into the exponent; 1e-7 of its value.
// sine: x = n pi + r, with pi in three parts, an odd polynomial of r, its sign turned for odd n. Coefficients fitted on
// [-pi / 2, pi / 2], 5e-9 exact; what float32 rounds is 1.2e-7, up to some thousands.
// tanh: near zero an odd polynomial (Cephes' tanhf), where 1 - 2 / (e^2x + 1) would cancel.

import { geluRows } from './gelu'
import { geluRowsByPower } from './gelu-power'
import { ROW_BYTES } from './block'
import { madd } from './madd'

/**
 * Replaces x by an activation of it.
 * @param columns bytes of a row in use
 * @param parameter of those that have one
 */
export function activateRows(opcode: i32, at: usize, rows: i32, columns: usize, parameter: f32): void {
  if (opcode === 1) {
    if (ASC_FEATURE_RELAXED_SIMD) geluRowsByPower(at, rows, columns)
    else geluRows(at, rows, columns)
    return
  }
  const number = f32x4.splat(parameter)
  for (let row = 0; row < rows; row++, at += ROW_BYTES) {
    const end = at + columns
    switch (opcode) {
      case 2:
        for (let m = at; m < end; m += 16) v128.store(m, geluTanh(v128.load(m)))
        break
      case 3:
        for (let m = at; m < end; m += 16) v128.store(m, relu(v128.load(m)))
        break
      case 4:
        for (let m = at; m < end; m += 16) v128.store(m, leakyRelu(v128.load(m), number))
        break
      case 5:
        for (let m = at; m < end; m += 16) {
          const x = v128.load(m)
          v128.store(m, f32x4.mul(x, sigmoid(x)))
        }
        break
      case 6:
        for (let m = at; m < end; m += 16) v128.store(m, tanh(v128.load(m)))
        break
      case 7:
        for (let m = at; m < end; m += 16) v128.store(m, sigmoid(v128.load(m)))
        break
      case 8:
        for (let m = at; m < end; m += 16) v128.store(m, sine(v128.load(m)))
        break
      case 9:
        for (let m = at; m < end; m += 16) v128.store(m, bell(f32x4.div(v128.load(m), number)))
        break
    }
  }
}

export function relu(x: v128): v128 {
  return f32x4.pmax(x, f32x4.splat(0))
}

export function leakyRelu(x: v128, slope: v128): v128 {
  return v128.bitselect(x, f32x4.mul(x, slope), f32x4.gt(x, f32x4.splat(0)))
}

/** exp(-x^2 / 2) */
export function bell(x: v128): v128 {
  return exp(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5)))
}

function exp(x: v128): v128 {
  // Beyond this the exponent would leave float32's normal numbers.
  const t = f32x4.max(f32x4.min(x, f32x4.splat(87)), f32x4.splat(-87))
  const n = f32x4.nearest(f32x4.mul(t, f32x4.splat(1.4426950216293335)))
  let r = f32x4.sub(t, f32x4.mul(n, f32x4.splat(0.693359375)))
  r = madd(n, f32x4.splat(2.1219444e-4), r)
  let p = madd(f32x4.splat(1.98756915e-4), r, f32x4.splat(1.3981999507e-3))
  p = madd(p, r, f32x4.splat(8.3334519073e-3))
  p = madd(p, r, f32x4.splat(4.1665795894e-2))
  p = madd(p, r, f32x4.splat(1.6666665459e-1))
  p = madd(p, r, f32x4.splat(5.0000001201e-1))
  p = madd(f32x4.mul(p, r), r, f32x4.add(r, f32x4.splat(1)))
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23)
  return f32x4.mul(p, power)
}

export function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1)
  return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(x))))
}

export function tanh(x: v128): v128 {
  const one = f32x4.splat(1)
  const far = f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(exp(f32x4.add(x, x)), one)))
  const z = f32x4.mul(x, x)
  let p = madd(f32x4.splat(-5.70498872745e-3), z, f32x4.splat(2.06390887954e-2))
  p = madd(p, z, f32x4.splat(-5.37397155531e-2))
  p = madd(p, z, f32x4.splat(1.33314422036e-1))
  p = madd(p, z, f32x4.splat(-3.33332819422e-1))
  const near = madd(f32x4.mul(p, z), x, x)
  return v128.bitselect(near, far, f32x4.lt(f32x4.abs(x), f32x4.splat(0.625)))
}

function geluTanh(x: v128): v128 {
  const cube = f32x4.mul(f32x4.mul(x, x), x)
  // x (1 + tanh u) / 2 = x sigmoid(2 u)
  const twice = f32x4.mul(madd(f32x4.splat(0.044715), cube, x), f32x4.splat(1.5957691216057308))
  return f32x4.mul(x, sigmoid(twice))
}

export function sine(x: v128): v128 {
  const n = turns(x)
  return v128.xor(sineNearZero(rest(x, n)), signs(n))
}

/** The cosine is the sine of what is left to a quarter of a turn. */
export function cosine(x: v128): v128 {
  const n = turns(x)
  const r = f32x4.sub(f32x4.splat(1.5707963267948966), f32x4.abs(rest(x, n)))
  return v128.xor(sineNearZero(r), signs(n))
}

function turns(x: v128): v128 {
  return f32x4.nearest(f32x4.mul(x, f32x4.splat(0.31830987334251404)))
}

function rest(x: v128, n: v128): v128 {
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(3.140625)))
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(9.67502593994140625e-4)))
  return f32x4.sub(r, f32x4.mul(n, f32x4.splat(1.509957990978376e-7)))
}

function signs(n: v128): v128 {
  return i32x4.shl(i32x4.trunc_sat_f32x4_s(n), 31)
}

function sineNearZero(r: v128): v128 {
  const z = f32x4.mul(r, r)
  let p = madd(f32x4.splat(2.60004938e-6), z, f32x4.splat(-1.98066124e-4))
  p = madd(p, z, f32x4.splat(8.33301725e-3))
  p = madd(p, z, f32x4.splat(-1.66666571e-1))
  return madd(f32x4.mul(r, z), p, r)
}
