// The kernel with WebAssembly's relaxed SIMD, where the engine has it: fetched when it is wanted, and never where it is of no use.

import { UnsupportedError } from '../model/errors.js'
import { type Arithmetic, Kernel, STRICT } from './module.js'

/** A module of one function: f32x4.relaxed_madd of three zeros. */
// prettier-ignore
const TRIAL = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0,
  65, 0, 253, 17, 65, 0, 253, 17, 65, 0, 253, 17, 253, 133, 2, 11,
)

/** Whether the engine has relaxed SIMD: Node 22, and Node 20 under --experimental-wasm-relaxed-simd. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(TRIAL)
}

let drawing: Promise<Kernel> | null = null
let whole: Promise<Kernel> | null = null

/** The kernel that draws fastest here: only the exports of assembly/drawing.ts are sure to be in it. */
export function loadDrawingKernel(): Promise<Kernel> {
  drawing ??= hasRelaxedSimd() ? importDrawing() : Promise.resolve(STRICT)
  return drawing
}

async function importDrawing(): Promise<Kernel> {
  try {
    const { default: base64 } = await import('./assembly/drawing.ts?assemblyscript-relaxed')
    return new Kernel('relaxed', base64)
  } catch {
    // It is not to be had, offline for instance; what is here already draws, too.
    return STRICT
  }
}

/**
 * All of the kernel in an arithmetic.
 * @throws UnsupportedError when the engine has no relaxed SIMD
 */
export async function loadKernel(arithmetic: Arithmetic): Promise<Kernel> {
  if (arithmetic === 'strict') return STRICT
  if (!hasRelaxedSimd()) throw new UnsupportedError('relaxed arithmetic: this engine has no relaxed SIMD')
  whole ??= import('./assembly/index.ts?assemblyscript-relaxed').then(
    ({ default: base64 }) => new Kernel('relaxed', base64),
  )
  return whole
}
