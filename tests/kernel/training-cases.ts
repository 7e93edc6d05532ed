// Cases for the training kernel: architectures of the family, random tensors and batches. Everything is seeded.

import {
  type Architecture,
  createDenseArchitecture,
  MYSTERY_NET,
  parameterSpecs,
} from '../../src/model/architecture.js'
import { TrainingKernel } from '../../src/kernel/training.js'
import { createRandom } from '../model/network-files.js'
import type { TrainingBatch } from './float64-training.js'

/** By name: the class every file has, and others that exercise padding, missing batch norms and shallowness. */
export const ARCHITECTURES: readonly (readonly [string, Architecture])[] = [
  ['MysteryNet', MYSTERY_NET],
  ['widths 5-7-6, batch norm after 2', createDenseArchitecture([5, 7, 6], [2])],
  ['widths 7-5-9-3, batch norm after every layer', createDenseArchitecture([7, 5, 9, 3], [1, 2, 3, 4])],
  ['widths 8-8-8, no batch norm', createDenseArchitecture([8, 8, 8], [])],
  ['one hidden layer of 13', createDenseArchitecture([13], [])],
  ['one hidden unit with batch norm', createDenseArchitecture([1], [1])],
]

/** Tensors of the size that training has them, rounded to float32. */
export function randomParameters({ layers }: Architecture, seed: number): Map<string, Float32Array> {
  const random = createRandom(seed)
  const tensors = new Map<string, Float32Array>()
  for (const layer of layers) {
    for (const { name, shape, learnable } of parameterSpecs(layer)) {
      const inDim = layer.kind === 'linear' ? layer.inDim : (shape[1] ?? 1)
      const [middle, spread] =
        layer.kind === 'linear' || layer.kind === 'blocks'
          ? [0, 2 / Math.sqrt(inDim)]
          : name.endsWith('weight') || !learnable
            ? [1, 0.5]
            : [0, 0.5]
      const length = shape.reduce((a, b) => a * b, 1)
      tensors.set(
        name,
        Float32Array.from({ length }, () => middle + spread * (2 * random() - 1)),
      )
    }
  }
  return tensors
}

/** As {@link randomBatch}, of points that no kink of the net is near, with some targets at the ends of the range. */
export function batchOfSize(_: Architecture, count: number, seed: number): TrainingBatch {
  const { inputs, targets } = randomBatch(count, seed)
  return { inputs, targets: Float32Array.from(targets, value => (value < 0.2 ? 0 : value > 0.8 ? 1 : value)) }
}

/** Points of the frame and colours, rounded to float32. */
export function randomBatch(count: number, seed: number): TrainingBatch {
  const random = createRandom(seed)
  const inputs = Float32Array.from({ length: 2 * count }, () => 2 * random() - 1)
  const targets = Float32Array.from({ length: 3 * count }, () => random())
  return { inputs, targets }
}

/** A kernel with these tensors and this batch in it. */
export function kernelOf(
  architecture: Architecture,
  tensors: ReadonlyMap<string, Float32Array>,
  { inputs, targets }: TrainingBatch,
): TrainingKernel {
  const kernel = new TrainingKernel(architecture, inputs.length / 2, { width: 1, height: 1 })
  kernel.load(tensors)
  kernel.setBatch(inputs, targets)
  return kernel
}

/** Forward, loss and backward; returns the loss. */
export function computeGradients(kernel: TrainingKernel, isDisplayed = false): number {
  kernel.forward()
  const loss = kernel.measureLoss(isDisplayed)
  kernel.backward()
  return loss
}

/** The batch as the kernel holds it, taken out of its blocks. */
export function batchOf(kernel: TrainingKernel) {
  const { batch, inputs, targets } = kernel.layout
  const floats = new Float32Array(kernel.parameters.buffer)
  const read = (at: number, rows: number) =>
    Array.from({ length: batch }, (_, i) =>
      Array.from({ length: rows }, (_, row) => floats[at / 4 + Math.floor(i / 64) * rows * 64 + row * 64 + (i % 64)]),
    )
  return { inputs: read(inputs, 2), targets: read(targets, 3) }
}

/** The largest absolute number. */
export function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((max, value) => Math.max(max, Math.abs(value)), 0)
}

/** The largest difference of two lists of one length. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) throw new Error(`expected ${expected.length} numbers, got ${actual.length}`)
  return largest(Array.from(actual, (value, i) => value - expected[i]))
}
