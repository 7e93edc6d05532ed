// The kernel's evaluation against the float64 reference: any number of points, any architecture, any depth, and its GELU at
// chosen numbers.

import { describe, expect, test } from 'vitest'
import { Arena, quadsUp } from '../../src/kernel/arena.js'
import { createEvaluator, Evaluator } from '../../src/kernel/evaluator.js'
import { RECORD_WORDS } from '../../src/kernel/evaluator-layout.js'
import { BLOCK, MEMORY_BASE, STRICT } from '../../src/kernel/module.js'
import { gelu } from '../../src/model/erf.js'
import { UnsupportedError } from '../../src/model/errors.js'
import { type FoldedNetwork, foldNetwork } from '../../src/model/fold.js'
import { evaluateFolded } from '../../src/model/reference.js'
import { isFull } from '../is-full.js'
import { createRandom, networkOf, ORACLE_NAMES, oracleNetwork, randomTensors } from '../model/network-files.js'
import { ARITHMETICS } from './arithmetics.js'

/** float32 against float64: ten times what PyTorch's own float32 differs on these nets. */
const ATOL = 2e-4
/** What PyTorch's float32, x / 2 (1 + erf(x / sqrt 2)), is wrong by below x = -2: 1.5e-7. */
const TAIL_ATOL = 1e-7
/** float32's own rounding of GELU: a few units in its last place. */
const GELU_TOLERANCE = 3e-7

/** [n, 2] points in [-1, 1], as float32 holds them. */
function randomPoints(count: number, seed: number): Float32Array {
  const random = createRandom(seed)
  return Float32Array.from({ length: 2 * count }, () => 2 * random() - 1)
}

/** Largest difference of kernel and reference, as a share of the largest output, and where. */
function largestError(folded: FoldedNetwork, evaluator: Evaluator, points: Float32Array) {
  const count = points.length / 2
  const actual = evaluator.evaluate(new Float32Array(count * 3), points)
  const expected = evaluateFolded(new Float64Array(count * 3), folded, points)
  const range = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1)
  let error = 0
  let at = ''
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i] - expected[i]) / range
    // Written so that NaN counts.
    if (difference <= error) continue
    error = difference
    at = `point ${Math.floor(i / 3)} of ${count}, channel ${i % 3}: ${actual[i]} for ${expected[i]}`
  }
  return { error, at }
}

/** Every remainder of the kernel's vectors and blocks, and sizes up to 10,000 that are no multiple of anything. */
function sizes(seed: number): number[] {
  const random = createRandom(seed)
  const remainders = isFull
    ? Array.from({ length: 2 * BLOCK + 3 }, (_, i) => i + 1)
    : [1, 2, 3, 4, 5, 15, 16, 17, 31, 63]
  const others = Array.from({ length: isFull ? 24 : 4 }, () => 1 + Math.floor(10_000 * random()))
  return [...remainders, BLOCK, BLOCK + 1, 64 * BLOCK - 1, 64 * BLOCK + 1, 4999, ...others, 9973, 10_000]
}

describe.each(ARITHMETICS)('the kernel in %s arithmetic agrees with the reference', (arithmetic, kernel) => {
  test.each(arithmetic === 'strict' || isFull ? ORACLE_NAMES : (['usa'] as const))(
    'on %s, for any number of points',
    name => {
      const folded = foldNetwork(oracleNetwork(name))
      const evaluator = new Evaluator(folded, kernel)
      for (const [i, size] of sizes(name.length).entries()) {
        const { error, at } = largestError(folded, evaluator, randomPoints(size, size + i))
        expect(error, at).toBeLessThanOrEqual(ATOL)
      }
    },
  )

  const architectures: readonly (readonly [what: string, widths: number[], batchNormAfter: number[]])[] = [
    ['of one layer', [16], []],
    ['of one unit', [1], []],
    ['of odd widths', [7, 13, 5, 31], [2, 4]],
    ['without batch norm', [16, 32, 16], []],
    ['with batch norm everywhere', [6, 9, 10], [1, 2, 3]],
    ['64 wide', [64, 64, 64], [2]],
    ['wider than anybody asked for', [200, 3, 130], [1]],
    ['twenty layers deep', Array.from({ length: 20 }, (_, i) => 5 + (i % 4)), [3, 9]],
  ]
  test.each(architectures)('on a net %s', (_, widths, batchNormAfter) => {
    const folded = foldNetwork(networkOf(randomTensors(widths, batchNormAfter, 5)))
    const evaluator = new Evaluator(folded, kernel)
    for (const size of [1, 50, 64, 129, 1001]) {
      const { error, at } = largestError(folded, evaluator, randomPoints(size, size))
      expect(error, at).toBeLessThanOrEqual(ATOL)
    }
  })

  test.each(ORACLE_NAMES)('on %s a million times deep, relative to the centre', name => {
    const folded = foldNetwork(oracleNetwork(name))
    // The whole picture in one point, so that an offset of a millionth crosses it.
    const [depth, x, y] = [1e6, 0.234567891, -0.345678912]
    const [first, ...rest] = folded.layers
    const bias = first.bias.map((b, o) => b - depth * (first.weight[2 * o] * x + first.weight[2 * o + 1] * y))
    const deep: FoldedNetwork = { layers: [{ ...first, weight: first.weight.map(w => w * depth), bias }, ...rest] }
    const evaluator = new Evaluator(deep, kernel)
    evaluator.setCentre(x, y)
    const offsets = randomPoints(500, 3).map(offset => offset / depth)
    const actual = evaluator.evaluate(new Float32Array(1500), offsets)
    const expected = evaluateFolded(
      new Float64Array(1500),
      folded,
      Float64Array.from(offsets, offset => offset * depth),
    )
    actual.forEach((value, i) => expect(Math.abs(value - expected[i]), `output ${i}`).toBeLessThanOrEqual(ATOL))
  })

  test('after its weights were replaced by those of another net', () => {
    const [japan, usa] = (['japan', 'usa'] as const).map(name => foldNetwork(oracleNetwork(name)))
    const evaluator = new Evaluator(japan, kernel)
    evaluator.setCentre(0.5, 0.5)
    evaluator.setNetwork(usa)
    const { error, at } = largestError(usa, evaluator, randomPoints(77, 1))
    expect(error, at).toBeLessThanOrEqual(ATOL)
  })
})

test('the moments are those of the points that were added, however they were, and of one net', () => {
  const [japan, usa] = (['japan', 'usa'] as const).map(name => foldNetwork(oracleNetwork(name)))
  const points = randomPoints(501, 3)
  const evaluator = new Evaluator(japan)
  evaluator.addMoments(points)
  evaluator.setNetwork(usa)
  // Parts that fill no block.
  for (const [from, to] of [
    [0, 70],
    [70, 73],
    [73, 501],
  ])
    evaluator.addMoments(points.subarray(2 * from, 2 * to))
  const { mean, variance } = evaluator.momentsOf(usa.layers.length - 1, 3)
  const outputs = evaluateFolded(new Float64Array(1503), usa, points)
  for (let channel = 0; channel < 3; channel++) {
    const values = Array.from({ length: 501 }, (_, i) => outputs[3 * i + channel])
    const expected = values.reduce((a, b) => a + b, 0) / 501
    const squares = values.reduce((sum, value) => sum + (value - expected) ** 2, 0)
    expect(Math.abs(mean[channel] - expected)).toBeLessThan(1e-5)
    expect(Math.abs(variance[channel] / (squares / 500) - 1)).toBeLessThan(1e-4)
  }
})

test('a point gives the same bits whatever is evaluated with it', () => {
  const evaluator = new Evaluator(foldNetwork(oracleNetwork('nepal')))
  const points = randomPoints(1000, 9)
  const together = evaluator.evaluate(new Float32Array(3000), points)
  for (const i of [0, 1, 63, 64, 500, 999]) {
    const alone = evaluator.evaluate(new Float32Array(3), points.subarray(2 * i, 2 * i + 2))
    expect([...alone]).toEqual([...together.subarray(3 * i, 3 * i + 3)])
  }
})

test('a net beyond float32 is refused, by the layer', () => {
  const folded = foldNetwork(oracleNetwork('japan'))
  const layers = folded.layers.map((layer, i) => (i === 3 ? { ...layer, bias: layer.bias.map(() => 1e39) } : layer))
  expect(() => new Evaluator({ layers })).toThrow(UnsupportedError)
  expect(() => new Evaluator({ layers })).toThrow(/^dense4: .* beyond float32/)
  expect(createEvaluator({ layers })).toBeNull()
})

test('nothing is read or written outside of what it was given', () => {
  // The evaluator's own layout, with a guard behind each part. Everything that is nobody's is NaN with a mark: what is
  // read there would spoil an output, what is written there would lose the mark.
  const NAN_MARK = 0x7fc0_beef
  const { layers } = foldNetwork(networkOf(randomTensors([7, 13, 6], [2], 11)))
  for (const count of [1, 15, 16, 17, 63, 64, 65, 200]) {
    const arena = new Arena()
    const parts: { at: number; bytes: number }[] = []
    const reserve = (bytes: number) => {
      const at = arena.bytes(bytes)
      arena.bytes(64)
      parts.push({ at, bytes })
      return at
    }
    const table = reserve(layers.length * 4 * RECORD_WORDS)
    const places = layers.map(({ outDim }, i) => {
      const inDim = i === 0 ? 2 : quadsUp(layers[i - 1].outDim)
      return { inDim, weight: reserve(quadsUp(outDim) * inDim * 4), bias: reserve(quadsUp(outDim) * 4) }
    })
    const widest = Math.max(...layers.map(({ outDim }) => quadsUp(outDim)))
    const matrices = [reserve(widest * BLOCK * 4), reserve(widest * BLOCK * 4)]
    const inputs = reserve(count * 8)
    const outputs = reserve(count * 12)
    const { memory, exports } = STRICT.createInstance(arena.sizeBytes + 4096)
    const words = new Uint32Array(memory.buffer)
    const floats = new Float32Array(memory.buffer)
    words.fill(NAN_MARK, MEMORY_BASE / 4)
    layers.forEach(({ inDim, outDim, weight, bias, activation }, i) => {
      const place = places[i]
      words.set(
        [place.inDim, quadsUp(outDim) / 4, activation ? 1 : 0, place.weight, place.bias, 0, 0, 0, 0, 0, 0],
        table / 4 + i * RECORD_WORDS,
      )
      floats.fill(0, place.weight / 4, place.weight / 4 + quadsUp(outDim) * place.inDim)
      floats.fill(0, place.bias / 4, place.bias / 4 + quadsUp(outDim))
      for (let o = 0; o < outDim; o++) {
        for (let k = 0; k < inDim; k++)
          floats[place.weight / 4 + (o >> 2) * place.inDim * 4 + k * 4 + (o & 3)] = weight[o * inDim + k]
        floats[place.bias / 4 + o] = bias[o]
      }
    })
    const points = randomPoints(count, count)
    floats.set(points, inputs / 4)
    const before = words.slice()
    exports.evaluate(table, layers.length, inputs, outputs, count, matrices[0], matrices[1])

    const expected = new Evaluator({ layers }).evaluate(new Float32Array(count * 3), points)
    expect(floats.slice(outputs / 4, outputs / 4 + count * 3), `${count} points`).toEqual(expected)
    const writable = new Set([...matrices, outputs])
    const isWritable = (at: number) =>
      parts.some(part => writable.has(part.at) && at >= part.at && at < part.at + part.bytes)
    const changed = [...words.keys()].filter(word => words[word] !== before[word] && !isWritable(word * 4))
    expect(changed, `${count} points`).toEqual([])
  }
})

test('results are written where they belong, and nowhere else', () => {
  const evaluator = new Evaluator(foldNetwork(oracleNetwork('japan')))
  for (const count of [1, 4095, 4096, 4097]) {
    const room = new Float32Array(3 * count + 20).fill(-7)
    evaluator.evaluate(room.subarray(10, 10 + 3 * count), randomPoints(count, 2))
    expect([...room.subarray(0, 10), ...room.subarray(10 + 3 * count)].every(value => value === -7)).toBe(true)
    expect(room.subarray(10, 10 + 3 * count).every(value => value !== -7)).toBe(true)
  }
})

describe.each(ARITHMETICS)('GELU in %s arithmetic', (arithmetic, kernel) => {
  /** One unit that passes x on to GELU, and a head that passes that on. */
  const unit: FoldedNetwork = {
    layers: [
      {
        name: 'dense1',
        inDim: 2,
        outDim: 1,
        activation: { kind: 'gelu' },
        weight: Float64Array.of(1, 0),
        bias: Float64Array.of(0),
      },
      {
        name: 'dense_head',
        inDim: 1,
        outDim: 3,
        activation: null,
        weight: Float64Array.of(1, 1, 1),
        bias: new Float64Array(3),
      },
    ],
  }
  const geluOf = (xs: readonly number[]) => {
    const inputs = Float32Array.from(xs.flatMap(x => [x, 0]))
    const out = new Evaluator(unit, kernel).evaluate(new Float32Array(3 * xs.length), inputs)
    return xs.map((_, i) => out[3 * i])
  }
  const MAX_FLOAT32 = 3.4028234663852886e38

  test('is exact to float32 at chosen numbers', () => {
    const magnitudes = [
      0, 1e-40, 1e-8, 1e-3, 0.5, 0.84375, 1, 2, 3, 4, 5, 5.49, 5.5, 6, 6.24, 6.25, 6.26, 10, 100, 1e4, 1e30,
    ]
    const xs = [...magnitudes, ...magnitudes.map(x => -x)].map(Math.fround)
    geluOf(xs).forEach((value, i) =>
      expect(Math.abs(value - gelu(xs[i])), `gelu(${xs[i]}) = ${value}`).toBeLessThanOrEqual(
        GELU_TOLERANCE * Math.max(1, Math.abs(xs[i])),
      ),
    )
  })

  test('is exact to float32 everywhere in between', () => {
    const xs = Array.from({ length: 20_001 }, (_, i) => Math.fround((i - 10_000) / 1250))
    let worst = { error: 0, x: 0 }
    geluOf(xs).forEach((value, i) => {
      const error = Math.abs(value - gelu(xs[i])) / Math.max(1, Math.abs(xs[i]))
      if (!(error <= worst.error)) worst = { error, x: xs[i] }
    })
    expect(worst.error, `at ${worst.x}`).toBeLessThanOrEqual(GELU_TOLERANCE)
  })

  test('rounds in its tail by no more than the tail is worth', () => {
    // A unit that lives there may be blown up by batch norm behind it.
    const xs = Array.from({ length: 4000 }, (_, i) => Math.fround(-2 - i / 1000))
    geluOf(xs).forEach((value, i) =>
      expect(Math.abs(value - gelu(xs[i])), `at ${xs[i]}`).toBeLessThanOrEqual(TAIL_ATOL),
    )
  })

  test('is nothing far below and the identity far above, to the end of float32', () => {
    const below = geluOf([-6.25, -7, -1e4, -1e30, -MAX_FLOAT32])
    if (arithmetic === 'strict') expect(below.map(value => value + 0)).toEqual([0, 0, 0, 0, 0])
    // What an eighth power leaves: batch norm would have to multiply it by a million for anybody to see it.
    else for (const value of below.slice(1)) expect(Math.abs(value)).toBeLessThan(1e-10)
    const large = [6.25, 1e4, 1e30, MAX_FLOAT32].map(Math.fround)
    expect(geluOf(large)).toEqual(large)
  })

  test('lets NaN through', () => {
    expect(geluOf([Number.NaN, 1])[0]).toBeNaN()
  })
})
