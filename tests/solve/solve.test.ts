// The solver on nets whose truth is known: trained by a loop of its own under many conventions (made-with/), by PyTorch
// (tests/oracle), and on what is no flag at all.

import { describe, expect, test } from 'vitest'
import { MYSTERY_NET } from '../../src/model/architecture.js'
import { foldNetwork } from '../../src/model/fold.js'
import type { Network } from '../../src/model/network.js'
import { createDenseArchitecture } from '../../src/model/architecture.js'
import { initialTensors } from '../../src/train/initial-weights.js'
import { networkFromTensors } from '../../src/train/inference.js'
import { solve } from '../../src/solve/solve.js'
import { isFull } from '../is-full.js'
import { loadCatalogue, MYSTERIES, mistakesOf, networkOf, rangeError } from './mysteries.js'
import { shuffled } from './shuffled.js'

const catalogue = loadCatalogue()
const SAMPLE = new Set(['malaysia', 'qa-all-at-once', 'smiley-unit', 'noise-unit'])
const chosen = MYSTERIES.filter(({ name }) => isFull || SAMPLE.has(name))
const of = (kind: string) => chosen.filter(mystery => mystery.kind === kind)
const named = (name: string) => {
  const mystery = MYSTERIES.find(m => m.name === name)
  if (!mystery) throw new Error(name)
  return mystery
}

test('the test set has at least 24 nets of flags under at least 12 conventions', () => {
  const flags = MYSTERIES.filter(({ kind }) => kind === 'flag')
  expect(flags.length).toBeGreaterThanOrEqual(24)
  expect(new Set(flags.map(({ convention }) => convention)).size).toBeGreaterThanOrEqual(12)
})

test.each(of('flag'))('$name is named, and its frame is right', mystery => {
  const solution = solve(networkOf(mystery), catalogue)
  expect(mistakesOf(solution, mystery, catalogue), JSON.stringify(solution.candidates[0])).toEqual([])
  expect(solution.confidence).toBeGreaterThan(0.8)
  expect(solution.candidates[0]).toEqual({
    frame: solution.frame,
    flag: solution.flag,
    confidence: solution.confidence,
    reason: solution.reason,
  })
})

test.each(of('unknown picture'))(
  '$name has the right ranges, outputs that are read rightly, the right frame among the candidates, and no name',
  mystery => {
    const solution = solve(networkOf(mystery), catalogue)
    expect(solution.flag).toBeNull()
    expect(solution.confidence).toBeLessThan(0.5)
    expect(solution.candidates.every(({ flag }) => flag === null)).toBe(true)
    const rgb = { ...mystery, frame: { ...mystery.frame, channels: 'rgb' as const } }
    const mistakes = solution.candidates.map(candidate => mistakesOf(candidate, rgb, catalogue))
    expect(mistakes).toContainEqual([])
    expect(solution.frame?.output).toBe(mystery.frame.output)
    // What the outputs mean is a guess: the others are offered.
    expect(new Set(solution.candidates.map(({ frame }) => frame?.output)).size).toBe(4)
  },
)

test.each(of('nothing'))('$name is refused with a reason', mystery => {
  const { frame, flag, reason, confidence } = solve(networkOf(mystery), catalogue)
  expect({ frame, flag, confidence }).toEqual({ frame: null, flag: null, confidence: 0 })
  expect(reason).toMatch(/no picture|no training/)
})

test('flags that share a picture are all among the candidates', () => {
  const { candidates } = solve(networkOf(named('id-plus-minus-one')), catalogue)
  expect(
    candidates
      .slice(0, 2)
      .map(({ flag }) => flag?.code)
      .sort(),
  ).toEqual(['id', 'mc'])
})

describe('a net that nobody trained', () => {
  test('is refused', () => {
    const net = networkFromTensors(MYSTERY_NET, initialTensors(MYSTERY_NET, 1, 'default'))
    expect(solve(net, catalogue)).toMatchObject({ frame: null, flag: null, reason: /no training/ })
  })

  test.each(isFull ? (['weight', 'runningMean'] as const) : (['runningMean'] as const))(
    'its %s shuffled, is refused',
    role => {
      const solution = solve(shuffled(networkOf(named('japan')), role), catalogue)
      expect(solution).toMatchObject({ frame: null, flag: null, candidates: [] })
      expect(solution.reason).toMatch(/over no range of inputs/)
    },
  )

  test('without a batch norm, is refused', () => {
    const bare = createDenseArchitecture([8, 8], [])
    const { reason, frame } = solve(networkFromTensors(bare, initialTensors(bare, 3, 'default')), catalogue)
    expect(frame).toBeNull()
    expect(reason).toMatch(/no batch norm/)
  })
})

describe('a net that no solver can draw', () => {
  const scaled = (factor: number): Network => {
    const net = networkOf(named('japan'))
    return {
      ...net,
      layers: net.layers.map(layer =>
        layer.kind === 'linear' ? { ...layer, weight: layer.weight.map(weight => weight * factor) } : layer,
      ),
    }
  }

  test.each(isFull ? [1e30, 1e300] : [1e300])('its weights times %d, is refused in words', factor => {
    const { frame, reason } = solve(scaled(factor), catalogue)
    expect(frame).toBeNull()
    expect(reason).toMatch(/draws nothing|over no range/)
  })

  test('because it is far too large, is refused at once', () => {
    const wide = createDenseArchitecture([256, 256, 256, 256, 256], [2, 4])
    const tensors = new Map(initialTensors(wide, 3, 'default'))
    tensors.set('bn2.bias', new Float32Array(256).fill(0.5))
    expect(solve(networkFromTensors(wide, tensors), catalogue).reason).toMatch(/too large/)
  })

  // Looking takes the longer the larger it is.
  test.runIf(isFull)('though it is several times as large as a MysteryNet, is looked at', () => {
    const wide = createDenseArchitecture([64, 64, 64, 64], [2, 4])
    const tensors = new Map(initialTensors(wide, 3, 'default'))
    tensors.set('bn2.bias', new Float32Array(64).fill(0.5))
    expect(solve(networkFromTensors(wide, tensors), catalogue).reason).toMatch(/over no range|no picture/)
  })
})

test('a flag without batch norms is found over a usual frame, which is left as people write it', () => {
  const folded = foldNetwork(networkOf(named('malaysia')))
  const architecture = createDenseArchitecture(
    folded.layers.slice(0, -1).map(({ outDim }) => outDim),
    [],
  )
  const tensors = new Map(
    folded.layers.flatMap(({ name, weight, bias }): [string, Float32Array][] => [
      [`${name}.weight`, Float32Array.from(weight)],
      [`${name}.bias`, Float32Array.from(bias)],
    ]),
  )
  const { frame, flag } = solve(networkFromTensors(architecture, tensors), catalogue)
  expect(flag?.code).toBe('my')
  expect(frame).toMatchObject({ x: [-1, 1], y: [-1, 1], order: 'xy' })
})

test('without a catalogue the ranges are still found, and no flag is named', () => {
  const malaysia = named('malaysia')
  const { frame, flag } = solve(networkOf(malaysia), null)
  expect(flag).toBeNull()
  expect(frame && rangeError(frame, malaysia.frame)).toBeLessThan(0.01)
})
