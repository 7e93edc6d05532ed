// The kernel against the float64 reference, on nine kinds of networks that people save, whole and deep.

import { describe, expect, test } from 'vitest'
import { createPointEvaluator } from '../../src/kernel/reference-evaluator.js'
import { Evaluator } from '../../src/kernel/evaluator.js'
import { LevelDrawer } from '../../src/kernel/levels.js'
import { regionOfRows } from '../../src/kernel/region.js'
import { foldNetwork } from '../../src/model/fold.js'
import { evaluateFolded } from '../../src/model/reference.js'
import { evaluateTap, listTaps } from '../../src/model/tap.js'
import { wholeFrame } from '../../src/model/view.js'
import { FAMILY_NAMES, familyExpected, familyFrame, familyNetwork, familyPicture } from '../model/family-files.js'

/** Of the colour range: what vexel promises of float32. PyTorch's own is wrong by 7e-6 on the worst of these. */
const ATOL = 2e-4

describe.each(FAMILY_NAMES)('%s', name => {
  const network = familyNetwork(name)
  const folded = foldNetwork(network)
  const points = familyExpected(name).points.flat()

  test.each([1, 1e-6])('in a view that is %d of the plane wide', size => {
    const evaluator = createPointEvaluator(folded)
    expect(evaluator).toBeInstanceOf(Evaluator)
    for (const [x, y] of [
      [0, 0],
      [0.37, -0.61],
    ]) {
      const offsets = points.map(value => value * size)
      evaluator.setCentre(x, y)
      const actual = evaluator.evaluate(new Float32Array((points.length / 2) * 3), offsets)
      const inputs = offsets.map((offset, i) => offset + (i % 2 === 0 ? x : y))
      const expected = evaluateFolded(new Float64Array(actual.length), folded, inputs)
      actual.forEach((value, i) => expect(Math.abs(value - expected[i]), `value ${i}`).toBeLessThanOrEqual(ATOL))
    }
  })

  test('shows of every unit what the reference shows', () => {
    const evaluator = createPointEvaluator(folded)
    evaluator.setCentre(0.3, -0.7)
    const inputs = points.map((value, i) => value + (i % 2 === 0 ? 0.3 : -0.7))
    const taps = [...listTaps(network.architecture, 'pre'), ...listTaps(network.architecture)]
    for (const tap of taps.filter((_, i) => i % 7 === 0 || i === taps.length - 1)) {
      const actual = evaluator.evaluateTap(new Float32Array(points.length / 2), tap, points)
      const expected = evaluateTap(new Float64Array(points.length / 2), folded, tap, inputs)
      actual.forEach((value, i) =>
        expect(Math.abs(value - expected[i]), `${JSON.stringify(tap)} at point ${i}`).toBeLessThanOrEqual(
          ATOL * Math.max(1, Math.abs(expected[i])),
        ),
      )
    }
  })

  test('draws the picture that PyTorch drew, within a level', () => {
    const frame = familyFrame(name)
    const { width, height, levels } = familyPicture(name)
    const spec = { folded, frame, view: wholeFrame(frame), width, height, samples: 1 as const }
    const drawn = new LevelDrawer(folded, createPointEvaluator(folded)).draw(regionOfRows(spec, 0, height))
    const worst = drawn.reduce((most, level, i) => Math.max(most, Math.abs(level - levels[i])), 0)
    expect(worst).toBeLessThanOrEqual(1)
  })
})
