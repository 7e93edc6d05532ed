// What the kernel loses by float32, on PyTorch's nets and on sharply trained ones: at most 1e-4 of the colours' range, or half as much again as
// NumPy's float32 loses on the same net at the same points (made-with/float32-loss.py). That is held for strict arithmetic. Relaxed arithmetic does not
// keep it: 1.85e-4 of 1.70e-4 on sharp-iran here, up to 1.3e-4 of 1e-4 on Malaysia at other points. It is held to parity's tolerance until it does.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Evaluator } from '../../src/kernel/evaluator.js'
import { compareOutputs, PARITY_TOLERANCE } from '../../src/gpu/parity.js'
import { foldNetwork } from '../../src/model/fold.js'
import { createNetwork } from '../../src/model/network.js'
import { evaluateFolded } from '../../src/model/reference.js'
import { StateDict } from '../../src/model/state-dict.js'
import { isFull } from '../is-full.js'
import { ARITHMETICS } from './arithmetics.js'
import { FLOAT32_LOSSES, GRID, lossLimit } from './float32-losses.js'

const SAMPLE = new Set(['tests/oracle/usa.safetensors', 'public/flags/af.safetensors'])

describe.each(ARITHMETICS)('in %s arithmetic the kernel loses no more than it may', (arithmetic, kernel) => {
  test.each(Object.keys(FLOAT32_LOSSES).filter(path => isFull || SAMPLE.has(path)))('on %s', path => {
    const folded = foldNetwork(createNetwork(StateDict.parse(new Uint8Array(readFileSync(path)))))
    const points = Float64Array.from({ length: 2 * GRID.width * GRID.height }, (_, i) => {
      const pixel = i >> 1
      const [at, size] = i & 1 ? [Math.floor(pixel / GRID.width), GRID.height] : [pixel % GRID.width, GRID.width]
      return ((at + 0.5) / size) * 2 - 1
    })
    const length = 3 * GRID.width * GRID.height
    const drawn = new Evaluator(folded, kernel).evaluate(new Float32Array(length), points)
    const { maxAbs } = compareOutputs(drawn, evaluateFolded(new Float64Array(length), folded, points))
    if (process.env.VEXEL_FIGURES) process.stderr.write(`${arithmetic} ${path} ${maxAbs.toExponential(2)}\n`)
    expect(maxAbs).toBeLessThanOrEqual(arithmetic === 'strict' ? lossLimit(path) : PARITY_TOLERANCE.maxAbs)
  })
})
