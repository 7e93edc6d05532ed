// Sensitivities against central differences of the displayed, unclamped colour, over the pixels of a view.

import { describe, expect, test } from 'vitest'
import { listParameters, parameterName, tensorValues } from '../../src/edit/parameters.js'
import { perDeviation, rankParameters } from '../../src/explain/ranking.js'
import { measureSensitivities, SensitivityPass, type SensitivityView } from '../../src/explain/sensitivity.js'
import { DEFAULT_FRAME, type Frame, OUTPUTS } from '../../src/model/frame.js'
import { samplingOf, type View } from '../../src/model/view.js'
import { createRandom, networkOf, oracleNetwork, randomTensors } from '../model/network-files.js'
import { differenceByParameter, mutableCopy, rawOutputs } from './central-differences.js'

const SIZE = { width: 4, height: 3 }
const VIEW: View = { x: 0.2, y: -0.1, zoom: 1.7 }
/** Means of differences: their own rounding, and kinks of the absolute value where a difference changes its sign. */
const RTOL = 1e-6

function viewOf(frame: Frame, view = VIEW, size = SIZE): SensitivityView {
  return { frame, sampling: samplingOf(frame, view, size.width, size.height), ...size }
}

/** The design's words for a View, and for the conventions of outputs, before the clamp. */
function inputsOf(frame: Frame): [number, number][] {
  return Array.from({ length: SIZE.width * SIZE.height }, (_, i) => {
    const [c, r] = [i % SIZE.width, Math.floor(i / SIZE.width)]
    const x = VIEW.x + (((c + 0.5) / SIZE.width - 0.5) * (frame.x[1] - frame.x[0])) / VIEW.zoom
    const y = VIEW.y + (((r + 0.5) / SIZE.height - 0.5) * (frame.y[1] - frame.y[0])) / VIEW.zoom
    return frame.order === 'xy' ? [x, y] : [y, x]
  })
}

const CHANNEL: Record<Frame['output'], (raw: number) => number> = {
  rgb01: raw => raw,
  rgb255: raw => raw / 255,
  rgb11: raw => (raw + 1) / 2,
  logit: raw => 1 / (1 + Math.exp(-raw)),
}

describe('the sensitivity is the mean over pixels and channels of the size of the central difference of the colour', () => {
  const cases = [
    ['malaysia', oracleNetwork('malaysia')],
    ['another architecture', networkOf(randomTensors([5, 6], [2], 30))],
  ] as const
  for (const [name, original] of cases)
    test.each(OUTPUTS)(`${name}, %s`, output => {
      const frame: Frame = { ...DEFAULT_FRAME, x: [-1, 1.5], y: [1, -1], order: 'yx', output, channels: 'bgr' }
      const network = mutableCopy(original)
      const list = listParameters(network.architecture)
      const actual = measureSensitivities(network, viewOf(frame))
      const inputs = inputsOf(frame)
      const random = createRandom(5)
      for (const { start, count } of list.tensors)
        for (let k = 0; k < (process.env.VEXEL_FULL ? 12 : 2); k++) {
          const index = start + Math.floor(random() * count)
          const slopes = differenceByParameter(network, index, net =>
            Float64Array.from(inputs.flatMap(input => [...rawOutputs(net, input)].map(CHANNEL[output]))),
          )
          const expected = slopes.reduce((sum, slope) => sum + Math.abs(slope), 0) / slopes.length
          expect(
            Math.abs(actual[index] - expected),
            `${parameterName(list, index)}: ${actual[index]} for ${expected}`,
          ).toBeLessThanOrEqual(RTOL * expected + 1e-9)
        }
    })
})

test('all pixels in steps are all pixels at once, whatever the steps', () => {
  const network = oracleNetwork('japan')
  const size = { width: 9, height: 5 }
  const view = viewOf(DEFAULT_FRAME, VIEW, size)
  const pass = new SensitivityPass(network, view)
  expect(pass.pixelCount).toBe(45)
  expect(pass.read().every(value => value === 0)).toBe(true)
  for (let steps = 1; !pass.advance(7); steps++) expect(pass.pixelsDone).toBe(7 * steps)
  expect(pass.pixelsDone).toBe(45)
  expect(pass.read()).toEqual(measureSensitivities(network, view))
})

test('every pixel is taken once, for any size of the view', () => {
  const network = networkOf(randomTensors([2], [], 2))
  const list = listParameters(network.architecture)
  // d raw / d head bias is 1 for its own channel: a mean of 1/3 however many pixels; d raw / d x is not.
  for (const [width, height] of [
    [1, 1],
    [2, 1],
    [1, 7],
    [8, 8],
    [6, 35],
  ]) {
    const sensitivities = measureSensitivities(network, viewOf(DEFAULT_FRAME, VIEW, { width, height }))
    expect([...sensitivities.subarray(list.count - 3)]).toEqual([1 / 3, 1 / 3, 1 / 3])
    const flipped: Frame = { ...DEFAULT_FRAME, x: [1, -1], y: [1, -1] }
    const mirrored = measureSensitivities(network, viewOf(flipped, VIEW, { width, height }))
    mirrored.forEach((value, index) => expect(value / sensitivities[index]).toBeCloseTo(1, 10))
  }
})

test('early pixels lie all over the view: a twelfth of them already ranks as all do', () => {
  const network = oracleNetwork('usa')
  const view = viewOf(DEFAULT_FRAME, { x: 0, y: 0, zoom: 1 }, { width: 24, height: 16 })
  const pass = new SensitivityPass(network, view)
  pass.advance(32)
  const early = pass.read()
  pass.advance(pass.pixelCount)
  const all = pass.read()
  const top = (values: Float64Array) => new Set(rankParameters(values).subarray(0, 50))
  const shared = [...top(early)].filter(index => top(all).has(index))
  expect(shared.length).toBeGreaterThan(35)
})

test('per standard deviation is per unit times the deviation of the tensor, and equal values have no say', () => {
  const network = networkOf(randomTensors([3, 4], [1], 12))
  const { tensors, count } = listParameters(network.architecture)
  const norm = network.layers.find(layer => layer.kind === 'batchNorm')
  if (norm?.kind !== 'batchNorm') throw new Error('bn1 is a batch norm')
  norm.weight.fill(1)
  const scaled = perDeviation(new Float64Array(count).fill(2), network)
  for (const tensor of tensors) {
    const values = tensorValues(network, tensor)
    const mean = values.reduce((a, b) => a + b, 0) / values.length
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length
    expect(scaled[tensor.start], tensor.name).toBeCloseTo(2 * Math.sqrt(variance), 12)
  }
  expect(scaled[tensors.find(({ name }) => name === 'bn1.weight')?.start ?? -1]).toBe(0)
})

test('the ranking begins with the most sensitive; equals keep their order and no number comes last', () => {
  expect([...rankParameters(Float64Array.of(1, Number.NaN, 3, 1, 0))]).toEqual([2, 0, 3, 4, 1])
})
