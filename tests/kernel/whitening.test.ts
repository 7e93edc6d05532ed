// Whitening in the kernel against float64: second moments of the layers' inputs, C, and the step that Muon takes with it.

import { describe, expect, test } from 'vitest'
import { createDenseArchitecture, MYSTERY_NET } from '../../src/model/architecture.js'
import { STRICT } from '../../src/kernel/module.js'
import { TrainingKernel } from '../../src/kernel/training.js'
import { createOptimizer } from '../../src/train/optimizer.js'
import { createRandom } from '../model/network-files.js'
import { orthogonalized, product, transposed } from './float64-muon.js'
import { linearInputs } from './float64-training.js'
import { computeGradients, largest, largestDifference, randomBatch, randomParameters } from './training-cases.js'

// Sums of 512 float32 products of numbers of some units, relative to the largest.
const MOMENTS_RTOL = 1e-5
// C is computed in float64 from float32 moments and rounded once; an eigenvalue's root is divided by, damping 0.1.
const WHITENING_ATOL = 2e-5
// As in muon.test.ts, with two more products on either side.
const STEP_ATOL = 5e-5

const WHITENED = { isWeighted: false, isWhitened: true }
const SIZE = { width: 1, height: 1 }
// Widths that are padded: five inputs and seven.
const PADDED = createDenseArchitecture([5, 7, 6], [2])

/** The mean of a a', a = (x; 1), over the first `count` rows of x [n, inDim]: [inDim + 1, inDim + 1]. */
function momentsOf(x: Float64Array, inDim: number, count: number): Float64Array {
  const size = inDim + 1
  const moments = new Float64Array(size * size)
  for (let n = 0; n < count; n++) {
    const a = [...x.subarray(n * inDim, (n + 1) * inDim), 1]
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) moments[i * size + j] += (a[i] * a[j]) / count
  }
  return moments
}

/** The part of a kernel's padded matrix that stands for (x; 1): the one is behind the padding. */
function unpadded(padded: Float32Array, stride: number, inDim: number, paddedDim: number): Float64Array {
  const places = [...Array.from({ length: inDim }, (_, i) => i), paddedDim]
  return Float64Array.from(places.flatMap(i => places.map(j => padded[i * stride + j])))
}

describe('the second moments of the inputs', () => {
  test.each([
    ['MysteryNet', MYSTERY_NET, 512],
    ['padded widths', PADDED, 80],
  ])('of %s are those of float64, after batch norm and with the constant one', (_, architecture, count) => {
    const tensors = randomParameters(architecture, 1)
    const batch = randomBatch(count + 64, 2)
    const kernel = new TrainingKernel(architecture, count + 64, SIZE, WHITENED)
    kernel.load(tensors)
    kernel.setBatch(batch.inputs, batch.targets)
    kernel.forward()
    kernel.measureMoments(count)
    kernel.blendMoments(1)
    const inputs = linearInputs(architecture, tensors, batch)
    expect(kernel.layout.whitened).toHaveLength(inputs.size - 2)
    for (const { weight, size, stride, start } of kernel.layout.whitened) {
      const expected = momentsOf(inputs.get(weight.name.replace('.weight', ''))!, weight.columns, count)
      const taken = kernel.inputMoments.subarray(start, start + stride * stride)
      expect(
        largestDifference(unpadded(taken, stride, weight.columns, size - 1), expected) / largest(expected),
        weight.name,
      ).toBeLessThan(MOMENTS_RTOL)
    }
  })

  test('are a moving average', () => {
    const kernel = new TrainingKernel(PADDED, 64, SIZE, WHITENED)
    kernel.load(randomParameters(PADDED, 1))
    const { inputs, targets } = randomBatch(64, 2)
    kernel.setBatch(inputs, targets)
    kernel.forward()
    kernel.measureMoments(64)
    kernel.blendMoments(1)
    const once = kernel.inputMoments.slice()
    kernel.inputMoments.fill(0)
    kernel.blendMoments(0.25)
    kernel.blendMoments(0.25)
    expect(
      largestDifference(
        kernel.inputMoments,
        once.map(value => value * (1 - 0.75 ** 2)),
      ),
    ).toBeLessThan(1e-5)
  })
})

/** C of a symmetric positive matrix [size, size], by the kernel. */
function whitened(moments: ArrayLike<number>, size: number, count: number, damping: number): Float64Array {
  const stride = Math.ceil(size / 4) * 4
  const { exports, memory } = STRICT.createInstance(65_536 * 8)
  const [from, to, scratch] = [65_536, 2 * 65_536, 3 * 65_536]
  const padded = new Float32Array(memory.buffer, from, stride * stride)
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) padded[i * stride + j] = moments[i * size + j]
  new Float32Array(memory.buffer, to, stride * stride).fill(Number.NaN)
  exports.whiten(from, to, size, count, damping, scratch)
  const out = new Float32Array(memory.buffer, to, stride * stride)
  expect(out.every((value, at) => (at % stride < size && Math.floor(at / stride) < size) || value === 0)).toBe(true)
  return Float64Array.from({ length: size * size }, (_, at) => out[Math.floor(at / size) * stride + (at % size)])
}

describe('C', () => {
  test.each([1, 2, 5, 17, 33])(
    'of %i inputs makes white noise of the damped moments: C (A / mean + 0.1) C is 1',
    size => {
      const random = createRandom(size)
      for (const spread of [1, 1e-3, 1e4]) {
        // Inputs of very different sizes, some nearly the same.
        const samples = Array.from({ length: 3 * size }, () => {
          const common = random()
          return Array.from({ length: size }, (_, i) => spread * 10 ** (-3 * (i / size)) * (common + 0.1 * random()))
        })
        const moments = new Float64Array(size * size)
        for (const a of samples)
          for (let i = 0; i < size; i++)
            for (let j = 0; j < size; j++) moments[i * size + j] += Math.fround(a[i] * a[j])
        const rounded = Float64Array.from(Float32Array.from(moments))
        const c = whitened(rounded, size, size, 0.1)
        expect(largestDifference(c, transposed(c, size, size))).toBe(0)
        const trace = Array.from({ length: size }, (_, i) => rounded[i * size + i]).reduce((a, b) => a + b, 0)
        const damped = rounded.map((value, at) => (size * value) / trace + (at % (size + 1) === 0 ? 0.1 : 0))
        const identity = product(product(c, damped, size, size, size), c, size, size, size)
        const expected = identity.map((_, at) => (at % (size + 1) === 0 ? 1 : 0))
        expect(largestDifference(identity, expected), `spread ${spread}`).toBeLessThan(WHITENING_ATOL)
      }
    },
  )

  test('of moments that are diagonal is diagonal', () => {
    const c = whitened([4, 0, 0, 0, 1, 0, 0, 0, 1], 3, 3, 0.1)
    const expected = [2.1, 0.6, 0.6].map(value => 1 / Math.sqrt(value))
    expect(largestDifference(c, [expected[0], 0, 0, 0, expected[1], 0, 0, 0, expected[2]])).toBeLessThan(1e-7)
  })
})

describe('Muon on whitened inputs', () => {
  test.each([
    ['MysteryNet', MYSTERY_NET],
    ['padded widths', PADDED],
  ])('moves weight and bias of hidden layers of %s together, as float64 does', (_, architecture) => {
    const [rate, beta] = [0.02, 0.95]
    const kernel = new TrainingKernel(architecture, 512, SIZE, WHITENED)
    kernel.load(randomParameters(architecture, 1))
    const { inputs, targets } = randomBatch(512, 2)
    kernel.setBatch(inputs, targets)
    const muon = createOptimizer({ optimizer: 'muon', rate, adamRate: 0.003, whitening: true })
    const momenta = new Map<string, Float64Array>()
    for (let step = 1; step <= 4; step++) {
      computeGradients(kernel)
      kernel.measureMoments(512)
      kernel.blendMoments(0.05)
      kernel.whiten(0.1)
      const before = kernel.tensors()
      const gradients = kernel.gradients()
      const factor = 1 - step / 10
      muon.update(kernel, step, factor)
      for (const place of kernel.layout.whitened) {
        const { weight } = place
        const bias = place.bias!
        const { rows, columns } = weight
        const size = columns + 1
        const joined = (w: Float32Array, b: Float32Array) =>
          Float64Array.from({ length: rows * size }, (_, at) =>
            at % size < columns ? w[Math.floor(at / size) * columns + (at % size)] : b[Math.floor(at / size)],
          )
        const g = joined(gradients.get(weight.name)!, gradients.get(bias.name)!)
        const momentum = (momenta.get(weight.name) ?? new Float64Array(g.length)).map((m, i) => beta * m + g[i])
        momenta.set(weight.name, momentum)
        const nesterov = momentum.map((m, i) => g[i] + beta * m)
        const c = unpadded(kernel.whiteningOf(place), place.stride, columns, place.size - 1)
        const inner = orthogonalized({ rows, columns: size, values: product(nesterov, c, rows, size, size) })
        const update = product(inner, c, rows, size, size)
        const norm = Math.sqrt(update.reduce((sum, value) => sum + value * value, 0))
        const scale = (rate * factor * Math.sqrt(Math.max(1, rows / columns)) * Math.sqrt(Math.min(rows, size))) / norm
        const expected = joined(before.get(weight.name)!, before.get(bias.name)!).map((v, i) => v - scale * update[i])
        const after = kernel.tensors()
        expect(
          largestDifference(joined(after.get(weight.name)!, after.get(bias.name)!), expected),
          `${weight.name}, step ${step}`,
        ).toBeLessThan(STEP_ATOL)
      }
    }
  })

  test('leaves the padding at zero, and Adam the rest', () => {
    const kernel = new TrainingKernel(PADDED, 64, SIZE, WHITENED)
    const before = randomParameters(PADDED, 1)
    kernel.load(before)
    const { inputs, targets } = randomBatch(64, 2)
    kernel.setBatch(inputs, targets)
    const muon = createOptimizer({ optimizer: 'muon', rate: 0.02, adamRate: 0.003, whitening: true })
    for (let step = 1; step <= 30; step++) {
      computeGradients(kernel)
      kernel.measureMoments(64)
      kernel.blendMoments(0.05)
      kernel.whiten(0.1)
      muon.update(kernel, step, 1)
    }
    for (const { name, start, rows, columns, stride, paddedRows } of kernel.layout.learnable) {
      const own = kernel.parameters.subarray(start, start + paddedRows * stride)
      const isPadding = (at: number) => Math.floor(at / stride) >= rows || at % stride >= columns
      expect(
        own.every((value, at) => !isPadding(at) || value === 0),
        name,
      ).toBe(true)
    }
    // A first step of Adam would be its rate; thirty steps leave every tensor moved.
    for (const [name, values] of kernel.tensors())
      if (!name.includes('running')) expect(largestDifference(values, before.get(name)!), name).toBeGreaterThan(1e-4)
  })
})
