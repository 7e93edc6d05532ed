// Looking at a network in training.

import { describe, expect, test } from 'vitest'
import { MYSTERY_NET } from '../../src/model/architecture.js'
import { foldNetwork } from '../../src/model/fold.js'
import { StateDict } from '../../src/model/state-dict.js'
import { Inspector, networkFromTensors } from '../../src/train/inspector.js'
import { readTensors } from '../../src/train/network-tensors.js'
import { ORACLE_NAMES, oracleBytes, oracleExpected, oraclePath, decodeLevels } from '../model/network-files.js'
import { readFileSync } from 'node:fs'
import { referencePsnr } from './reference-psnr.js'
import { discImage } from './run-fixture.js'

const tensorsOf = (name: (typeof ORACLE_NAMES)[number]) => readTensors(MYSTERY_NET, StateDict.parse(oracleBytes(name)))

describe('the PSNR', () => {
  test.each(ORACLE_NAMES)('of %s is that of PyTorch', name => {
    const { width, height, levels } = decodeLevels(readFileSync(oraclePath(`${name}.source.png`)))
    const image = { width, height, data: Float32Array.from(levels, level => level / 255) }
    // PyTorch's figure has three digits behind the point.
    expect(new Inspector(MYSTERY_NET, image).psnrOf(tensorsOf(name))).toBeCloseTo(
      oracleExpected(name).psnr_db_vs_source,
      2,
    )
  })

  test('follows the weights, wide picture or tall', () => {
    for (const image of [discImage(31, 7), discImage(5, 40), discImage(1, 1)]) {
      const inspector = new Inspector(MYSTERY_NET, image)
      for (const name of ['japan', 'usa', 'japan'] as const) {
        const tensors = tensorsOf(name)
        const expected = referencePsnr(foldNetwork(networkFromTensors(MYSTERY_NET, tensors)), image)
        expect(Math.abs(inspector.psnrOf(tensors) - expected)).toBeLessThan(0.01)
      }
    }
  })

  test.each([
    ['a weight that is no number', 'dense4.weight', Number.NaN],
    ['an infinite weight', 'dense4.weight', Number.POSITIVE_INFINITY],
    ['a variance that is no number', 'bn4.running_var', Number.NaN],
    ['a folded weight beyond float32', 'bn4.weight', 3.4e38],
    ['a bias beyond all outputs', 'dense_head.bias', Number.NaN],
  ])('of a network with %s is no number, and the next one is looked at as ever', (_, name, value) => {
    const image = discImage()
    const inspector = new Inspector(MYSTERY_NET, image)
    const broken = tensorsOf('japan')
    broken.get(name)![0] = value
    // So that folding scales up: of a variance of 0, by 316.
    if (name === 'bn4.weight') broken.get('bn4.running_var')![0] = 0
    expect(inspector.psnrOf(broken)).toBeNaN()
    expect(inspector.psnrOf(tensorsOf('japan'))).toBeGreaterThan(0)
    // From the second network on the weights are replaced in place.
    expect(inspector.psnrOf(broken)).toBeNaN()
  })
})
