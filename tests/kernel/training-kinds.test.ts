// The training kernel with layers of every kind: loss, gradients and statistics against float64 of the test folder, and that against
// central differences of its loss. One table: the nine families, one net a kind, random ones.

import { describe, expect, test } from 'vitest'
import { TrainingKernel } from '../../src/kernel/training.js'
import { type Architecture, parameterSpecs } from '../../src/model/architecture.js'
import { ACTIVATION_NAMES, activationLayer, type Layer } from '../../src/model/layers/kinds.js'
import { createNetwork } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import { parseWiring } from '../../src/model/wiring.js'
import { isFull } from '../is-full.js'
import { FAMILY_NAMES, familyBytes, familyNetwork } from '../model/family-files.js'
import { createRandom } from '../model/network-files.js'
import { randomNet } from '../model/random-nets.js'
import { centralDifference, learnableTensors, trainingStep } from './float64-training.js'
import {
  batchOfSize,
  computeGradients,
  kernelOf,
  largest,
  largestDifference,
  randomParameters,
} from './training-cases.js'

const linear = (name: string, inDim: number, outDim: number, hasBias = true): Layer =>
  hasBias ? { kind: 'linear', name, inDim, outDim } : { kind: 'linear', name, inDim, outDim, hasBias: false }
const norm = (name: string, dim: number, isAffine = true): Layer =>
  isAffine ? { kind: 'batchNorm', name, dim, eps: 1e-5 } : { kind: 'batchNorm', name, dim, eps: 1e-5, isAffine: false }
const tanh = (name: string, dim: number) => activationLayer({ kind: 'tanh' }, name, dim)

const NUMBERS = { leakyRelu: { slope: 0.2 }, sine: { frequency: 3 }, gaussian: { width: 0.7 } } as const

const OF_EACH_KIND: readonly (readonly [string, readonly Layer[]])[] = [
  ...ACTIVATION_NAMES.map((kind): [string, Layer[]] => {
    const activation = { kind, ...(kind in NUMBERS ? NUMBERS[kind as keyof typeof NUMBERS] : {}) }
    return [
      kind,
      [
        linear('a', 2, 7),
        activationLayer(activation, 'a.act', 7),
        linear('b', 7, 6),
        activationLayer(activation, 'b.act', 6),
        linear('c', 6, 3),
      ],
    ]
  }),
  [
    'norms of the inputs, before and after a function, and last of all',
    [
      norm('n0', 2),
      linear('a', 2, 6),
      norm('n1', 6),
      tanh('a.act', 6),
      norm('n2', 6),
      linear('b', 6, 3),
      norm('n3', 3),
    ],
  ],
  [
    'norms one after the other, without weights',
    [linear('a', 2, 5), norm('n1', 5, false), norm('n2', 5), tanh('a.act', 5), linear('b', 5, 3)],
  ],
  [
    'two functions in turn, and one of the inputs',
    [
      tanh('x', 2),
      linear('a', 2, 5),
      tanh('a.act', 5),
      activationLayer({ kind: 'sine', frequency: 2 }, 'a.sine', 5),
      linear('b', 5, 3),
    ],
  ],
  [
    'no biases',
    [linear('a', 2, 5, false), tanh('a.act', 5), linear('b', 5, 6, false), tanh('b.act', 6), linear('c', 6, 3, false)],
  ],
  [
    'one grey value with a function',
    [
      linear('a', 2, 5),
      tanh('a.act', 5),
      linear('b', 5, 1),
      activationLayer({ kind: 'sigmoid' }, 'out', 1),
      { kind: 'grey', name: 'grey' },
    ],
  ],
  ['alpha', [linear('a', 2, 5), tanh('a.act', 5), linear('b', 5, 4), { kind: 'alpha', name: 'alpha' }]],
  [
    'octaves',
    [
      { kind: 'octaves', name: 'o', inDim: 2, count: 3, scale: Math.PI, keepsInputs: true, order: 'pairs' },
      linear('a', 14, 9),
      tanh('a.act', 9),
      linear('b', 9, 3),
    ],
  ],
  [
    'the radius and a constant',
    [
      { kind: 'inputs', name: 'i', features: ['radius', 'x', 'one'] },
      linear('a', 3, 9),
      tanh('a.act', 9),
      linear('b', 9, 3),
    ],
  ],
]

type Case = readonly [name: string, net: Architecture, tensors: ReadonlyMap<string, Float32Array>]

/** All: the families with the values that they have, which a random draw of a sine's would make wild. */
const CASES: readonly Case[] = [
  ...OF_EACH_KIND.map(([name, layers]): Case => drawn(name, { name, layers })),
  ...FAMILY_NAMES.map((name): Case => {
    const { architecture } = familyNetwork(name)
    const file = StateDict.parse(familyBytes(name))
    const names = architecture.layers.flatMap(parameterSpecs)
    return [name, architecture, new Map(names.map(({ name }) => [name, Float32Array.from(file.values(name))]))]
  }),
  ...Array.from({ length: isFull ? 200 : 30 }, (_, seed): Case => {
    const { tensors, wiring } = randomNet(seed)
    return drawn(`random net ${seed}`, createNetwork(StateDict.create(tensors), parseWiring(wiring)).architecture)
  }),
]

function drawn(name: string, net: Architecture): Case {
  return [name, net, randomParameters(net, 7)]
}

// Float32 sums of float32 products, up to ten layers deep, of wild nets; float32 loses digits in a sine's argument of some hundreds.
const GRADIENT_RTOL = 5e-5
const GRADIENT_ATOL_OF_NET = 1e-4
const LOSS_RTOL = 2e-5
const STATISTICS_RTOL = 2e-5
// As in training.test.ts.
const DIFFERENCE_STEP = 1e-5
const DIFFERENCE_ATOL = 1e-6

describe.each(CASES)('%s', (name, net, tensors) => {
  test('loss, gradients and batch statistics are those of float64', () => {
    const batch = batchOfSize(net, 80, 8)
    const kernel = kernelOf(net, tensors, batch)
    const loss = computeGradients(kernel, true)
    const expected = trainingStep(net, tensors, batch, 'displayed')
    expect(Math.abs(loss / expected.loss - 1)).toBeLessThan(LOSS_RTOL)
    const gradients = kernel.gradients()
    expect([...gradients.keys()].sort()).toEqual([...expected.gradients.keys()].sort())
    const ofNet = Math.max(...[...expected.gradients.values()].map(largest))
    for (const [tensor, values] of expected.gradients) {
      const tolerance = GRADIENT_RTOL * largest(values) + GRADIENT_ATOL_OF_NET * ofNet
      const off = largestDifference(gradients.get(tensor)!, values)
      expect(off, `${tensor}, of ${largest(values)}`).toBeLessThanOrEqual(tolerance)
    }
    kernel.updateStatistics(1)
    for (const [tensor, values] of expected.statistics) {
      const off = largestDifference(kernel.tensors().get(tensor)!, values)
      expect(off, tensor).toBeLessThan(STATISTICS_RTOL * Math.max(1, largest(values)))
    }
  })

  test('in float64 gradients are the central differences of the loss', () => {
    const random = createRandom(9)
    const batch = batchOfSize(net, 24, 10)
    const { gradients } = trainingStep(net, tensors, batch)
    const all = learnableTensors(net)
    for (const { name: tensor, length } of name.startsWith('random') && !isFull ? all.slice(0, 2) : all) {
      const index = Math.floor(random() * length)
      const difference = centralDifference(net, tensors, batch, tensor, index, DIFFERENCE_STEP)
      const gradient = gradients.get(tensor)![index]
      expect(Math.abs(gradient - difference), `${tensor}[${index}] = ${gradient}`).toBeLessThan(
        DIFFERENCE_ATOL * Math.max(1, largest(gradients.get(tensor)!)),
      )
    }
  })

  test('what is loaded comes out again, and pixels that are drawn are encoded as those that are given', () => {
    const kernel = new TrainingKernel(net, 64, { width: 9, height: 6 }, { isWeighted: false, isWhitened: false })
    kernel.load(tensors)
    expect(new Map([...kernel.tensors()].toSorted())).toEqual(new Map([...tensors].toSorted()))
    kernel.randomState.set([1, 2, 3, 4])
    kernel.setPicture(new Float32Array(9 * 6 * 3))
    kernel.sampleBatch(0)
    kernel.forward()
    const drawn = kernel.outputs
    const { inputs, batch } = kernel.layout
    const floats = new Float32Array(kernel.parameters.buffer, inputs, 2 * batch)
    const points = Float64Array.from({ length: 2 * batch }, (_, i) => {
      const [size, coordinate] = i % 2 === 0 ? [9, floats[i >> 1]] : [6, floats[64 + (i >> 1)]]
      // The middle of a pixel, of which the kernel has the nearest float32.
      return (2 * (Math.round(((coordinate + 1) * size) / 2 - 0.5) + 0.5)) / size - 1
    })
    kernel.setBatch(points, new Float32Array(3 * batch))
    kernel.forward()
    const scale = Math.max(1, largest(drawn))
    expect(largestDifference(kernel.outputs, drawn)).toBeLessThan(2e-5 * scale)
  })
})
