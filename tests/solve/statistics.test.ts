import { expect, test } from 'vitest'
import { traceNetwork } from '../../src/model/reference.js'
import { searchBoxes } from '../../src/solve/search.js'
import { LATTICES, StatisticsProbe } from '../../src/solve/statistics.js'
import { MYSTERIES, networkOf } from './mysteries.js'

const japan = networkOf(MYSTERIES.find(({ name }) => name === 'japan') as (typeof MYSTERIES)[number])

test('the statistics of a box are those of the stages that the reference computes point by point', () => {
  const { points, multiplier } = LATTICES.coarse
  const box = [-0.8, 1.3, -2, 0.5] as const
  const fed: number[][] = []
  for (let i = 0; i < points; i++) {
    const x = box[0] + ((i + 0.5) / points) * (box[1] - box[0])
    const y = box[2] + ((((i * multiplier) % points) + 0.5) / points) * (box[3] - box[2])
    const stages = traceNetwork(japan, x, y)
    fed.push(japan.layers.flatMap((layer, k) => (layer.kind === 'batchNorm' ? [...stages[k - 1].values] : [])))
  }
  const measured = new StatisticsProbe(japan, 4).measure(box, LATTICES.coarse)
  const means = measured.flatMap(({ mean }) => [...mean])
  const variances = measured.flatMap(({ variance }) => [...variance])
  for (let unit = 0; unit < means.length; unit++) {
    const mean = fed.reduce((sum, values) => sum + values[unit], 0) / points
    const variance = fed.reduce((sum, values) => sum + (values[unit] - mean) ** 2, 0) / points
    expect(means[unit]).toBeCloseTo(mean, 9)
    expect(Math.abs(variances[unit] - variance)).toBeLessThan(1e-9 * Math.max(1, variance))
  }
})

test('along either input the points of a lattice are as evenly spread as they can be', () => {
  for (const { points, multiplier } of Object.values(LATTICES)) {
    const rows = Array.from({ length: points }, (_, i) => (i * multiplier) % points)
    expect(new Set(rows).size).toBe(points)
  }
})

test('the box of a net is found though nothing says where to look', () => {
  const [{ box, divergence }] = searchBoxes(japan)
  for (const [end, truth] of [-1, 1, -1, 1].entries()) expect(Math.abs(box[end] - truth)).toBeLessThan(0.02)
  expect(divergence).toBeLessThan(1e-3)
})
