// What is particular to relaxed arithmetic: who gets it, what it is worth to the file, and that strict training never feels it. That it agrees with
// the reference and with PyTorch is held where strict arithmetic is (evaluator.test.ts, training.test.ts, float32.test.ts).

import { describe, expect, test } from 'vitest'
import { Evaluator } from '../../src/kernel/evaluator.js'
import { STRICT } from '../../src/kernel/module.js'
import { createPointEvaluator } from '../../src/kernel/reference-evaluator.js'
import { loadDrawingKernel } from '../../src/kernel/relaxed.js'
import { foldNetwork } from '../../src/model/fold.js'
import { createNetwork } from '../../src/model/network.js'
import { evaluateFolded } from '../../src/model/reference.js'
import { StateDict } from '../../src/model/state-dict.js'
import { parseWiring } from '../../src/model/wiring.js'
import { train } from '../../src/train/train.js'
import { createRandom, oracleNetwork } from '../model/network-files.js'
import { randomNet } from '../model/random-nets.js'
import { RELAXED } from './arithmetics.js'

const COUNT = 1000

function pointsOf(seed: number): Float32Array {
  const random = createRandom(seed)
  return Float32Array.from({ length: 2 * COUNT }, () => 2 * random() - 1)
}

describe.runIf(RELAXED)('relaxed arithmetic', () => {
  const relaxed = RELAXED ?? STRICT

  test('is what draws where the engine has it, in a module of drawing alone with the same bits as the whole', async () => {
    const drawing = await loadDrawingKernel()
    expect(drawing.arithmetic).toBe('relaxed')
    const folded = foldNetwork(oracleNetwork('usa'))
    const [own, whole, strict] = [drawing, relaxed, STRICT].map(kernel =>
      new Evaluator(folded, kernel).evaluate(new Float32Array(3 * COUNT), pointsOf(3)),
    )
    expect(own).toEqual(whole)
    expect(own).not.toEqual(strict)
  })

  test.each([3, 11, 19, 27, 35, 43])('agrees with the reference on random network %d', seed => {
    const { tensors, wiring } = randomNet(seed)
    const folded = foldNetwork(createNetwork(StateDict.create(tensors), parseWiring(wiring)))
    const points = pointsOf(seed)
    const drawn = createPointEvaluator(folded, relaxed).evaluate(new Float32Array(3 * COUNT), points)
    const expected = evaluateFolded(new Float64Array(3 * COUNT), folded, points)
    drawn.forEach((value, i) =>
      expect(Math.abs(value - expected[i])).toBeLessThan(2e-4 * Math.max(1, Math.abs(expected[i]))),
    )
  })

  test('trains another net from the same seed, and the file says so; strict files say nothing', async () => {
    const data = Float32Array.from({ length: 3 * 64 }, (_, i) => (i % 7) / 6)
    const image = { width: 8, height: 8, data }
    const [strict, loose] = await Promise.all(
      (['strict', 'relaxed'] as const).map(arithmetic => train(image, { steps: 20, arithmetic })),
    )
    const [asDefault] = [await train(image, { steps: 20 })]
    expect(loose.network.metadata.get('vexel.arithmetic')).toBe('relaxed')
    expect(strict.network.metadata.has('vexel.arithmetic')).toBe(false)
    expect(strict.network.serialize()).toEqual(asDefault.network.serialize())
    expect(loose.network.values('dense1.weight')).not.toEqual(strict.network.values('dense1.weight'))
  })
})
