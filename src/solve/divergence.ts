// How far measured statistics are from those that batch norm remembers.

import type { Network } from '../model/network.js'
import type { FedStatistics } from './statistics.js'

/** Running statistics of the batch norms of a network, from the front: mean and variance [d]. */
export function rememberedStatistics({ layers }: Network): FedStatistics[] {
  return layers.flatMap(layer =>
    layer.kind === 'batchNorm' ? [{ mean: layer.runningMean, variance: layer.runningVar }] : [],
  )
}

// Units whose remembered spread is this small against their layer's never said anything: what is left is rounding.
const DEAD = 1e-8

/**
 * Residuals of means, in remembered standard deviations, and of spreads, as the logarithm of the ratio of standard deviations; half the sum of the
 * squares of a unit's two, the second counted twice, is its Gaussian Kullback-Leibler divergence to second order. Units
 * that are constant have none.
 * @returns one list a batch norm, [2 live units]: a mean's and a spread's by turns
 */
export function residualsOf(
  measured: readonly FedStatistics[],
  remembered: readonly FedStatistics[],
): readonly Float64Array[] {
  return measured.map(({ mean, variance }, index) => {
    const target = remembered[index]
    const floor = DEAD * Math.max(...target.variance)
    const residuals: number[] = []
    for (let unit = 0; unit < mean.length; unit++) {
      if (!(target.variance[unit] > floor)) continue
      residuals.push(
        (mean[unit] - target.mean[unit]) / Math.sqrt(target.variance[unit]),
        0.5 * Math.log((variance[unit] + 1e-3 * floor) / target.variance[unit]),
      )
    }
    return Float64Array.from(residuals)
  })
}

/**
 * The Gaussian Kullback-Leibler divergence of the measured from the remembered statistics, the median over a batch norm's units, summed
 * over the batch norms: 1e-4 over the frame of a net that was trained well, 0.005 and far more over others.
 */
export function divergenceOf(measured: readonly FedStatistics[], remembered: readonly FedStatistics[]): number {
  let total = 0
  measured.forEach(({ mean, variance }, index) => {
    const target = remembered[index]
    const floor = DEAD * Math.max(...target.variance)
    const units: number[] = []
    for (let unit = 0; unit < mean.length; unit++) {
      const goal = target.variance[unit]
      if (!(goal > floor)) continue
      const ratio = (variance[unit] + 1e-3 * floor) / goal
      units.push(0.5 * (ratio - 1 - Math.log(ratio) + (mean[unit] - target.mean[unit]) ** 2 / goal))
    }
    total += median(units)
  })
  return total
}

/** The middle of a list, which is sorted by this; Infinity for none. */
export function median(values: number[]): number {
  if (values.length === 0) return Number.POSITIVE_INFINITY
  values.sort((a, b) => a - b)
  const middle = values.length >> 1
  return values.length % 2 === 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
}
