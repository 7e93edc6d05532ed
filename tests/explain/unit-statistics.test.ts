// Statistics of the units against the reference's stages (themselves held against PyTorch), summed the plain way.

import { expect, test } from 'vitest'
import { statisticsAfterNorm, measureUnits, type Statistics } from '../../src/explain/unit-statistics.js'
import { foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME, type Frame } from '../../src/model/frame.js'
import type { Network } from '../../src/model/network.js'
import { traceNetwork } from '../../src/model/reference.js'
import { networkOf, oracleNetwork, randomTensors } from '../model/network-files.js'

// Folding and the two ways to sum round differently.
const RTOL = 1e-9

/** Not square, off centre, flipped in y, and with y first. */
const FRAME: Frame = { ...DEFAULT_FRAME, x: [-1.5, 0.75], y: [1, -0.25], order: 'yx' }
const SIZE = { width: 7, height: 5 }

/** [n, d] values of a stage, by its name, at the pixel centres as the design's words have them. */
function valuesByStage(network: Network, frame: Frame): Map<string, Float64Array[]> {
  const stages = new Map<string, Float64Array[]>()
  for (let row = 0; row < SIZE.height; row++)
    for (let column = 0; column < SIZE.width; column++) {
      const x = frame.x[0] + ((column + 0.5) / SIZE.width) * (frame.x[1] - frame.x[0])
      const y = frame.y[0] + ((row + 0.5) / SIZE.height) * (frame.y[1] - frame.y[0])
      const trace = frame.order === 'xy' ? traceNetwork(network, x, y) : traceNetwork(network, y, x)
      for (const { name, values } of trace) stages.set(name, [...(stages.get(name) ?? []), values])
    }
  return stages
}

function expectStatistics(actual: Statistics | null, points: readonly Float64Array[], what: string): void {
  const n = points.length
  expect(actual?.mean.length, what).toBe(points[0].length)
  for (let unit = 0; unit < points[0].length; unit++) {
    const values = points.map(point => point[unit])
    const mean = values.reduce((a, b) => a + b, 0) / n
    const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / n)
    const expected = { mean, deviation, min: Math.min(...values), max: Math.max(...values) }
    const scale = Math.max(...values.map(Math.abs))
    for (const key of ['mean', 'deviation', 'min', 'max'] as const)
      expect(
        Math.abs((actual?.[key][unit] ?? Number.NaN) - expected[key]),
        `${what} unit ${unit} ${key}`,
      ).toBeLessThanOrEqual(RTOL * scale)
  }
}

test.each([
  ['an oracle net, y first', oracleNetwork('malaysia'), FRAME],
  ['an oracle net, x first', oracleNetwork('japan'), { ...FRAME, order: 'xy' } as Frame],
  ['another architecture', networkOf(randomTensors([5, 7, 3], [1, 2], 4)), FRAME],
])("statistics are those of the reference's stages at the pixel centres: %s", (_, network, frame) => {
  const stages = valuesByStage(network, frame)
  const layers = measureUnits(foldNetwork(network), frame, SIZE)
  expect(layers.map(({ name }) => name)).toEqual(
    network.layers.filter(({ kind }) => kind === 'linear').map(({ name }) => name),
  )
  for (const { name, pre, post } of layers) {
    expectStatistics(pre, stages.get(name) ?? [], name)
    if (post) expectStatistics(post, stages.get(`${name}.gelu`) ?? [], `${name}.gelu`)
    else expect(name).toBe('dense_head')
  }
  for (const layer of network.layers) {
    if (layer.kind !== 'batchNorm') continue
    const post = layers.find(({ name }) => name === layer.name.replace('bn', 'dense'))?.post
    if (!post) throw new Error(`nothing in front of ${layer.name}`)
    expectStatistics(statisticsAfterNorm(post, layer), stages.get(layer.name) ?? [], layer.name)
  }
})

test('a unit that is constant has a deviation of exactly zero', () => {
  const network = networkOf(randomTensors([4, 4], [], 8))
  const [first] = network.layers
  if (first.kind !== 'linear') throw new Error('dense1 is linear')
  first.weight.fill(0)
  const [layer] = measureUnits(foldNetwork(network), FRAME, SIZE)
  expect([...layer.pre.deviation]).toEqual([0, 0, 0, 0])
  expect([...layer.pre.mean]).toEqual([...first.bias])
  expect([...(layer.post?.deviation ?? [])]).toEqual([0, 0, 0, 0])
})

test('a view measures only what is seen through it', () => {
  const folded = foldNetwork(oracleNetwork('usa'))
  const view = { x: 0.3, y: -0.2, zoom: 8 }
  const through = measureUnits(folded, DEFAULT_FRAME, SIZE, view)
  const frame: Frame = { ...DEFAULT_FRAME, x: [0.3 - 1 / 8, 0.3 + 1 / 8], y: [-0.2 - 1 / 8, -0.2 + 1 / 8] }
  const whole = measureUnits(folded, frame, SIZE)
  expect(through[3].pre.mean[5]).toBeCloseTo(whole[3].pre.mean[5], 12)
})
