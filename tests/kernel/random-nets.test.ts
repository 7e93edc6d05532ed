// Random networks of every kind: layers as they are, folded, and in the kernel are one function, near and a million times deep; and
// nothing that a file may be makes anything crash.

import { describe, expect, test } from 'vitest'
import { createPointEvaluator } from '../../src/kernel/reference-evaluator.js'
import { FormatError } from '../../src/model/errors.js'
import { foldNetwork } from '../../src/model/fold.js'
import { createNetwork } from '../../src/model/network.js'
import { evaluateFolded, traceNetwork } from '../../src/model/reference.js'
import { StateDict } from '../../src/model/state-dict.js'
import { createTape, runBackward, runForward } from '../../src/model/tape.js'
import { parseWiring, wiringJson } from '../../src/model/wiring.js'
import { createRandom } from '../model/network-files.js'
import { randomNet } from '../model/random-nets.js'

const SEEDS = Array.from({ length: 120 }, (_, seed) => seed)
const POINTS = 24

/** Points around the frame, [n, 2]. */
function pointsOf(seed: number): Float64Array {
  const random = createRandom(seed + 1000)
  return Float64Array.from({ length: 2 * POINTS }, () => 3 * random() - 1.5)
}

/** float32 rounds each of up to 80 terms a sum, six layers deep, with slopes up to some thousands behind octaves and frequencies. */
const KERNEL_RTOL = 2e-4

describe('a random network', () => {
  test.each(SEEDS)('%d', seed => {
    const { tensors, wiring } = randomNet(seed)
    const stated = parseWiring(wiring)
    expect(parseWiring(JSON.parse(JSON.stringify(wiringJson(stated))))).toEqual(stated)
    const network = createNetwork(StateDict.create(tensors), stated)
    expect(network.warnings).toEqual([])
    const folded = foldNetwork(network)
    const points = pointsOf(seed)
    const reference = evaluateFolded(new Float64Array(3 * POINTS), folded, points)
    const scale = Math.max(1, ...reference.map(Math.abs))
    for (let p = 0; p < POINTS; p++) {
      const traced = traceNetwork(network, points[2 * p], points[2 * p + 1]).at(-1)?.values ?? []
      for (let c = 0; c < 3; c++) expect(Math.abs(traced[c] - reference[3 * p + c])).toBeLessThan(1e-11 * scale)
    }
    for (const size of [1, 1e-6]) {
      const evaluator = createPointEvaluator(folded)
      evaluator.setCentre(0.3, -0.7)
      const drawn = evaluator.evaluate(
        new Float32Array(3 * POINTS),
        points.map(value => value * size),
      )
      const inputs = points.map((value, i) => value * size + (i % 2 === 0 ? 0.3 : -0.7))
      const expected = evaluateFolded(new Float64Array(3 * POINTS), folded, inputs)
      drawn.forEach((value, i) =>
        expect(Math.abs(value - expected[i]), `${network.architecture.name}, size ${size}, value ${i}`).toBeLessThan(
          KERNEL_RTOL * Math.max(1, Math.abs(expected[i])),
        ),
      )
    }
  })

  test('has the slopes that central differences give', () => {
    for (const seed of SEEDS) {
      const { tensors, wiring } = randomNet(seed)
      const network = createNetwork(StateDict.create(tensors), parseWiring(wiring))
      const tape = createTape(network.layers)
      const [x, y] = pointsOf(seed)
      runForward(tape, x, y)
      runBackward(tape)
      const slopes = tape.inputGradients.slice()
      const h = 1e-6
      const at = (x: number, y: number) => traceNetwork(network, x, y).at(-1)?.values ?? new Float64Array(3)
      const differences = [
        [at(x + h, y), at(x - h, y)],
        [at(x, y + h), at(x, y - h)],
      ].flatMap(([more, less]) => [...more].map((value, c) => (value - less[c]) / (2 * h)))
      differences.forEach((slope, i) =>
        expect(Math.abs(slopes[i] - slope), `seed ${seed}, slope ${i}`).toBeLessThan(
          1e-5 * Math.max(1, Math.abs(slope)),
        ),
      )
    }
  })
})

test('a file that was damaged, or is told wrongly, is read or refused with a line', () => {
  for (const seed of SEEDS) {
    const random = createRandom(seed + 5000)
    const { tensors } = randomNet(seed)
    const { wiring } = randomNet(Math.floor(random() * 1000))
    const kept = tensors.filter(() => random() > 0.15)
    const renamed = kept.map(tensor =>
      random() > 0.1 ? tensor : { ...tensor, name: `odd${Math.floor(random() * 1e6)}` },
    )
    for (const stated of [null, parseWiring(wiring), parseWiring('relu')])
      try {
        foldNetwork(createNetwork(StateDict.create(renamed), stated))
      } catch (error) {
        if (!(error instanceof FormatError)) throw error
        expect(error.message).not.toContain('\n')
      }
  }
})
