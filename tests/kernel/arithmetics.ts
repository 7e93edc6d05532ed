// The kernel in both arithmetics, for tests that hold either.

import { setFlagsFromString } from 'node:v8'
import { type Kernel, STRICT } from '../../src/kernel/module.js'
import { hasRelaxedSimd, loadKernel } from '../../src/kernel/relaxed.js'

// Node 20 has it behind a flag; where it is known and on, this changes nothing.
setFlagsFromString('--experimental-wasm-relaxed-simd')

/** Null where the engine lacks relaxed SIMD. */
export const RELAXED: Kernel | null = hasRelaxedSimd() ? await loadKernel('relaxed') : null

if (!RELAXED) process.stderr.write('this engine has no relaxed SIMD: tests of relaxed arithmetic are skipped\n')

/** As `describe.each` takes them. */
export const ARITHMETICS: readonly (readonly [arithmetic: string, kernel: Kernel])[] = [
  ['strict', STRICT],
  ...(RELAXED ? [['relaxed', RELAXED] as const] : []),
]
