// The float64 reference against PyTorch's float64, stage by stage and at the head, and the folded network against the
// unfolded one.

import { describe, expect, test } from 'vitest'
import { type FoldedNetwork, foldNetwork } from '../../src/model/fold.js'
import type { Network } from '../../src/model/network.js'
import { evaluateFolded, linearizeFolded, traceNetwork } from '../../src/model/reference.js'
import {
  createRandom,
  networkOf,
  ORACLE_NAMES,
  oracleExpected,
  oracleNetwork,
  randomTensors,
  withValue,
} from './network-files.js'

/** Acceptance 1: both sides are float64, which differ only in the order of their sums. */
const PYTORCH_ATOL = 1e-9
/** Folding only reorders float64 products; errors grow with the outputs. */
const FOLD_RTOL = 1e-11
/** Central differences of fourth order at h = 1e-5 of nets this sharp; the derivative itself is exact. */
const DIFFERENCE_RTOL = 1e-6

function evaluate(folded: FoldedNetwork, inputs: ArrayLike<number>): Float64Array {
  return evaluateFolded(new Float64Array((inputs.length / 2) * 3), folded, inputs)
}

/** The raw outputs of the unfolded network at many points. */
function traceHeads(network: Network, inputs: ArrayLike<number>): Float64Array {
  const out = new Float64Array((inputs.length / 2) * 3)
  for (let i = 0; i < inputs.length / 2; i++) {
    const head = traceNetwork(network, inputs[2 * i], inputs[2 * i + 1]).at(-1)
    if (head) out.set(head.values, 3 * i)
  }
  return out
}

/** Holds values together, telling the worst place. `tolerance` is relative to the larger of the value and 1. */
function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  expect(actual.length, `${what}: count`).toBe(expected.length)
  let worst = { error: -1, i: 0 }
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i] - expected[i]) / Math.max(1, Math.abs(expected[i]))
    const error = Number.isNaN(difference) ? Infinity : difference
    if (error > worst.error) worst = { error, i }
  }
  const { i } = worst
  expect(worst.error, `${what}, value ${i}: ${actual[i]} against ${expected[i]}`).toBeLessThanOrEqual(tolerance)
}

function randomInputs(count: number, seed: number, reach = 1.25): Float64Array {
  const random = createRandom(seed)
  return Float64Array.from({ length: 2 * count }, () => (random() * 2 - 1) * reach)
}

describe.each(ORACLE_NAMES)('the net of %s', name => {
  const network = oracleNetwork(name)
  const folded = foldNetwork(network)
  const { points, rgb_float64: rgb, layers_first_4_points: stages } = oracleExpected(name)

  test('gives what PyTorch gives in float64 at all 256 points', () => {
    expect(points).toHaveLength(256)
    const actual = evaluate(folded, points.flat())
    points.forEach((point, i) => {
      for (let channel = 0; channel < 3; channel++) {
        const error = Math.abs(actual[3 * i + channel] - rgb[i][channel])
        expect(error, `point ${i} (${point.join(', ')}), channel ${channel}`).toBeLessThanOrEqual(PYTORCH_ATOL)
      }
    })
  })

  test('gives what PyTorch gives after every stage at four points', () => {
    expect(Object.keys(stages)).toHaveLength(13)
    for (let p = 0; p < 4; p++) {
      const traced = traceNetwork(network, points[p][0], points[p][1])
      const values = new Map(traced.map(stage => [stage.name, stage.values]))
      for (const [stage, expected] of Object.entries(stages)) {
        const actual = values.get(stage)
        expect(actual, `stage ${stage}`).toHaveLength(expected[p].length)
        expected[p].forEach((value, unit) => {
          const error = Math.abs((actual?.[unit] ?? Number.NaN) - value)
          expect(error, `point ${p}, ${stage}[${unit}]: PyTorch has ${value}`).toBeLessThanOrEqual(PYTORCH_ATOL)
        })
      }
    }
  })

  test('reports its stages in the order of the layers', () => {
    const names = traceNetwork(network, 0, 0).map(stage => stage.name)
    expect(names.filter(stage => stage in stages)).toEqual(Object.keys(stages))
    expect(names.filter(stage => !(stage in stages))).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map(k => `dense${k}`))
  })

  test('is unchanged by folding, far outside its frame too', () => {
    for (const reach of [1.25, 1000]) {
      const inputs = randomInputs(100, 1, reach)
      expectClose(evaluate(folded, inputs), traceHeads(network, inputs), FOLD_RTOL, `reach ${reach}`)
    }
  })

  test('has nine affine layers when folded, GELU after all but the head', () => {
    expect(folded.layers.map(layer => layer.outDim)).toEqual([16, 32, 32, 32, 32, 32, 32, 16, 3])
    expect(folded.layers.map(layer => layer.activation?.kind)).toEqual([
      ...Array.from({ length: 8 }, () => 'gelu'),
      undefined,
    ])
  })

  test('has the derivatives that central differences have', () => {
    expectDerivatives(folded, randomInputs(20, 2), name)
  })
})

function expectDerivatives(folded: FoldedNetwork, inputs: Float64Array, what: string): void {
  const h = 1e-5
  for (let i = 0; i < inputs.length; i += 2) {
    const [x, y] = [inputs[i], inputs[i + 1]]
    const { value, jacobian } = linearizeFolded(folded, x, y)
    expectClose(value, evaluate(folded, [x, y]), FOLD_RTOL, `${what} value at ${x}, ${y}`)
    for (const axis of [0, 1]) {
      const along = (t: number) => evaluate(folded, axis === 0 ? [x + t, y] : [x, y + t])
      const [far, near, back, farBack] = [along(2 * h), along(h), along(-h), along(-2 * h)]
      const slope = near.map((_, c) => (8 * (near[c] - back[c]) - (far[c] - farBack[c])) / (12 * h))
      const actual = slope.map((_, c) => jacobian[2 * c + axis])
      expectClose(actual, slope, DIFFERENCE_RTOL, `${what} derivative ${axis} at ${x}, ${y}`)
    }
  }
}

const OTHER_NETS: readonly (readonly [widths: readonly number[], batchNormAfter: readonly number[]])[] = [
  [[5, 7], []],
  [[5, 7], [1]],
  [[5, 7], [2]],
  [
    [5, 7],
    [1, 2],
  ],
  [[1], []],
  [[1], [1]],
  [[33, 4, 9], [3]],
  [
    [3, 64, 2, 8, 8],
    [1, 3, 5],
  ],
  [[4, 4, 4, 4], []],
]

describe.each(OTHER_NETS)('a random net of widths %j with batch norm after %j', (widths, batchNormAfter) => {
  const networks = [1, 2, 3].map(seed => networkOf(randomTensors(widths, batchNormAfter, seed)))

  test('is unchanged by folding', () => {
    for (const network of networks) {
      const folded = foldNetwork(network)
      expect(folded.layers.map(layer => layer.outDim)).toEqual([...widths, 3])
      const inputs = randomInputs(37, 3)
      expectClose(evaluate(folded, inputs), traceHeads(network, inputs), FOLD_RTOL, network.architecture.name)
    }
  })

  test('has the derivatives that central differences have', () => {
    for (const network of networks) expectDerivatives(foldNetwork(network), randomInputs(5, 4), `${widths}`)
  })
})

test('folding leaves the network itself as it was', () => {
  const network = networkOf(randomTensors([5, 7], [1, 2], 9))
  const before = structuredClone(network)
  foldNetwork(network)
  expect(network).toEqual(before)
})

test('a batch norm of zero variance is divided by the root of eps', () => {
  const network = networkOf(withValue('usa', 'bn4.running_var', 5, 0))
  const inputs = randomInputs(9, 5)
  const before = traceNetwork(network, 0.1, 0.2).find(stage => stage.name === 'dense4.gelu')?.values[5] ?? Number.NaN
  const after = traceNetwork(network, 0.1, 0.2).find(stage => stage.name === 'bn4')?.values[5] ?? Number.NaN
  const norm = network.layers.find(layer => layer.name === 'bn4')
  if (norm?.kind !== 'batchNorm') throw new Error('bn4 is a batch norm')
  const expected = ((before - norm.runningMean[5]) / Math.sqrt(1e-5)) * norm.weight[5] + norm.bias[5]
  expect(Math.abs(after / expected - 1)).toBeLessThan(FOLD_RTOL)
  expectClose(evaluate(foldNetwork(network), inputs), traceHeads(network, inputs), FOLD_RTOL, 'zero variance')
})

test('finite weights that overflow when folded are refused, naming the layer', () => {
  const tensors = randomTensors([5, 7], [1], 9).map(tensor =>
    tensor.name === 'bn1.weight' || tensor.name === 'dense2.weight'
      ? { ...tensor, bytes: new Uint8Array(new Float64Array(tensor.bytes.length / 8).fill(1e300).buffer) }
      : tensor,
  )
  expect(() => foldNetwork(networkOf(tensors))).toThrow(
    /^dense2: the weights overflow when batch norm is folded into them$/,
  )
})

test('any number of points gives the same as each point alone', () => {
  const folded = foldNetwork(oracleNetwork('nepal'))
  for (const count of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 255]) {
    const inputs = randomInputs(count, 6)
    const out = new Float64Array(3 * count).fill(Number.NaN)
    expect(evaluateFolded(out, folded, inputs), `${count} points`).toBe(out)
    const alone = Array.from({ length: count }, (_, i) => [...evaluate(folded, inputs.subarray(2 * i, 2 * i + 2))])
    expect([...out], `${count} points`).toEqual(alone.flat())
  }
})

test('evaluation writes no further than its points', () => {
  const folded = foldNetwork(oracleNetwork('nepal'))
  const out = new Float64Array(9).fill(-7)
  evaluateFolded(out, folded, [0.1, 0.2, 0.3, 0.4])
  expect([...out.subarray(6)]).toEqual([-7, -7, -7])
})
