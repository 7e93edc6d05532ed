// Which weights the kernel can hold: asked before there is a kernel, and where there is none yet.

import { UnsupportedError } from '../model/errors.js'
import type { FoldedNetwork } from '../model/fold.js'

/** Checks that the kernel can hold a network. @throws UnsupportedError when a weight is beyond float32 */
export function checkKernelWeights({ layers }: FoldedNetwork): void {
  for (const { name, weight, bias } of layers)
    if (!weight.every(isFloat32) || !bias.every(isFloat32))
      throw new UnsupportedError(`${name}: a folded weight is beyond float32, which the kernel computes in`)
}

function isFloat32(value: number): boolean {
  return Number.isFinite(Math.fround(value))
}
