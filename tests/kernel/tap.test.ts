// What the kernel shows of units, against the layers run one by one in float64: raw values, and the colours of regions.

import { describe, expect, test } from 'vitest'
import { ColourDrawer } from '../../src/kernel/colours.js'
import { Evaluator } from '../../src/kernel/evaluator.js'
import { LevelDrawer } from '../../src/kernel/levels.js'
import type { Region } from '../../src/kernel/region.js'
import { applyDiverging } from '../../src/model/diverging.js'
import { FormatError } from '../../src/model/errors.js'
import { foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME, type Frame } from '../../src/model/frame.js'
import type { Network } from '../../src/model/network.js'
import { tapName } from '../../src/model/tap.js'
import { levelOf } from '../../src/model/tone.js'
import { inputsOfPixels, samplingOf, type View, wholeFrame } from '../../src/model/view.js'
import { isFull } from '../is-full.js'
import { networkOf, ORACLE_NAMES, oracleNetwork, randomTensors } from '../model/network-files.js'
import { everyTap, largestShare, toneFor, tracesAt, unitTruth } from '../model/tap-truth.js'

/** float32 against float64, as a share of the unit's range: ten times what PyTorch's own float32 differs on these nets. */
const ATOL = 2e-4

const SIZE = isFull ? { width: 48, height: 32 } : { width: 13, height: 9 }

/** Holds raw values and colours of every unit over a view against the truth. */
function expectUnits(network: Network, frame: Frame, view: View): void {
  const sampling = samplingOf(frame, view, SIZE.width, SIZE.height)
  const count = SIZE.width * SIZE.height
  const rect = { x: 0, y: 0, ...SIZE }
  const inputs = inputsOfPixels(new Float64Array(count * 2), sampling, frame.order, SIZE, rect)
  const traces = tracesAt(network, inputs)
  const evaluator = new Evaluator(foldNetwork(network))
  const drawer = new ColourDrawer(evaluator)
  const exact = new LevelDrawer(foldNetwork(network), evaluator)
  for (const tap of everyTap(network.architecture)) {
    const what = `${tapName(network.architecture, tap)}, ${tap.stage}`
    const truth = unitTruth(network, tap, traces)
    evaluator.setCentre(0, 0)
    const values = evaluator.evaluateTap(new Float32Array(count), tap, inputs)
    expect(largestShare(values, truth), what).toBeLessThanOrEqual(ATOL)

    const tone = toneFor(truth)
    const region: Region = { frame, tap, tone, sampling, viewport: SIZE, blocks: rect, step: 1, samples: 1 }
    const expected = applyDiverging(new Float64Array(count * 3), truth, tone)
    const colours = drawer.draw(region)
    expected.forEach((channel, i) => {
      const difference = Math.abs(levelOf(colours[i]) - levelOf(channel))
      if (!(difference <= 1)) expect.fail(`${what}: level ${levelOf(colours[i])} for ${levelOf(channel)}`)
    })
    // What is looked at again where it lies between two levels has the reference's.
    if (tap.unit % 8 === 5) expect([...exact.draw(region)], what).toEqual(Array.from(expected, levelOf))
  }
}

describe('every unit’s picture is the reference’s', () => {
  test.each(ORACLE_NAMES)('of %s, over the frame', name => {
    expectUnits(oracleNetwork(name), DEFAULT_FRAME, wholeFrame(DEFAULT_FRAME))
  })

  test('of other widths and depths, without batch norm, in another frame', () => {
    const frame: Frame = { ...DEFAULT_FRAME, order: 'yx', x: [1, -0.5] }
    const families: [number[], number[]][] = [
      [[8, 8], []],
      [[1], []],
      [
        [7, 13, 5],
        [1, 3],
      ],
    ]
    for (const [widths, norms] of families)
      expectUnits(networkOf(randomTensors(widths, norms, 6)), frame, { x: 0.1, y: -0.2, zoom: 3 })
  })
})

test('a region with several samples a pixel shows the mean of their colours', () => {
  const network = oracleNetwork('nepal')
  const tap = { layer: 3, unit: 6, stage: 'post' } as const
  const sampling = samplingOf(DEFAULT_FRAME, { x: 0.2, y: 0.1, zoom: 2 }, 8, 8)
  const region: Region = {
    frame: DEFAULT_FRAME,
    tap,
    tone: { offset: 0, scale: 3 },
    sampling,
    viewport: { width: 8, height: 8 },
    blocks: { x: 2, y: 1, width: 3, height: 4 },
    step: 1,
    samples: 4,
  }
  const evaluator = new Evaluator(foldNetwork(network))
  const four = new ColourDrawer(evaluator).draw(region).slice()
  const sum = new Float64Array(four.length)
  // The four positions of the standard pattern, in sixteenths of a pixel.
  for (const [x, y] of [
    [-2, -6],
    [6, -2],
    [-6, 2],
    [2, 6],
  ]) {
    const shifted = {
      ...sampling,
      x: sampling.x + (x / 16) * sampling.stepX,
      y: sampling.y + (y / 16) * sampling.stepY,
    }
    new ColourDrawer(evaluator)
      .draw({ ...region, sampling: shifted, samples: 1 })
      .forEach((channel, i) => (sum[i] += channel / 4))
  }
  four.forEach((channel, i) => expect(channel).toBeCloseTo(sum[i], 4))
})

test('the head is as before after a unit was evaluated, and a unit that is not there is refused', () => {
  const evaluator = new Evaluator(foldNetwork(oracleNetwork('japan')))
  const points = Float32Array.of(0.1, 0.2, -0.3, 0.9)
  const before = evaluator.evaluate(new Float32Array(6), points)
  evaluator.evaluateTap(new Float32Array(2), { layer: 8, unit: 1, stage: 'pre' }, points)
  evaluator.evaluateTap(new Float32Array(2), { layer: 3, unit: 31, stage: 'pre' }, points)
  expect([...evaluator.evaluate(new Float32Array(6), points)]).toEqual([...before])
  expect(() => evaluator.evaluateTap(new Float32Array(2), { layer: 3, unit: 32, stage: 'pre' }, points)).toThrow(
    FormatError,
  )
  const outputs = [0, 1, 2].map(unit => [
    ...evaluator.evaluateTap(new Float32Array(2), { layer: 8, unit, stage: 'pre' }, points),
  ])
  expect(outputs).toEqual([0, 1, 2].map(unit => [before[unit], before[3 + unit]]))
})
