// Attributions against central differences: a unit's activation is moved exactly, by way of the parameters behind it.

import { expect, test } from 'vitest'
import { attributeColour, rankUnits } from '../../src/explain/attribution.js'
import { DEFAULT_FRAME, type Frame } from '../../src/model/frame.js'
import { traceNetwork } from '../../src/model/reference.js'
import { networkOf, oracleNetwork, randomTensors } from '../model/network-files.js'
import { differenceByActivation, mutableCopy, rawOutputs } from './central-differences.js'

const FRAMES: readonly Frame[] = [
  DEFAULT_FRAME,
  { ...DEFAULT_FRAME, order: 'yx', output: 'rgb255', channels: 'bgr' },
  { ...DEFAULT_FRAME, output: 'rgb11' },
  { ...DEFAULT_FRAME, output: 'logit', channels: 'bgr' },
]

const CHANNEL: Record<Frame['output'], (raw: number) => number> = {
  rgb01: raw => raw,
  rgb255: raw => raw / 255,
  rgb11: raw => (raw + 1) / 2,
  logit: raw => 1 / (1 + Math.exp(-raw)),
}

const [X, Y] = [0.35, -0.6]

function inputOf(frame: Frame): [number, number] {
  return frame.order === 'xy' ? [X, Y] : [Y, X]
}

const CASES = [
  ...FRAMES.map(frame => [`nepal, ${frame.output}`, oracleNetwork('nepal'), frame] as const),
  ['another architecture', networkOf(randomTensors([4, 6, 5], [2], 31)), FRAMES[0]] as const,
]

test.each(CASES)(
  'every unit: activation of the reference, gradient of central differences: %s',
  (_, original, frame) => {
    const network = mutableCopy(original)
    const input = inputOf(frame)
    const trace = traceNetwork(network, ...input)
    const shown = (values: Float64Array) => {
      const colour = values.map(CHANNEL[frame.output])
      return frame.channels === 'bgr' ? colour.toReversed() : colour
    }
    const { layers, colour, raw } = attributeColour(network, frame, X, Y)
    const rawExpected = rawOutputs(network, input)
    for (let c = 0; c < 3; c++) {
      expect(Math.abs(raw[c] - rawExpected[c])).toBeLessThan(1e-11)
      expect(Math.abs(colour[c] - shown(rawExpected)[c])).toBeLessThan(1e-11)
    }
    expect(layers.map(({ layer }) => layer)).toEqual(layers.map((_, index) => index))
    for (const { name, activations, preActivations, gradients, contributions, sum, remainder } of layers) {
      const gelu = network.layers.findIndex(layer => layer.name === `${name}.gelu`)
      const largest = gradients.reduce((a, b) => Math.max(a, Math.abs(b)), 0)
      const total = [0, 0, 0]
      activations.forEach((activation, unit) => {
        expect(activation).toBeCloseTo(trace[gelu].values[unit], 11)
        expect(preActivations[unit]).toBeCloseTo(trace[gelu - 1].values[unit], 11)
        const slopes = differenceByActivation(network, gelu, unit, net => shown(rawOutputs(net, input)))
        for (let c = 0; c < 3; c++) {
          const at = 3 * unit + c
          expect(Math.abs(gradients[at] - slopes[c]), `${name} unit ${unit}, channel ${c}`).toBeLessThan(
            1e-6 * Math.abs(slopes[c]) + 1e-8 * Math.max(largest, 1),
          )
          expect(contributions[at]).toBe(gradients[at] * activation)
          total[c] += contributions[at]
        }
      })
      for (let c = 0; c < 3; c++) {
        expect(Math.abs(sum[c] - total[c])).toBeLessThan(1e-9)
        expect(Math.abs(remainder[c] - (colour[c] - total[c]))).toBeLessThan(1e-9)
      }
    }
  },
)

test('in the layer before the head contributions and a constant are the colour: the remainder is the same everywhere', () => {
  const network = oracleNetwork('malaysia')
  const remainders = [
    [0.1, 0.2],
    [-0.8, 0.9],
    [0.5, -0.5],
  ].map(([x, y]) => attributeColour(network, { ...DEFAULT_FRAME, output: 'rgb11' }, x, y).layers.at(-1)?.remainder)
  for (const remainder of remainders)
    for (let c = 0; c < 3; c++) expect(remainder?.[c]).toBeCloseTo(remainders[0]?.[c] ?? Number.NaN, 10)
})

test('units are listed by the size of their contribution', () => {
  const attribution = attributeColour(oracleNetwork('japan'), DEFAULT_FRAME, X, Y)
  const all = rankUnits(attribution, null)
  expect(all.length).toBe(224)
  const size = (values: readonly number[]) => values.reduce((a, b) => a + Math.abs(b), 0)
  for (let i = 1; i < all.length; i++)
    expect(size(all[i].contributions)).toBeLessThanOrEqual(size(all[i - 1].contributions))
  const green = rankUnits(attribution, 1, 7)
  expect(green.length).toBe(16)
  expect(new Set(green.map(({ unit }) => unit)).size).toBe(16)
  for (let i = 1; i < green.length; i++)
    expect(Math.abs(green[i].contributions[1])).toBeLessThanOrEqual(Math.abs(green[i - 1].contributions[1]))
  const { unit, activation, contributions } = green[0]
  const layer = attribution.layers[7]
  expect(activation).toBe(layer.activations[unit])
  expect(contributions).toEqual([...layer.contributions.subarray(3 * unit, 3 * unit + 3)])
})
