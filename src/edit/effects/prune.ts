// Pruning by magnitude: the smallest weights of each layer become 0 (LeCun, Denker, Solla 1989 call it the simplest
// saliency). Biases and batch norms stay: they are few.

import type { PruneEffect } from '../effect.js'
import type { ParameterList } from '../parameters.js'

/**
 * Zeroes round(share * n) of a layer's n weights, the least in magnitude, in place; of equal ones the earlier go first.
 * values: [count]
 */
export function applyPrune(values: Float64Array, { linears }: ParameterList, { layer, share }: PruneEffect): void {
  linears.forEach(({ weight: { start, count } }, index) => {
    if (layer !== null && layer !== index) return
    const ascending = Uint32Array.from({ length: count }, (_, i) => start + i)
    ascending.sort((a, b) => Math.abs(values[a]) - Math.abs(values[b]) || a - b)
    for (const i of ascending.subarray(0, Math.round(share * count))) values[i] = 0
  })
}
