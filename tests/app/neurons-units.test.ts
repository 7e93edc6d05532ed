// What is drawn of a unit, and what is done to units, as values.

import { describe, expect, test } from 'vitest'
import { gainOf, isIsolated, isolated, restored, withGain } from '../../src/app/neurons/surgery.js'
import { normsOf, viewUnit } from '../../src/app/neurons/unit-view.js'
import { wiresOf } from '../../src/app/neurons/wires.js'
import { changeOf, worthText } from '../../src/app/neurons/worth.js'
import { colourWord } from '../../src/app/neurons/why.js'
import { type Edits, NO_EDITS } from '../../src/edit/edits.js'
import { type LayerStatistics, measureUnits } from '../../src/explain/unit-statistics.js'
import { foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import { createNetwork } from '../../src/model/network.js'
import { traceNetwork } from '../../src/model/reference.js'
import { StateDict } from '../../src/model/state-dict.js'
import { oracleFile } from '../browser/pages.js'

const network = createNetwork(StateDict.parse(oracleFile('malaysia')))
const statistics = measureUnits(foldNetwork(network), DEFAULT_FRAME)
const norms = normsOf(network)

describe('the colours of a unit', () => {
  test.each(['mean', 'zero'] as const)('after batch norm are those of what batch norm puts out, around %s', centre => {
    for (const [x, y] of [
      [0.1, -0.6],
      [-0.8, 0.33],
    ]) {
      const stages = traceNetwork(network, x, y)
      const values = (name: string) => stages.find(stage => stage.name === name)?.values ?? new Float64Array()
      // Among the weights of batch norm are negative ones, which turn the colours over.
      for (let unit = 0; unit < 32; unit++) {
        const { tone, tap, range } = viewUnit({ layer: 3, unit }, statistics[3], norms[3], 'norm', centre)
        expect(tap).toEqual({ layer: 3, unit, stage: 'post' })
        const drawn = (values('dense4.gelu')[unit] - tone.offset) / tone.scale
        expect(drawn).toBeCloseTo((values('bn4')[unit] - range[1]) / (range[2] - range[1]), 9)
      }
    }
  })

  test('go as far as its values do, or three standard deviations', () => {
    for (const { layer, unit } of [
      { layer: 0, unit: 3 },
      { layer: 4, unit: 20 },
      { layer: 8, unit: 1 },
    ]) {
      const { range, spread } = viewUnit({ layer, unit }, statistics[layer], norms[layer], 'post', 'mean')
      const furthest = Math.max(spread.max - spread.mean, spread.mean - spread.min)
      expect(range[1]).toBe(spread.mean)
      expect(range[2] - range[1]).toBeCloseTo(Math.min(furthest, 3 * spread.deviation), 9)
    }
  })

  test('of one that is the same everywhere are the middle one, and it is called constant', () => {
    const figures = (value: number) => Float64Array.of(value, 1)
    const layer: LayerStatistics = {
      name: 'dense1',
      pre: { mean: figures(-9), deviation: figures(1e-7), min: figures(-9), max: Float64Array.of(-9, 4) },
      post: null,
    }
    const dead = viewUnit({ layer: 0, unit: 0 }, layer, null, 'pre', 'mean')
    expect(dead.isConstant).toBe(true)
    expect(Math.abs((-9 + 1e-7 - dead.tone.offset) / dead.tone.scale)).toBeLessThan(1e-6)
    expect(viewUnit({ layer: 0, unit: 1 }, layer, null, 'pre', 'mean').isConstant).toBe(false)
  })
})

describe('operations', () => {
  const unit = { layer: 2, unit: 5 }

  test('set one gain a unit, and leave other edits as they are', () => {
    const other = { kind: 'gain', layer: 1, factor: 2 } as const
    const edits = { effects: [other], pins: new Map([[3, 0.5]]) }
    const silenced = withGain(edits, unit, 0)
    expect(gainOf(silenced, unit)).toBe(0)
    expect(gainOf(silenced, { layer: 2, unit: 4 })).toBe(1)
    const boosted = withGain(silenced, unit, 2)
    expect(boosted.effects).toEqual([other, { kind: 'unitGain', layer: 2, unit: 5, gain: 2 }])
    expect(withGain(boosted, unit, 1)).toEqual(edits)
  })

  test('isolate a unit within its layer, and restore the layer', () => {
    const edits = isolated(withGain(NO_EDITS, { layer: 1, unit: 5 }, 0), unit, 32)
    expect(isIsolated(edits, unit, 32)).toBe(true)
    expect(isIsolated(edits, { layer: 2, unit: 6 }, 32)).toBe(false)
    expect(edits.effects).toHaveLength(32)
    expect(restored(edits, 2, 32)).toEqual(withGain(NO_EDITS, { layer: 1, unit: 5 }, 0))
  })
})

describe('the wires of a unit', () => {
  const folded = foldNetwork(network)

  test.each([
    ['dense3', 'dense2.gelu', 2],
    // Batch norm stands between these two.
    ['dense4', 'dense3.gelu', 3],
  ])(
    'into %s are what it gives by %s: all of them say how its value changes from place to place',
    (name, before, layer) => {
      const [a, b] = [traceNetwork(network, 0.3, -0.5), traceNetwork(network, -0.6, 0.2)]
      const change = (stage: string, unit: number) =>
        (a.find(({ name }) => name === stage)?.values[unit] as number) -
        (b.find(({ name }) => name === stage)?.values[unit] as number)
      for (const unit of [0, 7, 31]) {
        const into = wiresOf(folded, { layer, unit }, 32).filter(({ to }) => to.layer === layer)
        const sum = into.reduce((sum, { from, weight }) => sum + weight * change(before, from.unit), 0)
        expect(sum).toBeCloseTo(change(name, unit), 9)
      }
    },
  )

  test('are the strongest eight each way, and the same seen from the other end', () => {
    const wires = wiresOf(folded, { layer: 4, unit: 9 })
    const into = wires.filter(({ to }) => to.layer === 4)
    expect([into.length, wires.length]).toEqual([8, 16])
    const sizes = into.map(({ weight }) => Math.abs(weight))
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
    expect(wiresOf(folded, into[0].from, 32)).toContainEqual(into[0])
    expect(wiresOf(folded, { layer: 0, unit: 2 }).every(({ from }) => from.layer === 0)).toBe(true)
    expect(wiresOf(folded, { layer: 8, unit: 2 }).every(({ to }) => to.layer === 8)).toBe(true)
  })
})

test('what a unit is worth is said by what is done to it, with the figure in words', () => {
  const unit = { layer: 2, unit: 5 }
  const said = (edits: Edits, psnr: number) => {
    const change = changeOf(edits, unit, 32)
    return change && worthText({ change, psnr })
  }
  expect(said(NO_EDITS, 20)).toBeNull()
  expect(said(withGain(NO_EDITS, { layer: 2, unit: 6 }, 0), 20)).toBeNull()
  expect(said(withGain(NO_EDITS, unit, 0), 20.04)).toBe('without it 20.0 dB, rough')
  expect(said(withGain(NO_EDITS, unit, 2), 30)).toBe('with it 2 times as strong 30.0 dB, good')
  expect(said(isolated(NO_EDITS, unit, 32), 41)).toBe(
    'without the 31 others 41.0 dB, hardly to be told from what it was',
  )
  expect(said(withGain(NO_EDITS, unit, 0), Number.POSITIVE_INFINITY)).toBe('without it exact')
})

test.each([
  [[204, 0, 0], 'red'],
  [[255, 255, 255], 'white'],
  [[1, 0, 102], 'blue'],
  [[255, 204, 0], 'yellow'],
  [[0, 122, 61], 'green'],
  [[12, 10, 14], 'black'],
  [[128, 130, 126], 'grey'],
  [[255, 136, 0], 'orange'],
])('%j is called %s', (levels, word) => {
  expect(colourWord(levels)).toBe(word)
})
