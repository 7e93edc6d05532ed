// Uniform symmetric quantisation of the weights of each layer ("restricted range" in Jacob et al. 2018): with n bits, n > 1,
// the 2^n - 1 levels k * step, k = -(2^(n-1) - 1) ... 2^(n-1) - 1, where the outermost are plus and minus the tensor's largest
// magnitude; 0 is a level. One bit can only tell signs: the two levels are plus and minus the mean magnitude, which is
// nearest in the least squares (Rastegari et al. 2016, XNOR-Net). Biases and batch norms are kept: they are few.

import type { QuantiseEffect } from '../effect.js'
import type { ParameterList } from '../parameters.js'

/** Rounds weights to the nearest level in place, halves away from 0. values: [count] */
export function applyQuantise(values: Float64Array, { linears }: ParameterList, { layer, bits }: QuantiseEffect): void {
  linears.forEach(({ weight: { start, count } }, index) => {
    if (layer !== null && layer !== index) return
    quantise(values.subarray(start, start + count), bits)
  })
}

function quantise(weights: Float64Array, bits: number): void {
  const magnitudes = weights.map(Math.abs)
  if (bits === 1) {
    const level = magnitudes.reduce((sum, magnitude) => sum + magnitude, 0) / weights.length
    for (let i = 0; i < weights.length; i++) weights[i] = weights[i] < 0 ? -level : level
    return
  }
  const largest = magnitudes.reduce((a, b) => Math.max(a, b), 0)
  const top = 2 ** (bits - 1) - 1
  if (largest === 0) return
  for (let i = 0; i < weights.length; i++) {
    const k = Math.round((magnitudes[i] / largest) * top)
    // In this order the outermost level is the largest weight itself, bit for bit.
    weights[i] = Math.sign(weights[i]) * largest * (k / top)
  }
}
