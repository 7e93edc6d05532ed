// Muon in the kernel against float64.

import { describe, expect, test } from 'vitest'
import { createDenseArchitecture } from '../../src/model/architecture.js'
import { STRICT } from '../../src/kernel/module.js'
import { TrainingKernel } from '../../src/kernel/training.js'
import { createOptimizer } from '../../src/train/optimizer.js'
import { createRandom } from '../model/network-files.js'
import { Float64Muon, orthogonalized } from './float64-muon.js'
import { largest, largestDifference, randomParameters } from './training-cases.js'

// Fifteen float32 products of matrices up to 96 wide, whose numbers are below 1; the quintic triples an error a step.
const MUON_ATOL = 2e-5

const SCRATCH = 65_536

/** The kernel's own orthogonalisation of a matrix, padded to quads. */
function orthogonalizedByKernel(rows: number, columns: number, values: ArrayLike<number>): Float32Array {
  const [paddedRows, stride] = [rows, columns].map(count => Math.ceil(count / 4) * 4)
  const side = Math.max(paddedRows, stride)
  const { exports, memory } = STRICT.createInstance(SCRATCH * 2 + 6 * side * side * 4)
  const matrix = new Float32Array(memory.buffer, SCRATCH, paddedRows * stride)
  for (let i = 0; i < rows * columns; i++) matrix[Math.floor(i / columns) * stride + (i % columns)] = values[i]
  // What lies in the scratch from before must not matter.
  new Float32Array(memory.buffer, SCRATCH * 2).fill(Number.NaN)
  exports.orthogonalize(SCRATCH, SCRATCH * 2, paddedRows, stride)
  const isPadding = (at: number) => Math.floor(at / stride) >= rows || at % stride >= columns
  expect(matrix.filter((_, at) => isPadding(at)).every(value => value === 0)).toBe(true)
  return matrix.filter((_, at) => !isPadding(at))
}

function randomMatrix(rows: number, columns: number, seed: number, size = 1): Float32Array {
  const random = createRandom(seed)
  return Float32Array.from({ length: rows * columns }, () => size * (2 * random() - 1))
}

describe('the orthogonalised matrix', () => {
  test.each([
    ['square', 32, 32],
    ['tall', 32, 16],
    ['wide', 16, 32],
    ['very tall', 96, 4],
    ['one row', 1, 24],
    ['one column', 24, 1],
    ['of widths that are no multiple of four', 5, 7],
    ['tall, of such widths', 13, 6],
    ['a number', 1, 1],
  ])('%s is that of float64', (_, rows, columns) => {
    for (const size of [1, 1e-4, 1e4]) {
      const values = randomMatrix(rows, columns, 10 * rows + columns, size)
      const actual = orthogonalizedByKernel(rows, columns, values)
      expect(largestDifference(actual, orthogonalized({ rows, columns, values })), `size ${size}`).toBeLessThan(
        MUON_ATOL,
      )
    }
  })

  test('has singular values near 1', () => {
    const [rows, columns] = [16, 32]
    const x = orthogonalizedByKernel(rows, columns, randomMatrix(rows, columns, 5))
    // The mean of the squared singular values is that of the diagonal of X X'; the page's coefficients leave 0.7 to 1.2.
    const meanSquare = x.reduce((sum, value) => sum + value * value, 0) / rows
    expect(meanSquare).toBeGreaterThan(0.7 ** 2)
    expect(meanSquare).toBeLessThan(1.2 ** 2)
  })

  test('of zero is zero', () => {
    expect(orthogonalizedByKernel(8, 5, new Float32Array(40)).every(value => value === 0)).toBe(true)
  })
})

describe('the optimizer', () => {
  const RATE = 0.02
  const ADAM_RATE = 0.003
  // dense2 and dense3 are hidden matrices, one wide and one tall, of widths that are padded.
  const net = createDenseArchitecture([9, 5, 14], [2])

  test('moves hidden matrices by Nesterov momentum 0.95, orthogonalised and scaled by sqrt(max(1, rows / columns))', () => {
    const kernel = new TrainingKernel(net, 16, { width: 1, height: 1 })
    kernel.load(randomParameters(net, 1))
    const muon = createOptimizer({ optimizer: 'muon', rate: RATE, adamRate: ADAM_RATE, whitening: false })
    const places = kernel.layout.learnable.filter(({ name }) => name === 'dense2.weight' || name === 'dense3.weight')
    expect(places).toHaveLength(2)
    const truths = places.map(() => new Float64Muon(0.95))
    const weights = places.map(({ name }) => Float64Array.from(kernel.tensors().get(name)!))
    for (let step = 1; step <= 6; step++) {
      // The rate falls, as it does in a run.
      const factor = 1 - step / 10
      places.forEach(({ start, stride, rows, columns }, k) => {
        const values = randomMatrix(rows, columns, 100 * step + k, 0.1)
        for (let row = 0; row < rows; row++)
          kernel.exchange.set(values.subarray(row * columns, (row + 1) * columns), start + row * stride)
        const update = truths[k].update({ rows, columns, values }, RATE * factor)
        weights[k] = weights[k].map((weight, i) => weight - update[i])
      })
      muon.update(kernel, step, factor)
      places.forEach(({ name }, k) =>
        expect(largestDifference(kernel.tensors().get(name)!, weights[k]), `${name}, step ${step}`).toBeLessThan(1e-6),
      )
    }
  })

  test('moves everything else by Adam with its own rate', () => {
    const kernel = new TrainingKernel(net, 16, { width: 1, height: 1 })
    const before = randomParameters(net, 1)
    kernel.load(before)
    const random = createRandom(2)
    for (let i = 0; i < kernel.layout.parameterCount; i++) kernel.exchange[i] = random() - 0.5
    const gradients = kernel.gradients()
    createOptimizer({ optimizer: 'muon', rate: RATE, adamRate: ADAM_RATE, whitening: false }).update(kernel, 1, 1)
    for (const [name, gradient] of gradients) {
      if (name === 'dense2.weight' || name === 'dense3.weight') continue
      // The first step of Adam is the rate, in the direction of the gradient's sign; eps is 1e-8.
      const expected = before.get(name)!.map((value, i) => value - ADAM_RATE * Math.sign(gradient[i]))
      expect(largestDifference(kernel.tensors().get(name)!, expected), name).toBeLessThan(1e-6)
    }
  })

  test('of a gradient of zero moves nothing', () => {
    for (const optimizer of ['adam', 'muon'] as const) {
      const kernel = new TrainingKernel(net, 16, { width: 1, height: 1 })
      kernel.load(randomParameters(net, 1))
      const before = kernel.parameters.slice()
      createOptimizer({ optimizer, rate: RATE, adamRate: ADAM_RATE, whitening: false }).update(kernel, 1, 1)
      expect(largest(kernel.parameters.map((value, i) => value - before[i]))).toBe(0)
    }
  })
})
