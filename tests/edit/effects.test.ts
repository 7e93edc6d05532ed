// Every effect against what it says it does: exact changes of the function against the layers run one by one, changes of
// the weights against their definitions.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { erf, gelu } from '../../src/model/erf.js'
import { foldNetwork } from '../../src/model/fold.js'
import type { Network } from '../../src/model/network.js'
import { evaluateFolded } from '../../src/model/reference.js'
import { initialTensors } from '../../src/train/initial-weights.js'
import { applyEdits } from '../../src/edit/edits.js'
import type { Effect } from '../../src/edit/effect.js'
import { MUTATION_RATE } from '../../src/edit/effects/mutate.js'
import { listParameters, type ParameterTensor, readParameters, tensorValues } from '../../src/edit/parameters.js'
import { createRandom, oracleNetwork } from '../model/network-files.js'
import { anyEffect, smallSubject } from './edit-files.js'

/** Both sides are float64 and differ in the order of a few products; errors grow with the outputs. */
const EXACT_RTOL = 1e-10

const SMALL = smallSubject('F64').network
const JAPAN = oracleNetwork('japan')
const NETWORKS = [
  ['a small net', SMALL],
  ['the net of japan', JAPAN],
] as const

const POINTS = (() => {
  const random = createRandom(3)
  return Array.from({ length: 24 }, () => [random() * 2.4 - 1.2, random() * 2.4 - 1.2] as const)
})()

function edited(network: Network, ...effects: Effect[]): Network {
  return applyEdits(network, { effects, pins: new Map() })
}

function tensorsOf(network: Network) {
  return listParameters(network.architecture).linears
}

function valuesOf(network: Network, tensor: ParameterTensor): number[] {
  return [...tensorValues(network, tensor)]
}

/** The names of the tensors in which two networks differ. */
function touched(a: Network, b: Network): string[] {
  const differs = (tensor: ParameterTensor) => `${tensorValues(a, tensor)}` !== `${tensorValues(b, tensor)}`
  return listParameters(a.architecture)
    .tensors.filter(differs)
    .map(({ name }) => name)
}

/** What happens to the output of a GELU (or of the head, which has none) on its way: (linear layer, x) to what goes on. */
type Activation = (layer: number, pre: Float64Array) => Float64Array

const plain: Activation = (_, pre) => pre.map(gelu)

/** The layers run one by one, the activation being anything. */
function run(network: Network, [x, y]: readonly [number, number], activation: Activation): Float64Array {
  let values: Float64Array = Float64Array.of(x, y)
  let linear = -1
  for (const layer of network.layers) {
    const input = values
    if (layer.kind === 'linear') {
      linear++
      values = layer.bias.map((bias, o) =>
        input.reduce((sum, value, i) => sum + layer.weight[o * layer.inDim + i] * value, bias),
      )
    } else if (layer.kind === 'gelu') values = activation(linear, input)
    else if (layer.kind === 'batchNorm')
      values = input.map(
        (value, i) =>
          ((value - layer.runningMean[i]) / Math.sqrt(layer.runningVar[i] + layer.eps)) * layer.weight[i] +
          layer.bias[i],
      )
  }
  return values
}

/** Holds an edited network to the original run with another activation, folded and unfolded, at every point. */
function expectActs(network: Network, changed: Network, activation: Activation, head = [1, 1, 1]): void {
  const folded = foldNetwork(changed)
  for (const point of POINTS) {
    const expected = run(network, point, activation).map((value, channel) => value * head[channel])
    const scale = Math.max(1, ...run(network, point, plain).map(Math.abs), ...expected.map(Math.abs))
    for (const actual of [run(changed, point, plain), evaluateFolded(new Float64Array(3), folded, point)])
      actual.forEach((value, channel) =>
        expect(
          Math.abs(value - expected[channel]) / scale,
          `channel ${channel} at ${point.join(', ')}: ${value} against ${expected[channel]}`,
        ).toBeLessThanOrEqual(EXACT_RTOL),
      )
  }
}

describe.each(NETWORKS)('the temperature of the GELU of %s', (_, network) => {
  const hidden = tensorsOf(network).length - 1

  test('is the identity at 1, bit for bit', () => {
    expect(edited(network, { kind: 'temperature', layer: null, temperature: 1 })).toBe(network)
    expect(edited(network, { kind: 'temperature', layer: 1, temperature: 1 })).toBe(network)
  })

  test.each([0.05, 0.5, 2, 7.3])('of %d is exactly x Phi(x / T) in every hidden layer', temperature => {
    const changed = edited(network, { kind: 'temperature', layer: null, temperature })
    expectActs(network, changed, (_, pre) => pre.map(x => (x * (1 + erf(x / temperature / Math.SQRT2))) / 2))
  })

  test('can be that of any one layer', () => {
    for (let layer = 0; layer < hidden; layer++) {
      const changed = edited(network, { kind: 'temperature', layer, temperature: 0.3 })
      expectActs(network, changed, (l, pre) => pre.map(x => (l === layer ? 0.3 * gelu(x / 0.3) : gelu(x))))
    }
  })

  test('near 0 is near a ramp', () => {
    const changed = edited(network, { kind: 'temperature', layer: null, temperature: 1e-3 })
    const point = POINTS[0]
    const ramp = run(network, point, (_, pre) => pre.map(x => Math.max(0, x)))
    run(changed, point, plain).forEach((value, i) => expect(value).toBeCloseTo(ramp[i], 1))
  })
})

describe.each(NETWORKS)('the gain of a unit of %s', (_, network) => {
  const linears = tensorsOf(network)

  test.each([0, 0.4, 1, -2, 3])('of %d is exact in every hidden layer, batch norm or the head behind it', gain => {
    for (let layer = 0; layer < linears.length - 1; layer++) {
      const unit = (layer * 5 + 1) % linears[layer].outDim
      const changed = edited(network, { kind: 'unitGain', layer, unit, gain })
      expectActs(network, changed, (l, pre) =>
        pre.map((x, i) => (l === layer && i === unit ? gain * gelu(x) : gelu(x))),
      )
    }
  })

  test('of 1 is the identity, bit for bit', () => {
    linears.forEach((_, layer) => expect(edited(network, { kind: 'unitGain', layer, unit: 0, gain: 1 })).toBe(network))
  })

  test('of an output scales that output', () => {
    const changed = edited(network, { kind: 'unitGain', layer: linears.length - 1, unit: 1, gain: 0.25 })
    expectActs(network, changed, plain, [1, 0.25, 1])
  })

  test('of all units of a layer at 0 leaves a picture of one colour', () => {
    const layer = 1
    const changed = edited(
      network,
      ...Array.from({ length: linears[layer].outDim }, (_, unit): Effect => ({
        kind: 'unitGain',
        layer,
        unit,
        gain: 0,
      })),
    )
    const [first, ...others] = POINTS.map(point => run(changed, point, plain))
    for (const other of others) expect([...other]).toEqual([...first])
  })
})

describe('the gain of a layer', () => {
  test('scales what the layer gives to its GELU', () => {
    const changed = edited(JAPAN, { kind: 'gain', layer: 3, factor: -1.5 })
    expect(touched(JAPAN, changed)).toEqual(['dense4.weight', 'dense4.bias'])
    expectActs(JAPAN, changed, (layer, pre) => pre.map(x => gelu(layer === 3 ? -1.5 * x : x)))
  })

  test('of 1 is the identity', () => {
    expect(edited(JAPAN, { kind: 'gain', layer: 8, factor: 1 })).toBe(JAPAN)
  })
})

describe('noise', () => {
  const noise = (amount: number, seed = 1, layer: number | null = null): Effect => ({
    kind: 'noise',
    layer,
    amount,
    seed,
  })

  test('of one seed goes along one direction, whatever the amount', () => {
    const origin = readParameters(JAPAN)
    const [small, large] = [0.1, 0.4].map(amount => readParameters(edited(JAPAN, noise(amount, 9))))
    origin.forEach((value, i) => expect(large[i] - value).toBeCloseTo(4 * (small[i] - value), 10))
    expect(edited(JAPAN, noise(0))).toBe(JAPAN)
  })

  test('is normal, of the size of the tensor’s own standard deviation', () => {
    const changed = edited(JAPAN, noise(0.5, 4))
    for (const { weight } of tensorsOf(JAPAN).filter(({ weight }) => weight.count >= 512)) {
      const before = valuesOf(JAPAN, weight)
      const mean = before.reduce((a, b) => a + b) / before.length
      const deviation = Math.sqrt(before.reduce((sum, value) => sum + (value - mean) ** 2, 0) / before.length)
      const steps = valuesOf(changed, weight).map((value, i) => (value - before[i]) / (0.5 * deviation))
      // Five standard errors of the mean and of the variance of n standard normal numbers: 1 and sqrt(2) over sqrt(n).
      const error = 5 / Math.sqrt(steps.length)
      expect(Math.abs(steps.reduce((a, b) => a + b) / steps.length)).toBeLessThan(error)
      expect(Math.abs(steps.reduce((a, b) => a + b * b, 0) / steps.length - 1)).toBeLessThan(error * Math.SQRT2)
      const within = steps.filter(step => Math.abs(step) < 1).length / steps.length
      expect(Math.abs(within - 0.6827)).toBeLessThan(error / 2)
    }
  })

  test('of another seed is other noise, and no two layers get the same', () => {
    expect(readParameters(edited(JAPAN, noise(1, 1)))).not.toEqual(readParameters(edited(JAPAN, noise(1, 2))))
    const [third, fourth] = tensorsOf(JAPAN).slice(2, 4)
    const changed = edited(JAPAN, noise(1))
    const steps = [third, fourth].map(({ weight }) =>
      valuesOf(changed, weight).map((value, i) => value - valuesOf(JAPAN, weight)[i]),
    )
    const product = steps[0].reduce((sum, value, i) => sum + value * steps[1][i], 0)
    const length = (values: number[]) => Math.hypot(...values)
    expect(Math.abs(product) / length(steps[0]) / length(steps[1])).toBeLessThan(5 / Math.sqrt(steps[0].length))
  })

  test('on one layer is what that layer gets of the noise on all', () => {
    const [one, all] = [edited(JAPAN, noise(0.3, 7, 4)), edited(JAPAN, noise(0.3, 7))]
    expect(touched(JAPAN, one)).toEqual(['dense5.weight', 'dense5.bias'])
    const { weight, bias } = tensorsOf(JAPAN)[4]
    for (const tensor of [weight, bias]) expect(valuesOf(one, tensor)).toEqual(valuesOf(all, tensor))
    expect(touched(JAPAN, all)).toHaveLength(18)
  })
})

describe('quantising', () => {
  const levelsOf = (bits: number, layer = 3) => {
    const changed = edited(JAPAN, { kind: 'quantise', layer, bits })
    const { weight } = tensorsOf(JAPAN)[layer]
    return { before: valuesOf(JAPAN, weight), after: valuesOf(changed, weight), touched: touched(JAPAN, changed) }
  }

  test.each([2, 3, 4, 8])(
    'to %d bits rounds to the nearest of 2^n - 1 even levels between the largest and its negative',
    bits => {
      const { before, after, touched } = levelsOf(bits)
      expect(touched).toEqual(['dense4.weight'])
      const largest = Math.max(...before.map(Math.abs))
      const step = largest / (2 ** (bits - 1) - 1)
      expect(new Set(after.map(Math.abs)).size).toBeLessThanOrEqual(2 ** (bits - 1))
      expect(after).toContain(before.find(value => Math.abs(value) === largest))
      after.forEach((value, i) => {
        expect(value / step).toBeCloseTo(Math.round(value / step), 9)
        expect(Math.abs(value - before[i])).toBeLessThanOrEqual((step / 2) * (1 + 1e-12))
      })
    },
  )

  test('to one bit keeps signs, at the mean magnitude', () => {
    const { before, after } = levelsOf(1)
    const mean = before.reduce((sum, value) => sum + Math.abs(value), 0) / before.length
    after.forEach((value, i) => expect(value).toBeCloseTo(before[i] < 0 ? -mean : mean, 12))
  })

  test('again changes nothing', () => {
    const quantise: Effect = { kind: 'quantise', layer: null, bits: 5 }
    const once = edited(JAPAN, quantise)
    expect(readParameters(edited(JAPAN, quantise, quantise))).toEqual(readParameters(once))
    expect(touched(JAPAN, once).every(name => name.endsWith('.weight') && !name.startsWith('bn'))).toBe(true)
  })

  test('leaves a layer of zeros as it is', () => {
    const silent: Effect = { kind: 'gain', layer: 0, factor: 0 }
    for (const bits of [1, 2, 16]) {
      const changed = edited(JAPAN, silent, { kind: 'quantise', layer: 0, bits })
      expect(valuesOf(changed, tensorsOf(JAPAN)[0].weight).every(value => value === 0)).toBe(true)
    }
  })
})

describe('pruning', () => {
  test('takes the smallest weights of each layer and leaves the others, the biases too', () => {
    const changed = edited(JAPAN, { kind: 'prune', layer: null, share: 0.3 })
    for (const { weight, bias } of tensorsOf(JAPAN)) {
      const [before, after] = [valuesOf(JAPAN, weight), valuesOf(changed, weight)]
      const gone = before.filter((value, i) => after[i] !== value).map(Math.abs)
      const kept = before.filter((value, i) => after[i] === value).map(Math.abs)
      expect(gone).toHaveLength(Math.round(0.3 * before.length))
      expect(Math.max(...gone)).toBeLessThanOrEqual(Math.min(...kept))
      expect(after.filter(value => value === 0)).toHaveLength(gone.length)
      expect(valuesOf(changed, bias)).toEqual(valuesOf(JAPAN, bias))
    }
  })

  test('of nothing is the identity, of everything leaves no weight', () => {
    expect(edited(JAPAN, { kind: 'prune', layer: null, share: 0 })).toBe(JAPAN)
    const all = edited(JAPAN, { kind: 'prune', layer: 2, share: 1 })
    expect(valuesOf(all, tensorsOf(JAPAN)[2].weight).every(value => value === 0)).toBe(true)
    expect(touched(JAPAN, all)).toEqual(['dense3.weight'])
  })
})

describe('randomising a layer', () => {
  test('draws it as the trainer does, within PyTorch’s bound, and leaves the others', () => {
    const changed = edited(JAPAN, { kind: 'randomise', layer: 4, seed: 12 })
    expect(touched(JAPAN, changed)).toEqual(['dense5.weight', 'dense5.bias'])
    const { weight, bias } = tensorsOf(JAPAN)[4]
    const drawn = initialTensors(JAPAN.architecture, 12, 'default')
    expect(valuesOf(changed, weight)).toEqual([...(drawn.get('dense5.weight') ?? [])])
    // torch.nn.Linear: uniform in +-1 / sqrt(in_features).
    const bound = 1 / Math.sqrt(32)
    for (const tensor of [weight, bias]) {
      const magnitudes = valuesOf(changed, tensor).map(Math.abs)
      expect(Math.max(...magnitudes)).toBeLessThanOrEqual(bound)
      expect(Math.max(...magnitudes)).toBeGreaterThan(0.8 * bound)
    }
    const other = edited(JAPAN, { kind: 'randomise', layer: 4, seed: 13 })
    expect(valuesOf(other, weight)).not.toEqual(valuesOf(changed, weight))
  })
})

describe('a mutation', () => {
  const mutate = (amount: number, seed = 3): Effect => ({ kind: 'mutate', amount, seed })

  test('changes a few parameters, the same few by any amount', () => {
    const origin = readParameters(JAPAN)
    const [small, large] = [0.5, 1].map(amount => readParameters(edited(JAPAN, mutate(amount))))
    const changed = [...origin.keys()].filter(i => small[i] !== origin[i])
    const learnable = 6675 - 224
    expect(changed.length / learnable).toBeGreaterThan(MUTATION_RATE * 0.8)
    expect(changed.length / learnable).toBeLessThan(MUTATION_RATE * 1.2)
    origin.forEach((value, i) => expect(large[i] - value).toBeCloseTo(2 * (small[i] - value), 10))
    expect(edited(JAPAN, mutate(0))).toBe(JAPAN)
  })

  test('of another seed is another one', () => {
    expect(readParameters(edited(JAPAN, mutate(1, 1)))).not.toEqual(readParameters(edited(JAPAN, mutate(1, 2))))
  })
})

test('effects are done in their order', () => {
  const gain: Effect = { kind: 'gain', layer: 0, factor: 2 }
  const randomise: Effect = { kind: 'randomise', layer: 0, seed: 1 }
  const weights = (...effects: Effect[]) => valuesOf(edited(JAPAN, ...effects), tensorsOf(JAPAN)[0].weight)
  expect(weights(randomise, gain)).toEqual(weights(randomise).map(value => 2 * value))
  expect(weights(gain, randomise)).toEqual(weights(randomise))
})

test('equal effects give equal networks, and the original is left as it is', () => {
  const { network, list } = smallSubject('F64')
  const other = new Map([['other', smallSubject('F64', 2).network]])
  const before = readParameters(network)
  fc.assert(
    fc.property(fc.array(anyEffect(list), { maxLength: 3 }), effects => {
      const [a, b] = [0, 1].map(() => readParameters(applyEdits(network, { effects, pins: new Map() }, other)))
      expect(a).toEqual(b)
      expect(readParameters(network)).toEqual(before)
    }),
    { numRuns: 100 },
  )
})
