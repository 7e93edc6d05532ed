// The gain of one hidden unit: what its GELU gives, times a factor, as an exact change of what takes it. Where a linear
// layer follows that is its column. Where batch norm follows, (g a - mean) / s * gamma + beta with s = sqrt(var + eps) is again
// a batch norm of a, under the same statistics: gamma' = g gamma, beta' = beta + (g - 1) mean gamma / s. Written so, a gain
// of 0 is like any other. An output of the head has nothing behind it: there the row and the bias are scaled.

import { BATCH_NORM_EPS } from '../../model/layers/batch-norm.js'
import type { UnitGainEffect } from '../effect.js'
import type { ParameterList } from '../parameters.js'

/** Scales a unit in place. values: [count] */
export function applyUnitGain(
  values: Float64Array,
  { linears }: ParameterList,
  { layer, unit, gain }: UnitGainEffect,
): void {
  const { norm, isNormBehind, weight, bias, inDim } = linears[layer]
  const next = linears.at(layer + 1)
  if (norm && isNormBehind) {
    const [gamma, beta] = [norm.weight.start + unit, norm.bias.start + unit]
    const mean = values[norm.runningMean.start + unit]
    const deviation = Math.sqrt(values[norm.runningVar.start + unit] + BATCH_NORM_EPS)
    values[beta] += ((gain - 1) * mean * values[gamma]) / deviation
    values[gamma] *= gain
  } else if (next) {
    for (let o = 0; o < next.outDim; o++) values[next.weight.start + o * next.inDim + unit] *= gain
  } else {
    for (let i = 0; i < inDim; i++) values[weight.start + unit * inDim + i] *= gain
    values[bias.start + unit] *= gain
  }
}
