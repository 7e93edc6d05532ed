// The temperature of the GELU: x Phi(x / T) = T gelu(x / T) instead of gelu(x) = x Phi(x). It is an exact change of the
// weights, so that the file stays a plain net: the layer before gives x / T, and what takes the GELU takes T times as much.
// Where that is batch norm, (T y - mean) / s * gamma + beta = (y - mean / T) / s * (T gamma) + beta.

import type { TemperatureEffect } from '../effect.js'
import type { ParameterList, ParameterTensor } from '../parameters.js'

/** Sets the temperature of one GELU, or of all, in place. values: [count] */
export function applyTemperature(
  values: Float64Array,
  { linears }: ParameterList,
  { layer, temperature }: TemperatureEffect,
): void {
  const scale = ({ start, count }: ParameterTensor, factor: (value: number) => number) => {
    for (let i = start; i < start + count; i++) values[i] = factor(values[i])
  }
  const cool = (value: number) => value / temperature
  const warm = (value: number) => value * temperature
  linears.slice(0, -1).forEach(({ weight, bias, norm, isNormBehind }, index) => {
    if (layer !== null && layer !== index) return
    // What the GELU takes is the batch norm's where one stands in front of it.
    const before = norm && !isNormBehind ? norm : { weight, bias }
    scale(before.weight, cool)
    scale(before.bias, cool)
    if (norm && isNormBehind) {
      scale(norm.runningMean, cool)
      scale(norm.weight, warm)
    } else scale(linears[index + 1].weight, warm)
  })
}
