// Files remember the picture: running statistics are those of the whole picture, and the function is the same.

import { describe, expect, test } from 'vitest'
import { MYSTERY_NET } from '../../src/model/architecture.js'
import { foldNetwork } from '../../src/model/fold.js'
import type { Network } from '../../src/model/network.js'
import { evaluateFolded } from '../../src/model/reference.js'
import { StateDict } from '../../src/model/state-dict.js'
import { Evaluator } from '../../src/kernel/evaluator.js'
import { networkFromTensors } from '../../src/train/inference.js'
import { readTensors } from '../../src/train/network-tensors.js'
import { exchangeStatistics, pictureStatistics, rememberPicture } from '../../src/train/remember.js'
import { createRandom, ORACLE_NAMES, oracleBytes, oracleExpected } from '../model/network-files.js'

/** A net of PyTorch's, and copies of it whose batch norms remember something else. */
const tensorsOf = (name: (typeof ORACLE_NAMES)[number]) => readTensors(MYSTERY_NET, StateDict.parse(oracleBytes(name)))

/** Points of the frame and around it. */
const POINTS = (() => {
  const random = createRandom(9)
  return Float64Array.from({ length: 1000 }, () => 2.2 * random() - 1.1)
})()

const outputsOf = (network: Network) =>
  evaluateFolded(new Float64Array((POINTS.length / 2) * 3), foldNetwork(network), POINTS)

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((max, value, i) => Math.max(max, Math.abs(value - b[i])), 0)

/** Statistics far from the picture's: what importance sampling leaves, and more. */
function disturbed(tensors: ReadonlyMap<string, Float32Array>): Map<string, Float32Array> {
  const random = createRandom(4)
  const statistics = MYSTERY_NET.layers.flatMap(layer => {
    if (layer.kind !== 'batchNorm') return []
    const [mean, variance] = ['running_mean', 'running_var'].map(role => tensors.get(`${layer.name}.${role}`)!)
    return [
      {
        name: layer.name,
        mean: Float64Array.from(mean, (value, i) => value + (random() - 0.5) * Math.sqrt(variance[i])),
        variance: Float64Array.from(variance, value => value * (0.3 + 3 * random())),
      },
    ]
  })
  const changed = new Map(tensors)
  for (const [name, values] of exchangeStatistics(MYSTERY_NET, tensors, statistics))
    changed.set(name, Float32Array.from(values))
  return changed
}

describe.each(ORACLE_NAMES)('PyTorch’s %s', name => {
  const tensors = tensorsOf(name)
  const { width, height } = oracleExpected(name)

  test('remembers its picture already: the statistics over its pixels are nearly its running statistics', () => {
    const statistics = pictureStatistics(MYSTERY_NET, tensors, { width, height })!
    expect(statistics.map(own => own.name)).toEqual(['bn2', 'bn4', 'bn6', 'bn8'])
    for (const { name: norm, mean, variance } of statistics) {
      const [runningMean, runningVar] = ['running_mean', 'running_var'].map(role => tensors.get(`${norm}.${role}`)!)
      mean.forEach((value, i) =>
        // Of some ten batches of random pixels: a mean is off by a few hundredths of a deviation.
        expect(Math.abs(value - runningMean[i])).toBeLessThan(0.05 * Math.sqrt(runningVar[i]) + 1e-4),
      )
      variance.forEach((value, i) => expect(Math.abs(value / runningVar[i] - 1)).toBeLessThan(0.15))
    }
  })

  test('with other statistics and weights that follow is the same function within 1e-6, in float64', () => {
    const exchanged = exchangeStatistics(
      MYSTERY_NET,
      tensors,
      pictureStatistics(MYSTERY_NET, tensors, { width: 64, height: 40 })!,
    )
    const network = networkFromTensors(MYSTERY_NET, tensors)
    const layers = network.layers.map(layer => {
      if (layer.kind !== 'batchNorm') return layer
      const [weight, bias, runningMean, runningVar] = ['weight', 'bias', 'running_mean', 'running_var'].map(role =>
        exchanged.get(`${layer.name}.${role}`)!,
      )
      return { ...layer, weight, bias, runningMean, runningVar }
    })
    expect(largestDifference(outputsOf({ ...network, layers }), outputsOf(network))).toBeLessThan(1e-6)
  })

  test('whose batch norms remembered something else remembers the picture again, and changes less than float32 errs', () => {
    const other = disturbed(tensors)
    const remembered = rememberPicture(MYSTERY_NET, other, { width, height })
    const before = outputsOf(networkFromTensors(MYSTERY_NET, other))
    const after = outputsOf(networkFromTensors(MYSTERY_NET, remembered))
    const evaluator = new Evaluator(foldNetwork(networkFromTensors(MYSTERY_NET, other)))
    const single = evaluator.evaluate(new Float32Array(before.length), POINTS)
    expect(largestDifference(after, before)).toBeLessThan(largestDifference(single, before))
    const again = pictureStatistics(MYSTERY_NET, remembered, { width, height })!
    for (const { name: norm, mean, variance } of again) {
      mean.forEach((value, i) =>
        expect(Math.abs(value - remembered.get(`${norm}.running_mean`)![i])).toBeLessThan(
          1e-4 * Math.sqrt(variance[i]) + 1e-6,
        ),
      )
      variance.forEach((value, i) =>
        expect(Math.abs(value / remembered.get(`${norm}.running_var`)![i] - 1)).toBeLessThan(1e-4),
      )
    }
    // Nothing else is touched.
    for (const [own, values] of other) if (!own.startsWith('bn')) expect(remembered.get(own)).toBe(values)
  })
})

test('the statistics are those of float64 over every pixel, whatever the picture’s size leaves over', () => {
  const tensors = tensorsOf('malaysia')
  const network = networkFromTensors(MYSTERY_NET, tensors)
  const size = { width: 13, height: 7 }
  const [first] = pictureStatistics(MYSTERY_NET, tensors, size)!
  // bn2 follows dense2 and its GELU: the first two layers, in float64.
  const gelu = (x: number) => {
    // Abramowitz and Stegun 7.1.26, 1.5e-7 exact: enough for statistics that are compared at 1e-5.
    const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2)
    const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    const erf = Math.sign(x) * (1 - poly * Math.exp((-x * x) / 2))
    return (x * (1 + erf)) / 2
  }
  const [one, , two] = network.layers as unknown as {
    weight: Float64Array
    bias: Float64Array
    inDim: number
    outDim: number
  }[]
  const apply = (x: readonly number[], { weight, bias, inDim, outDim }: typeof one) =>
    Array.from({ length: outDim }, (_, o) => gelu(x.reduce((sum, v, i) => sum + weight[o * inDim + i] * v, bias[o])))
  const values = Array.from({ length: 91 }, (_, i) =>
    apply(apply([(((i % 13) + 0.5) / 13) * 2 - 1, ((Math.floor(i / 13) + 0.5) / 7) * 2 - 1], one), two),
  )
  first.mean.forEach((mean, unit) => {
    const own = values.map(row => row[unit])
    const expected = own.reduce((a, b) => a + b, 0) / 91
    const variance = own.reduce((sum, value) => sum + (value - expected) ** 2, 0) / 90
    expect(Math.abs(mean - expected)).toBeLessThan(1e-5 * (1 + Math.abs(expected)))
    expect(Math.abs(first.variance[unit] - variance)).toBeLessThan(1e-5 * (1 + variance))
  })
})

test('a net that gives no numbers is left as it is', () => {
  const tensors = tensorsOf('japan')
  tensors.get('dense1.weight')!.fill(3e38)
  expect(rememberPicture(MYSTERY_NET, tensors, { width: 8, height: 8 })).toBe(tensors)
})
