// The error map: when it is taken, what it holds, and what is drawn by it.

import { describe, expect, test } from 'vitest'
import { evaluateFolded } from '../../src/model/reference.js'
import { foldNetwork } from '../../src/model/fold.js'
import { coverOrder } from '../../src/train/cover.js'
import { ErrorMap, errorSchedule, isErrorMapDue, partLength } from '../../src/train/error-map.js'
import { initialTensors } from '../../src/train/initial-weights.js'
import { networkFromTensors } from '../../src/train/inference.js'
import { discImage, SMALL_NET } from './run-fixture.js'

/** A run that goes on as it was planned. */
const PLANNED = { landing: null }

const timesOf = (size: { width: number; height: number }, steps: number, batch: number) => {
  const schedule = errorSchedule(size, steps, batch)
  const due = Array.from({ length: steps }, (_, step) => step).filter(step => isErrorMapDue(schedule, PLANNED, step))
  return { ...schedule, due }
}

describe('the error map is taken', () => {
  const detail = { width: 1280, height: 672 }

  test.each([
    ['48 Mpx', 23_438, 2048],
    ['12 Mpx', 11_719, 1024],
    ['2 Mpx', 2000, 1024],
  ])('in a run of %s at least eight times, at even steps, and not in its last 15 %%', (_, steps, batch) => {
    const { due, everySteps } = timesOf(detail, steps, batch)
    expect(due.length).toBeGreaterThanOrEqual(8)
    expect(due.every(step => step % everySteps === 0 && step < 0.85 * steps + 1)).toBe(true)
  })

  test('not while a run lands early: what it ends with is drawn by fixed probabilities, too', () => {
    const schedule = errorSchedule(detail, 23_438, 2048)
    const landing = { from: 10_000, factor: 0.5 }
    const steps = Array.from({ length: 12_000 }, (_, step) => step)
    const due = (run: typeof PLANNED | { landing: typeof landing }) =>
      steps.filter(step => isErrorMapDue(schedule, run, step))
    expect(due({ landing })).toEqual(due(PLANNED).filter(step => step < 10_000))
    expect(due(PLANNED).some(step => step > 10_000)).toBe(true)
  })

  test('once in two passes over the picture where the run is long, every pixel of it', () => {
    const { everySteps, group } = errorSchedule(detail, 23_438, 2048)
    expect(Math.abs((everySteps * 2048) / (2 * 1280 * 672) - 1)).toBeLessThan(0.01)
    expect(group).toBe(1)
  })

  test.each([100, 500, 2000, 11_719, 23_438, 100_000])(
    'in a run of %i steps at a cost of one evaluation for two pixels seen at most: on a coarser map where it is short',
    steps => {
      const { everySteps, group } = errorSchedule(detail, steps, 1024)
      const evaluations = Math.ceil((1280 * 672) / group)
      expect(evaluations / (everySteps * 1024)).toBeLessThan(0.51)
    },
  )
})

describe('the error map', () => {
  const image = discImage(24, 16)
  const places = coverOrder(image)
  const tensors = initialTensors(SMALL_NET, 3, 8)
  const truth = Array.from(places, place => {
    const [column, row] = [place & 0xffff, place >>> 16]
    const input = [((column + 0.5) / 24) * 2 - 1, ((row + 0.5) / 16) * 2 - 1]
    const rgb = evaluateFolded(new Float64Array(3), foldNetwork(networkFromTensors(SMALL_NET, tensors)), input)
    const squares = [...rgb].map(
      (value, c) => (Math.min(1, Math.max(0, value)) - image.data[3 * (row * 24 + column) + c]) ** 2,
    )
    return Math.sqrt(squares.reduce((a, b) => a + b, 0))
  })
  const mapOf = (group: number, values = new Float32Array(0)) =>
    new ErrorMap(SMALL_NET, image, places, { everySteps: 10, group, frozenFrom: 100 }, values)
  const taken = (map: ErrorMap, step: number, threads: number) => {
    map.take(Array.from({ length: threads }, (_, index) => map.measure(tensors, step, index, threads)))
    return map.values
  }

  test.each([1, 2, 3, 5])('taken in parts by %i replicas holds the root of each pixel’s displayed error', threads => {
    const values = taken(mapOf(1), 10, threads)
    expect(values).toHaveLength(384)
    values.forEach((value, i) => expect(Math.abs(value - truth[i])).toBeLessThan(1e-5))
  })

  test('that is coarser holds that of one pixel of each group, another one each time', () => {
    const map = mapOf(5)
    for (let turn = 1; turn <= 5; turn++) {
      const fresh = taken(mapOf(5), 10 * turn, 2)
      expect(fresh).toHaveLength(77)
      fresh.forEach((value, i) => expect(Math.abs(value - truth[Math.min(383, 5 * i + (turn % 5))])).toBeLessThan(1e-5))
    }
    expect(partLength(image, 5, 2)).toBe(39)
    expect(map.values).toHaveLength(0)
  })

  test('is smoothed: seven tenths of what was known stay', () => {
    const before = Float32Array.from({ length: 384 }, (_, i) => 1 + (i % 7))
    const values = taken(mapOf(1, before), 10, 2)
    values.forEach((value, i) => expect(Math.abs(value - (0.7 * before[i] + 0.3 * truth[i]))).toBeLessThan(1e-5))
  })

  test('gives half of the draws to the errors and half evenly, and all evenly where nothing is wrong or known', () => {
    const map = mapOf(1)
    const values = taken(map, 10, 1)
    const mean = values.reduce((a, b) => a + b, 0) / 384
    const probabilityAt = map.probabilities(0.5)
    values.forEach((value, i) => expect(Math.abs(probabilityAt(i) - (0.5 + (0.5 * value) / mean))).toBeLessThan(1e-6))
    expect(mapOf(1, new Float32Array(384)).probabilities(0.5)(7)).toBe(1)
    expect(mapOf(1, new Float32Array(384).fill(Number.NaN)).probabilities(0.5)(7)).toBe(1)
  })
})
