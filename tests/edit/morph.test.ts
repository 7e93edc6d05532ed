// Morphing: the ends are the two nets, the order of hidden units draws nothing, and matching undoes a shuffle.

import { describe, expect, test } from 'vitest'
import { foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME, type Frame } from '../../src/model/frame.js'
import type { Network } from '../../src/model/network.js'
import { evaluateFolded } from '../../src/model/reference.js'
import { bestAssignment } from '../../src/edit/alignment/assignment.js'
import { identityOrders, reorderUnits, type UnitOrders } from '../../src/edit/alignment/unit-orders.js'
import { applyEdits } from '../../src/edit/edits.js'
import { measureMorph } from '../../src/edit/morph-report.js'
import { listParameters, readParameters, withParameters } from '../../src/edit/parameters.js'
import { createRandom, oracleNetwork } from '../model/network-files.js'
import { smallSubject } from './edit-files.js'

/** Both sides are float64; reordered units are summed in another order. */
const REORDER_RTOL = 1e-11

const JAPAN = oracleNetwork('japan')
const NEPAL = oracleNetwork('nepal')

const INPUTS = (() => {
  const random = createRandom(8)
  return Float64Array.from({ length: 200 }, () => random() * 2.2 - 1.1)
})()

function evaluate(network: Network): Float64Array {
  return evaluateFolded(new Float64Array((INPUTS.length / 2) * 3), foldNetwork(network), INPUTS)
}

function expectSameFunction(a: Network, b: Network): void {
  const [x, y] = [evaluate(a), evaluate(b)]
  x.forEach((value, i) =>
    expect(Math.abs(value - y[i]) / Math.max(1, Math.abs(value)), `value ${i}`).toBeLessThanOrEqual(REORDER_RTOL),
  )
}

function shuffledOrders(network: Network, seed: number): UnitOrders {
  const random = createRandom(seed)
  return identityOrders(listParameters(network.architecture)).map(order =>
    order
      .map(unit => ({ unit, key: random() }))
      .sort((a, b) => a.key - b.key)
      .map(({ unit }) => unit),
  )
}

function shuffled(network: Network, seed = 1): Network {
  const list = listParameters(network.architecture)
  return withParameters(network, reorderUnits(readParameters(network), list, shuffledOrders(network, seed)))
}

function morph(from: Network, to: Network, amount: number, matched: boolean, frame: Frame = DEFAULT_FRAME): Network {
  const effects = [{ kind: 'morph' as const, target: 'to', amount, matched }]
  return applyEdits(from, { effects, pins: new Map() }, new Map([['to', to]]), undefined, frame)
}

describe.each([
  ['a small net, batch norm before the head', smallSubject('F64').network],
  ['the net of japan', JAPAN],
])('%s', (_, network) => {
  test('draws exactly the same with its hidden units in any other order', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const other = shuffled(network, seed)
      expect(readParameters(other)).not.toEqual(readParameters(network))
      expect(readParameters(other).toSorted()).toEqual(readParameters(network).toSorted())
      expectSameFunction(network, other)
    }
  })

  test('is found again in its own shuffled copy, all the way', () => {
    const copy = shuffled(network, 3)
    for (const amount of [0.3, 1])
      expect(readParameters(morph(network, copy, amount, true))).toEqual(
        readParameters(morph(network, network, amount, false)),
      )
    expect(readParameters(morph(network, copy, 1, false))).toEqual(readParameters(copy))
  })
})

describe.each([
  ['naive', false],
  ['matched', true],
])('a %s morph', (_, matched) => {
  test('begins at one net and ends at the other', () => {
    expect(morph(JAPAN, NEPAL, 0, matched)).toBe(JAPAN)
    expectSameFunction(morph(JAPAN, NEPAL, 1, matched), NEPAL)
    if (!matched) expect(readParameters(morph(JAPAN, NEPAL, 1, matched))).toEqual(readParameters(NEPAL))
  })

  test('goes in a straight line', () => {
    const [quarter, half, whole] = [0.25, 0.5, 1].map(amount => readParameters(morph(JAPAN, NEPAL, amount, matched)))
    half.forEach((value, i) => expect(quarter[i]).toBeCloseTo((readParameters(JAPAN)[i] + value) / 2, 10))
    half.forEach((value, i) => expect(value).toBeCloseTo((readParameters(JAPAN)[i] + whole[i]) / 2, 10))
  })

  test('refuses a net of another architecture', () => {
    expect(() => morph(JAPAN, smallSubject('F64').network, 0.5, matched)).toThrow(
      /^morph: expected a network like this one, MysteryNet, got dense 2-6-5-4-7-3, batch norm after 2, 4$/,
    )
  })
})

test('units are matched over the frame that is given', () => {
  const frame: Frame = { ...DEFAULT_FRAME, x: [0, 0.05], y: [0, 0.05] }
  const [near, whole] = [frame, DEFAULT_FRAME].map(frame => readParameters(morph(JAPAN, NEPAL, 0.5, true, frame)))
  expect(near).not.toEqual(whole)
  expect(readParameters(morph(JAPAN, NEPAL, 0.5, true))).toEqual(whole)
})

test('the assignment is the best of all', () => {
  const random = createRandom(2)
  const d = 5
  const all = (rest: number[]): number[][] =>
    rest.length === 0 ? [[]] : rest.flatMap(unit => all(rest.filter(u => u !== unit)).map(tail => [unit, ...tail]))
  for (let trial = 0; trial < 20; trial++) {
    const similarity = Float64Array.from({ length: d * d }, () => random() * 2 - 1)
    const total = (order: readonly number[]) => order.reduce((sum, j, i) => sum + similarity[i * d + j], 0)
    const best = Math.max(...all([0, 1, 2, 3, 4]).map(total))
    expect(total(bestAssignment(similarity, d))).toBeCloseTo(best, 12)
  }
})

describe('the measure of a morph', () => {
  test('is beyond all rounding where nothing changes, and finds that a shuffled copy is the net itself', () => {
    const still = measureMorph({ original: JAPAN, target: JAPAN, frame: DEFAULT_FRAME })
    expect(Math.min(still.naive, still.matched)).toBeGreaterThan(200)
    const { naive, matched } = measureMorph({ original: JAPAN, target: shuffled(JAPAN), frame: DEFAULT_FRAME })
    expect(matched).toBeGreaterThan(200)
    expect(naive).toBeLessThan(30)
  })
})
