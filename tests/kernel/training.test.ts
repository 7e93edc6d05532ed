// The training kernel: a step of MysteryNet against PyTorch's float64, other nets of the family against float64 of the
// test folder (float64-training.ts), which is held against PyTorch and against its own central differences.

import { describe, expect, test } from 'vitest'
import { createDenseArchitecture, MYSTERY_NET } from '../../src/model/architecture.js'
import { gelu, geluDerivative } from '../../src/model/erf.js'
import { StateDict } from '../../src/model/state-dict.js'
import { type Tensors, TrainingKernel } from '../../src/kernel/training.js'
import { networkTensors } from '../../src/train/network-tensors.js'
import { createOptimizer, type Optimizer } from '../../src/train/optimizer.js'
import { isFull } from '../is-full.js'
import { createRandom } from '../model/network-files.js'
import { ARITHMETICS } from './arithmetics.js'
import { centralDifference, learnableTensors, trainingStep } from './float64-training.js'
import { flat, stepKernel, stepStart, stepTruth } from './step-truth.js'
import {
  ARCHITECTURES,
  computeGradients,
  kernelOf,
  largest,
  largestDifference,
  randomBatch,
  randomParameters,
} from './training-cases.js'

// PyTorch's default.
const STATISTICS_MOMENTUM = 0.1

// A gradient is a float32 sum of float32 products: of the largest one of its tensor, 1e-6 is off here at most.
const GRADIENT_RTOL = 3e-6
// The bias in front of GELU and batch norm: batch norm takes out what all pixels share, so what is left of sums of large
// numbers is small, and only their rounding counts. The same formulas in NumPy's float32 are off by 4.5e-5 of the largest
// gradient of dense2.bias, the kernel by 3.1e-5; of the largest gradient of the whole net that is 1e-6.
const GRADIENT_ATOL_OF_NET = 3e-6
// Wilder nets and batches of 16: nearly constant units are scaled up by batch norm, and with them their rounding.
const RANDOM_GRADIENT_RTOL = 5e-5
const RANDOM_GRADIENT_ATOL_OF_NET = 5e-5
// Sums of squares in float32 by block, in float64 over blocks; the outputs are off by 1e-6.
const LOSS_RTOL = 2e-6
// Float32 of numbers up to 1: half an ulp is 6e-8, blended with momentum five times.
const STATISTICS_ATOL = 3e-7
// Adam divides a gradient by its own size, so a step is off by as much of the rate as the gradient is of itself; 2e-7 is
// seen, of parameters up to 1 and five steps of 1e-3.
const PARAMETER_ATOL = 1e-6
// The loss after five steps, in float32 parameters.
const LOSS_ATOL = 1e-6
// Central differences with h = 1e-5: h squared from the third derivative, 1e-16 / h from rounding.
const DIFFERENCE_STEP = 1e-5
const DIFFERENCE_ATOL = 1e-7
// PyTorch printed 17 digits; both are float64.
const FLOAT64_RTOL = 1e-12

function batchOfTruth() {
  return { inputs: stepTruth.points.flat(), targets: stepTruth.targets.flat() }
}

/** Holds gradients against expected ones, tensor by tensor, with a tolerance relative to the tensor's and the net's largest. */
function expectGradients(
  actual: Tensors,
  expected: ReadonlyMap<string, ArrayLike<number>>,
  rtol: number,
  atolOfNet: number,
): void {
  expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort())
  const ofNet = Math.max(...[...expected.values()].map(largest))
  for (const [name, values] of expected) {
    const tolerance = rtol * largest(values) + atolOfNet * ofNet
    expect(largestDifference(actual.get(name)!, values), `${name}, of ${largest(values)}`).toBeLessThanOrEqual(
      tolerance,
    )
  }
}

const nested = (record: Readonly<Record<string, Parameters<typeof flat>[0]>>) =>
  new Map(Object.entries(record).map(([name, values]) => [name, flat(values)]))

describe('the float64 of the tests', () => {
  test('agrees with PyTorch in loss, gradients and statistics', () => {
    const { loss, gradients, statistics } = trainingStep(MYSTERY_NET, stepStart(), batchOfTruth())
    expect(Math.abs(loss / stepTruth.losses[0] - 1)).toBeLessThan(FLOAT64_RTOL)
    expect(gradients.size).toBe(Object.keys(stepTruth.gradients_step1).length)
    for (const [name, values] of nested(stepTruth.gradients_step1))
      expect(largestDifference(gradients.get(name)!, values), name).toBeLessThan(FLOAT64_RTOL)
    for (const [name, values] of nested(stepTruth.running_after_1_forward)) {
      const start = name.endsWith('mean') ? 0 : 1
      const running = statistics.get(name)!.map(value => 0.9 * start + STATISTICS_MOMENTUM * value)
      expect(largestDifference(running, values), name).toBeLessThan(FLOAT64_RTOL)
    }
  })

  test.each(ARCHITECTURES)('%s: gradients are the central differences of the loss, plain and displayed', (_, net) => {
    const random = createRandom(21)
    const tensors = randomParameters(net, 22)
    const { inputs, targets } = randomBatch(24, 23)
    // Some targets at the ends of the range, where the displayed loss is cut.
    const cut = Array.from(targets, target => (target < 0.2 ? 0 : target > 0.8 ? 1 : target))
    for (const kind of ['plain', 'displayed'] as const) {
      const batch = { inputs, targets: cut }
      const { gradients } = trainingStep(net, tensors, batch, kind)
      for (const { name, length } of learnableTensors(net)) {
        const index = Math.floor(random() * length)
        const difference = centralDifference(net, tensors, batch, name, index, DIFFERENCE_STEP, kind)
        const gradient = gradients.get(name)![index]
        expect(Math.abs(gradient - difference), `${kind}, ${name}[${index}] = ${gradient}`).toBeLessThan(
          DIFFERENCE_ATOL * Math.max(1, largest(gradients.get(name)!)),
        )
      }
    }
  })
})

describe.each(ARITHMETICS)(
  'a training step in %s arithmetic agrees with PyTorch in float64',
  (_arithmetic, arithmetic) => {
    test('the loss and the gradient of every tensor', () => {
      const kernel = stepKernel(arithmetic)
      const loss = computeGradients(kernel)
      expect(Math.abs(loss / stepTruth.losses[0] - 1)).toBeLessThan(LOSS_RTOL)
      expect(kernel.loss).toBe(Math.fround(loss))
      expectGradients(kernel.gradients(), nested(stepTruth.gradients_step1), GRADIENT_RTOL, GRADIENT_ATOL_OF_NET)
    })

    test('the running statistics after one forward pass', () => {
      const kernel = stepKernel(arithmetic)
      kernel.forward()
      kernel.updateStatistics(STATISTICS_MOMENTUM)
      const tensors = kernel.tensors()
      for (const [name, values] of nested(stepTruth.running_after_1_forward))
        expect(largestDifference(tensors.get(name)!, values), name).toBeLessThan(STATISTICS_ATOL)
    })

    test('five losses and everything in the file after five steps of Adam', () => {
      const kernel = stepKernel(arithmetic)
      const adam = createOptimizer({ optimizer: 'adam', rate: 1e-3, adamRate: Number.NaN, whitening: false })
      stepTruth.losses.forEach((expected, index) => {
        expect(Math.abs(computeGradients(kernel) - expected), `loss of step ${index + 1}`).toBeLessThan(LOSS_ATOL)
        kernel.updateStatistics(STATISTICS_MOMENTUM)
        adam.update(kernel, index + 1, 1)
      })
      const file = StateDict.parse(StateDict.create(networkTensors(MYSTERY_NET, kernel.tensors(), 5)).serialize())
      const expected = nested(stepTruth.state_after_5_adam_steps)
      expect([...file.names].sort()).toEqual([...expected.keys()].sort())
      for (const [name, values] of expected) {
        const tolerance = name.endsWith('num_batches_tracked')
          ? 0
          : name.includes('running')
            ? STATISTICS_ATOL
            : PARAMETER_ATOL
        expect(largestDifference(file.values(name), values), name).toBeLessThanOrEqual(tolerance)
      }
    })
  },
)

// No power of two, less than a block, one block, a block and a bit, many blocks.
const BATCHES = [16, 48, 64, 80, 4112]

describe.each(ARCHITECTURES)('%s', (_, net) => {
  test.each(BATCHES)('with a batch of %i: loss, gradients and batch statistics are those of float64', count => {
    const tensors = randomParameters(net, 31 + count)
    const batch = randomBatch(count, 32 + count)
    const kernel = kernelOf(net, tensors, batch)
    const loss = computeGradients(kernel)
    const expected = trainingStep(net, tensors, batch)
    expect(Math.abs(loss / expected.loss - 1)).toBeLessThan(LOSS_RTOL)
    expectGradients(kernel.gradients(), expected.gradients, RANDOM_GRADIENT_RTOL, RANDOM_GRADIENT_ATOL_OF_NET)
    // With a momentum of 1 the running statistics become the batch's.
    kernel.updateStatistics(1)
    for (const [name, values] of expected.statistics)
      expect(largestDifference(kernel.tensors().get(name)!, values), name).toBeLessThan(
        10 * STATISTICS_ATOL * Math.max(1, largest(values)),
      )
  })

  test('gradients are central differences of the loss in float64', () => {
    const random = createRandom(41)
    const tensors = randomParameters(net, 42)
    const batch = randomBatch(80, 43)
    const kernel = kernelOf(net, tensors, batch)
    computeGradients(kernel)
    const gradients = kernel.gradients()
    const ofNet = Math.max(...[...gradients.values()].map(largest))
    for (const { name, length } of learnableTensors(net))
      for (let k = 0; k < (isFull ? 50 : 3); k++) {
        const index = Math.floor(random() * length)
        const difference = centralDifference(net, tensors, batch, name, index, DIFFERENCE_STEP)
        expect(Math.abs(gradients.get(name)![index] - difference), `${name}[${index}] = ${difference}`).toBeLessThan(
          DIFFERENCE_ATOL + RANDOM_GRADIENT_ATOL_OF_NET * ofNet,
        )
      }
  })

  test('padding stays exactly zero, whatever moves the weights', () => {
    for (const optimizer of ['adam', 'muon'] as const) {
      const kernel = kernelOf(net, randomParameters(net, 51), randomBatch(48, 52))
      const moves = createOptimizer({ optimizer, rate: 0.02, adamRate: 0.003, whitening: false })
      for (let step = 1; step <= 6; step++) {
        computeGradients(kernel)
        kernel.updateStatistics(STATISTICS_MOMENTUM)
        moves.update(kernel, step, 1)
      }
      const { learnable, running } = kernel.layout
      const isPadding = (places: typeof learnable) => {
        const used = new Set(
          places.flatMap(({ start, rows, columns, stride }) =>
            Array.from({ length: rows * columns }, (_, i) => start + Math.floor(i / columns) * stride + (i % columns)),
          ),
        )
        return (_: number, at: number) => !used.has(at)
      }
      const padding = [kernel.parameters, kernel.firstMoments, kernel.secondMoments].flatMap(vector =>
        Array.from(vector.filter(isPadding(learnable))),
      )
      expect(padding.every(value => value === 0)).toBe(true)
      // A variance of nothing is 0; only what stands under a name is ever read.
      expect(kernel.statistics.filter(isPadding(running)).every(Number.isFinite)).toBe(true)
      expect([...kernel.tensors().values()].every(values => values.every(Number.isFinite))).toBe(true)
    }
  })
})

describe('batch norm', () => {
  test.each([
    ['exactly constant', 0],
    ['nearly constant', 1e-6],
  ])('of a unit that is %s over the batch is that of float64', (_, spread) => {
    const net = createDenseArchitecture([6, 6, 6], [2])
    const tensors = randomParameters(net, 61)
    // The second unit in front of bn2 is 0.7 and hardly moves: eps is all that its scale comes from.
    tensors.get('dense2.weight')!.forEach((value, at, weight) => {
      if (Math.floor(at / 6) === 1) weight[at] = value * spread
    })
    tensors.get('dense2.bias')![1] = 0.7
    const batch = randomBatch(80, 62)
    const kernel = kernelOf(net, tensors, batch)
    const loss = computeGradients(kernel)
    const expected = trainingStep(net, tensors, batch)
    expect(expected.statistics.get('bn2.running_var')![1]).toBeLessThan(1e-10)
    // 1 / sqrt(eps) is 316: so much larger is the rounding of that unit behind batch norm.
    const AMPLIFIED = 316
    expect(Math.abs(loss / expected.loss - 1)).toBeLessThan(AMPLIFIED * LOSS_RTOL)
    expectGradients(kernel.gradients(), expected.gradients, RANDOM_GRADIENT_RTOL, AMPLIFIED * 1e-6)
  })

  test('takes a variance that float32 sums around zero would lose', () => {
    // Mean 50, deviation about 0.03: mean of squares less square of mean has no digit left in float32.
    const net = createDenseArchitecture([4], [1])
    const tensors = randomParameters(net, 63)
    tensors.get('dense1.weight')!.forEach((value, at, weight) => (weight[at] = value * 0.03))
    tensors.get('dense1.bias')!.fill(50)
    const batch = randomBatch(1040, 64)
    const kernel = kernelOf(net, tensors, batch)
    kernel.forward()
    kernel.updateStatistics(1)
    const { statistics } = trainingStep(net, tensors, batch)
    // An ulp of 50 is 4e-6: a ten-thousandth of the deviation.
    const variances = statistics.get('bn1.running_var')!
    kernel
      .tensors()
      .get('bn1.running_var')!
      .forEach((value, u) => expect(Math.abs(value / variances[u] - 1)).toBeLessThan(1e-3))
  })
})

describe('the loss', () => {
  // A net whose outputs are set by the head's bias: out, target, and whether that counts when displayed.
  const CASES = [
    [1.25, 1, false],
    [0.75, 1, true],
    [-0.25, 0, false],
    [0.25, 0, true],
    [1.25, 0, true],
    [-0.25, 1, true],
    [1.25, 0.5, true],
    [-0.25, 0.5, true],
    // Noise moves targets beyond the range; what lies on their side of it is still no error.
    [1.125, 1.25, false],
    [1.5, 1.25, false],
    [-0.5, -0.25, false],
    [-0.125, -0.25, false],
    [1, 1, true],
    [0, 0, true],
  ] as const

  test.each(CASES)('of output %f and target %f: displayed, it counts: %s', (output, target, counts) => {
    const net = createDenseArchitecture([4], [])
    const tensors = randomParameters(net, 71)
    tensors.get('dense_head.weight')!.fill(0)
    tensors.get('dense_head.bias')!.set([output, 0.5, 0.5])
    const targets = Array.from({ length: 48 }, (_, i) => (i % 3 === 0 ? target : 0.5))
    const kernel = kernelOf(net, tensors, { inputs: new Float32Array(32), targets })
    const error = output - target
    for (const isDisplayed of [false, true]) {
      const seen = isDisplayed && !counts ? 0 : error
      expect(computeGradients(kernel, isDisplayed)).toBeCloseTo((seen * seen) / 3, 6)
      const gradient = kernel.gradients().get('dense_head.bias')!
      expect(gradient[0]).toBeCloseTo((2 * seen) / 3, 6)
      expect([gradient[1], gradient[2]]).toEqual([0, 0])
    }
  })

  test.each(ARCHITECTURES)('as displayed has the gradients of float64: %s', (_, net) => {
    const tensors = randomParameters(net, 72)
    const { inputs, targets } = randomBatch(80, 73)
    const batch = { inputs, targets: targets as Float32Array }
    batch.targets.forEach((target, i) => (batch.targets[i] = target < 0.3 ? 0 : target > 0.7 ? 1 : target))
    const kernel = kernelOf(net, tensors, batch)
    const loss = computeGradients(kernel, true)
    const expected = trainingStep(net, tensors, batch, 'displayed')
    expect(expected.loss).toBeLessThan(trainingStep(net, tensors, batch, 'plain').loss)
    expect(Math.abs(loss / expected.loss - 1)).toBeLessThan(LOSS_RTOL)
    expectGradients(kernel.gradients(), expected.gradients, RANDOM_GRADIENT_RTOL, RANDOM_GRADIENT_ATOL_OF_NET)
  })

  test('is no number when an output is none', () => {
    const net = createDenseArchitecture([4], [])
    const tensors = randomParameters(net, 74)
    tensors.get('dense1.bias')![0] = Number.NaN
    const kernel = kernelOf(net, tensors, randomBatch(16, 75))
    expect(computeGradients(kernel)).toBeNaN()
    expect(computeGradients(kernel, true)).toBeNaN()
    expect(kernel.gradients().get('dense1.bias')![0]).toBeNaN()
  })
})

test('GELU and its derivative are exact to float32 over the whole range', () => {
  // One unit, the head its identity on red: the output is GELU(bias) and the bias's gradient GELU' of the loss's.
  const net = createDenseArchitecture([1], [])
  const tensors = new Map([
    ['dense1.weight', new Float32Array(2)],
    ['dense1.bias', new Float32Array(1)],
    ['dense_head.weight', Float32Array.of(1, 0, 0)],
    ['dense_head.bias', new Float32Array(3)],
  ])
  const kernel = kernelOf(net, tensors, { inputs: new Float32Array(32), targets: new Float32Array(48) })
  // The rational functions are 4e-8 exact (assembly/gelu.ts); float32's own rounding is the rest.
  const GELU_RTOL = 3e-7
  const outputs = new Float32Array(kernel.parameters.buffer, kernel.layout.outputs, 1)
  const xs = Array.from({ length: 4001 }, (_, i) => Math.fround((i - 2000) / 160))
  for (const x of [...xs, -1e4, 1e4, -100, 100, 1e-20, -1e-20]) {
    kernel.parameters[kernel.layout.learnable[1].start] = x
    kernel.forward()
    expect(Math.abs(outputs[0] - gelu(x)), `GELU(${x})`).toBeLessThan(GELU_RTOL * Math.max(1, Math.abs(x)))
    // A target one below the output: the gradient by the output is 2 / 3, summed over the batch.
    kernel.setBatch(
      new Float32Array(32),
      Float32Array.from({ length: 48 }, (_, i) => (i % 3 ? 0 : outputs[0] - 1)),
    )
    kernel.forward()
    kernel.measureLoss(false)
    kernel.backward()
    const gradients = kernel.gradients()
    const slope = gradients.get('dense1.bias')![0] / gradients.get('dense_head.bias')![0]
    expect(Math.abs(slope - geluDerivative(x)), `GELU'(${x})`).toBeLessThan(GELU_RTOL)
  }
})

describe('the kernel', () => {
  test('takes the same step twice bit for bit', () => {
    const run = () => {
      const kernel = stepKernel()
      const muon: Optimizer = createOptimizer({ optimizer: 'muon', rate: 0.02, adamRate: 0.003, whitening: false })
      for (let step = 1; step <= 5; step++) {
        computeGradients(kernel)
        kernel.updateStatistics(STATISTICS_MOMENTUM)
        muon.update(kernel, step, 1)
      }
      return kernel.tensors()
    }
    expect(run()).toEqual(run())
  })

  test('gives back the tensors that were loaded', () => {
    for (const [, net] of ARCHITECTURES) {
      const tensors = randomParameters(net, 81)
      const kernel = kernelOf(net, tensors, randomBatch(16, 82))
      expect(kernel.tensors()).toEqual(tensors)
    }
  })

  test('names the tensor that is missing or of another size', () => {
    const tensors = stepStart()
    const kernel = new TrainingKernel(MYSTERY_NET, 16, { width: 1, height: 1 })
    expect(() => kernel.load(new Map([...tensors, ['bn4.weight', new Float32Array(31)]]))).toThrow(
      'bn4.weight: expected 32 numbers, got 31',
    )
    tensors.delete('bn6.running_var')
    expect(() => kernel.load(tensors)).toThrow('bn6.running_var: expected 32 numbers, got none')
  })

  test.each([0, 8, 17, -16, 16.5, Number.NaN])('refuses a batch of %f', batch => {
    expect(() => new TrainingKernel(MYSTERY_NET, batch, { width: 1, height: 1 })).toThrow(
      `batch: expected a multiple of 16, got ${batch}`,
    )
  })

  test('refuses a batch that needs more than a gigabyte, in one line', () => {
    expect(() => new TrainingKernel(MYSTERY_NET, 2 ** 20, { width: 1, height: 1 })).toThrow(
      /^a batch of 1048576 pixels needs \d+ MB: too much$/,
    )
  })

  test('averages exchanges as data-parallel training does: gradients, statistics and loss', () => {
    const net = createDenseArchitecture([5, 7], [1])
    const tensors = randomParameters(net, 91)
    const batches = [1, 2, 3].map(seed => randomBatch(32, 91 + seed))
    const kernels = batches.map(batch => kernelOf(net, tensors, batch))
    const losses = kernels.map(kernel => computeGradients(kernel))
    const [first, ...others] = kernels
    for (const other of others) first.addExchange(other.exchange)
    first.scaleExchange(1 / 3)
    first.updateStatistics(1)
    const steps = batches.map(batch => trainingStep(net, tensors, batch))
    const mean = (values: (step: (typeof steps)[number]) => Float64Array) =>
      values(steps[0]).map((_, i) => steps.reduce((sum, step) => sum + values(step)[i] / 3, 0))
    expectGradients(
      first.gradients(),
      new Map([...steps[0].gradients.keys()].map(name => [name, mean(step => step.gradients.get(name)!)])),
      RANDOM_GRADIENT_RTOL,
      RANDOM_GRADIENT_ATOL_OF_NET,
    )
    expect(Math.abs(first.loss - losses.reduce((a, b) => a + b) / 3)).toBeLessThan(LOSS_ATOL)
    for (const name of steps[0].statistics.keys())
      expect(
        largestDifference(
          first.tensors().get(name)!,
          mean(step => step.statistics.get(name)!),
        ),
        name,
      ).toBeLessThan(10 * STATISTICS_ATOL)
  })
})

describe('pixels that are drawn by probabilities', () => {
  test.each(ARCHITECTURES)('of %s weigh in loss and gradients, and not in the statistics', (_, architecture) => {
    const tensors = randomParameters(architecture, 3)
    const random = createRandom(4)
    const batch = { ...randomBatch(80, 5), weights: Float32Array.from({ length: 80 }, () => 0.2 + 2 * random()) }
    const features = { isWeighted: true, isWhitened: false }
    const kernel = new TrainingKernel(architecture, 80, { width: 1, height: 1 }, features)
    kernel.load(tensors)
    kernel.setBatch(batch.inputs, batch.targets)
    // 80 pixels are a block and a part of one: the weights lie as they come.
    new Float32Array(kernel.parameters.buffer).set(batch.weights, kernel.layout.drawing!.weights / 4)
    const loss = computeGradients(kernel)
    const truth = trainingStep(architecture, tensors, batch)
    expect(Math.abs(loss / truth.loss - 1)).toBeLessThan(LOSS_RTOL)
    expectGradients(kernel.gradients(), truth.gradients, RANDOM_GRADIENT_RTOL, RANDOM_GRADIENT_ATOL_OF_NET)
    const { weights: _weights, ...unweighted } = batch
    expect(trainingStep(architecture, tensors, unweighted).statistics).toEqual(truth.statistics)
  })

  test('have in float64 the gradients that central differences of the weighted loss give', () => {
    const architecture = createDenseArchitecture([5, 7, 6], [2])
    const tensors = randomParameters(architecture, 6)
    const batch = { ...randomBatch(32, 7), weights: Float64Array.from({ length: 32 }, (_, i) => 0.3 + (i % 5)) }
    const { gradients } = trainingStep(architecture, tensors, batch)
    for (const { name, length } of learnableTensors(architecture))
      for (const index of [0, length - 1]) {
        const difference = centralDifference(architecture, tensors, batch, name, index, DIFFERENCE_STEP)
        expect(Math.abs(gradients.get(name)![index] - difference), `${name}[${index}]`).toBeLessThan(
          10 * DIFFERENCE_ATOL,
        )
      }
  })
})
