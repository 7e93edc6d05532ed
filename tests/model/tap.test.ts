// Taps: which there are, what they are called, and their float64 values against PyTorch's own stage outputs and the layers run
// one by one.

import { describe, expect, test } from 'vitest'
import { createDenseArchitecture, MYSTERY_NET } from '../../src/model/architecture.js'
import { FormatError } from '../../src/model/errors.js'
import { countMultiplyAdds, evaluationCost, foldNetwork } from '../../src/model/fold.js'
import { checkTap, evaluateTap, listTaps, sameTap, stageName, type Tap, tapName } from '../../src/model/tap.js'
import { createRandom, networkOf, ORACLE_NAMES, oracleExpected, oracleNetwork, randomTensors } from './network-files.js'
import { everyTap, largestShare, tracesAt, unitTruth } from './tap-truth.js'

/** Both sides are float64, which differ only in the order of their sums and products. */
const PYTORCH_ATOL = 1e-9
const FOLD_RTOL = 1e-11

describe('the taps of an architecture', () => {
  test('are the 224 hidden units and the three outputs of MysteryNet, in the order of the net', () => {
    const taps = listTaps(MYSTERY_NET)
    expect(taps.length).toBe(227)
    expect(taps[0]).toEqual({ layer: 0, unit: 0, stage: 'post' })
    expect(taps[16]).toEqual({ layer: 1, unit: 0, stage: 'post' })
    expect(taps.slice(-3)).toEqual([0, 1, 2].map(unit => ({ layer: 8, unit, stage: 'pre' })))
    expect(listTaps(MYSTERY_NET, 'pre').every(({ stage }) => stage === 'pre')).toBe(true)
    const order = taps.map(({ layer, unit }) => 1000 * layer + unit)
    expect(order).toEqual([...order].sort((a, b) => a - b))
  })

  test('are those of any other widths and depths', () => {
    const taps = listTaps(createDenseArchitecture([8, 8], []))
    expect(taps.map(({ layer }) => layer).filter(layer => layer === 1).length).toBe(8)
    expect(taps.length).toBe(19)
  })

  test('are called as the file calls their layers', () => {
    expect(tapName(MYSTERY_NET, { layer: 2, unit: 7, stage: 'post' })).toBe('dense3 unit 7')
    expect(tapName(MYSTERY_NET, { layer: 8, unit: 2, stage: 'pre' })).toBe('dense_head output 2')
    const { layers } = oracleNetwork('japan')
    expect(stageName(layers, { layer: 2, unit: 7, stage: 'post' })).toBe('dense3.gelu')
    expect(stageName(layers, { layer: 2, unit: 7, stage: 'pre' })).toBe('dense3')
    expect(stageName(layers, { layer: 8, unit: 0, stage: 'pre' })).toBe('dense_head')
  })

  test('are refused, in one line, where there is none', () => {
    const folded = foldNetwork(oracleNetwork('japan'))
    const refused: [Tap, RegExp][] = [
      [{ layer: 9, unit: 0, stage: 'pre' }, /^tap: expected a layer from 0 to 8, got 9$/],
      [{ layer: -1, unit: 0, stage: 'pre' }, /^tap: expected a layer/],
      [{ layer: 0, unit: 16, stage: 'pre' }, /^tap of dense1: expected a unit from 0 to 15, got 16$/],
      [{ layer: 0, unit: 0.5, stage: 'pre' }, /got 0.5$/],
      [{ layer: 0, unit: Number.NaN, stage: 'pre' }, /got NaN$/],
      [{ layer: 8, unit: 0, stage: 'post' }, /^tap of dense_head: expected stage pre, got post$/],
    ]
    for (const [tap, message] of refused) {
      expect(() => checkTap(folded, tap)).toThrow(FormatError)
      expect(() => checkTap(folded, tap)).toThrow(message)
    }
    for (const tap of everyTap(MYSTERY_NET)) checkTap(folded, tap)
  })

  test('are the same when layer, unit and stage are', () => {
    const tap: Tap = { layer: 1, unit: 2, stage: 'pre' }
    expect(sameTap(tap, { ...tap })).toBe(true)
    expect(sameTap(null, null)).toBe(true)
    expect(sameTap(tap, null)).toBe(false)
    for (const other of [{ layer: 2 }, { unit: 3 }, { stage: 'post' as const }])
      expect(sameTap(tap, { ...tap, ...other })).toBe(false)
  })
})

describe('the value at a tap', () => {
  test.each(ORACLE_NAMES)('of %s is PyTorch’s, at every unit behind its GELU and at the outputs', name => {
    const network = oracleNetwork(name)
    const folded = foldNetwork(network)
    const { points, layers_first_4_points } = oracleExpected(name)
    const inputs = points.slice(0, 4).flat()
    let count = 0
    for (const tap of listTaps(network.architecture)) {
      const expected = layers_first_4_points[stageName(network.layers, tap)].map(values => values[tap.unit])
      const actual = evaluateTap(new Float64Array(4), folded, tap, inputs)
      actual.forEach((value, i) =>
        expect(Math.abs(value - expected[i]), `${tapName(network.architecture, tap)}, point ${i}`).toBeLessThan(
          PYTORCH_ATOL,
        ),
      )
      count++
    }
    expect(count).toBe(227)
  })

  test('is what the layers give when they are run one by one, before GELU and after it, with or without batch norm', () => {
    const random = createRandom(5)
    const inputs = Float64Array.from({ length: 40 }, () => 3 * random() - 1.5)
    const networks = [
      oracleNetwork('usa'),
      networkOf(randomTensors([8, 8], [], 3)),
      networkOf(randomTensors([7, 13, 5], [1, 2, 3], 4)),
    ]
    for (const network of networks) {
      const traces = tracesAt(network, inputs)
      const folded = foldNetwork(network)
      for (const tap of everyTap(network.architecture)) {
        const actual = evaluateTap(new Float64Array(20), folded, tap, inputs)
        const share = largestShare(actual, unitTruth(network, tap, traces))
        expect(share, tapName(network.architecture, tap)).toBeLessThan(FOLD_RTOL)
      }
    }
  })
})

test('a tap costs what the layers in front of it do, and one quad of its own', () => {
  const folded = foldNetwork(oracleNetwork('japan'))
  expect(evaluationCost(folded)).toBe(countMultiplyAdds(folded) / 6224)
  expect(evaluationCost(folded, { layer: 2 })).toBeCloseTo((2 * 16 + 16 * 32 + 32 * 4) / 6224, 12)
  const costs = folded.layers.map((_, layer) => evaluationCost(folded, { layer }))
  expect(costs).toEqual([...costs].sort((a, b) => a - b))
  // Its colour is not free.
  expect(costs[0]).toBeGreaterThan(0.01)
  expect(costs[8]).toBeLessThan(1.01)
})
