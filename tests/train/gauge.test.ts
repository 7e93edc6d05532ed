// Measuring a network in training, against PyTorch and the float64 reference.

import { describe, expect, test } from 'vitest'
import { MYSTERY_NET } from '../../src/model/architecture.js'
import { foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import { StateDict } from '../../src/model/state-dict.js'
import { Gauge } from '../../src/train/gauge.js'
import { networkFromTensors } from '../../src/train/inference.js'
import { readTensors } from '../../src/train/network-tensors.js'
import { measureQuality } from '../../src/train/quality.js'
import { plainTarget } from '../../src/train/target.js'
import { ORACLE_NAMES, oracleBytes, oracleExpected, oraclePath, decodeLevels } from '../model/network-files.js'
import { readFileSync } from 'node:fs'
import { referencePsnr, referencePsnrSeen } from './reference-psnr.js'
import { discImage } from './run-fixture.js'
import { isFull } from '../is-full.js'

const tensorsOf = (name: (typeof ORACLE_NAMES)[number]) => readTensors(MYSTERY_NET, StateDict.parse(oracleBytes(name)))

const ALL = Number.POSITIVE_INFINITY

describe('the measure', () => {
  test.each(isFull ? ORACLE_NAMES : (['usa', 'malaysia'] as const))('in detail of %s is the PSNR of PyTorch', name => {
    const { width, height, levels } = decodeLevels(readFileSync(oraclePath(`${name}.source.png`)))
    const image = { width, height, data: Float32Array.from(levels, level => level / 255) }
    // PyTorch's figure has three digits behind the point.
    const { psnrDetail } = new Gauge(MYSTERY_NET, plainTarget(image)).measure(tensorsOf(name), ALL)
    expect(psnrDetail).toBeCloseTo(oracleExpected(name).psnr_db_vs_source, 2)
  })

  test('of both rasters follows the weights, wide picture or tall, and is that of measureQuality', () => {
    for (const target of [
      { detail: discImage(62, 14), seen: discImage(31, 7) },
      { detail: discImage(11, 90), seen: discImage(5, 40) },
      plainTarget(discImage(1, 1)),
    ]) {
      const gauge = new Gauge(MYSTERY_NET, target)
      for (const name of ['japan', 'usa', 'japan'] as const) {
        const tensors = tensorsOf(name)
        const folded = foldNetwork(networkFromTensors(MYSTERY_NET, tensors))
        const { psnr, psnrDetail } = gauge.measure(tensors, ALL)
        expect(Math.abs(psnr - referencePsnrSeen(folded, target.seen))).toBeLessThan(0.01)
        expect(Math.abs(psnrDetail - referencePsnr(folded, target.detail))).toBeLessThan(0.01)
        const quality = measureQuality(folded, DEFAULT_FRAME, target)
        expect(Math.abs(psnr - quality.psnr)).toBeLessThan(0.001)
        expect(Math.abs(psnrDetail - quality.psnrDetail)).toBeLessThan(0.001)
      }
    }
  })

  test('of some of the pixels, spread over the picture, is near that of all', () => {
    const gauge = new Gauge(MYSTERY_NET, { detail: discImage(240, 160), seen: discImage(60, 40) })
    const [some, all] = [16_384, ALL].map(evaluations => gauge.measure(tensorsOf('japan'), evaluations))
    expect(Math.abs(some.psnr - all.psnr)).toBeLessThan(0.5)
    expect(Math.abs(some.psnrDetail - all.psnrDetail)).toBeLessThan(0.5)
    expect(some.psnrDetail).not.toBe(all.psnrDetail)
  })

  test.each([
    ['a weight that is no number', 'dense4.weight', Number.NaN],
    ['an infinite weight', 'dense4.weight', Number.POSITIVE_INFINITY],
    ['a variance that is no number', 'bn4.running_var', Number.NaN],
    ['a folded weight beyond float32', 'bn4.weight', 3.4e38],
    ['a bias beyond all outputs', 'dense_head.bias', Number.NaN],
  ])('of a network with %s is no number, and the next one is looked at as ever', (_, name, value) => {
    const gauge = new Gauge(MYSTERY_NET, plainTarget(discImage()))
    const psnrsOf = (tensors: ReturnType<typeof tensorsOf>) => Object.values(gauge.measure(tensors, ALL))
    const broken = tensorsOf('japan')
    broken.get(name)![0] = value
    // So that folding scales up: of a variance of 0, by 316.
    if (name === 'bn4.weight') broken.get('bn4.running_var')![0] = 0
    expect(psnrsOf(broken)).toEqual([Number.NaN, Number.NaN])
    for (const psnr of psnrsOf(tensorsOf('japan'))) expect(psnr).toBeGreaterThan(0)
    // From the second network on the weights are replaced in place.
    expect(psnrsOf(broken)).toEqual([Number.NaN, Number.NaN])
  })
})
