// Reverse mode against central differences of the float64 reference, parameter by parameter, and against PyTorch.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { listParameters, parameterName } from '../../src/edit/parameters.js'
import { parameterGradients } from '../../src/explain/backward.js'
import { createTape, runBackward, runForward, type Tape } from '../../src/model/tape.js'
import { geluDerivative } from '../../src/model/erf.js'
import { foldNetwork } from '../../src/model/fold.js'
import { createNetwork, type Network, type NetworkLayer } from '../../src/model/network.js'
import { linearizeFolded, traceNetwork } from '../../src/model/reference.js'
import { StateDict } from '../../src/model/state-dict.js'
import { createRandom, networkOf, oracleNetwork, oraclePath, randomTensors } from '../model/network-files.js'
import { differenceByActivation, differenceByParameter, mutableCopy, rawOutputs } from './central-differences.js'

/** Of the difference: truncation of the extrapolated step. */
const RTOL = 1e-6
/** Of the largest derivative of the layer: the differences' own rounding, 1e-16 of the outputs by the step. */
const ATOL_SHARE = 1e-8

const isFull = Boolean(process.env.VEXEL_FULL)
const POINTS = [
  [0.31, -0.42],
  [-0.9, 0.77],
] as const

function tapeAt(network: Network, [first, second]: readonly [number, number]): Tape {
  const tape = createTape(network.layers)
  runForward(tape, first, second)
  runBackward(tape)
  return tape
}

/** Seeded parameters of every tensor: all of them in the full suite. */
function sampledParameters(network: Network, each: number): number[] {
  const random = createRandom(3)
  return listParameters(network.architecture).tensors.flatMap(({ start, count }) =>
    isFull || count <= each
      ? Array.from({ length: count }, (_, k) => start + k)
      : Array.from({ length: each }, () => start + Math.floor(random() * count)),
  )
}

const NETWORKS = [
  ['malaysia', oracleNetwork('malaysia')],
  ['japan', oracleNetwork('japan')],
  ['another architecture', networkOf(randomTensors([5, 7, 4], [1, 3], 21))],
] as const

describe('the derivatives of the raw outputs by every parameter are those of central differences', () => {
  test.each(NETWORKS)('%s', (_, original) => {
    const network = mutableCopy(original)
    const list = listParameters(network.architecture)
    const out = new Float64Array(3 * list.count)
    for (const point of isFull ? POINTS : POINTS.slice(0, 1)) {
      const gradients = parameterGradients(out, network.architecture, tapeAt(network, point))
      for (const index of sampledParameters(network, 8)) {
        const expected = differenceByParameter(network, index, net => rawOutputs(net, point))
        const { start, count } = list.tensors.findLast(tensor => tensor.start <= index) ?? list.tensors[0]
        const largest = gradients.subarray(3 * start, 3 * (start + count)).reduce((a, b) => Math.max(a, Math.abs(b)), 0)
        for (let c = 0; c < 3; c++) {
          const actual = gradients[3 * index + c]
          const tolerance = RTOL * Math.abs(expected[c]) + ATOL_SHARE * Math.max(largest, 1)
          expect(
            Math.abs(actual - expected[c]),
            `${parameterName(list, index)}, output ${c}: ${actual} for ${expected[c]}`,
          ).toBeLessThanOrEqual(tolerance)
        }
      }
    }
  })
})

test.each(NETWORKS)('the derivatives by every unit are those of central differences: %s', (_, original) => {
  const network = mutableCopy(original)
  const { stages } = tapeAt(network, POINTS[0])
  stages.forEach(({ layer, gradients }, index) => {
    if (layer.kind !== 'gelu') return
    const largest = gradients.reduce((a, b) => Math.max(a, Math.abs(b)), 0)
    for (let unit = 0; unit < layer.dim; unit++) {
      const expected = differenceByActivation(network, index, unit, net => rawOutputs(net, POINTS[0]))
      for (let c = 0; c < 3; c++)
        expect(Math.abs(gradients[3 * unit + c] - expected[c]), `${layer.name}[${unit}], output ${c}`).toBeLessThan(
          RTOL * Math.abs(expected[c]) + ATOL_SHARE * Math.max(largest, 1),
        )
    }
  })
})

test.each(NETWORKS)('the tape holds the stages of the reference and its Jacobian: %s', (_, network) => {
  const tape = tapeAt(network, POINTS[1])
  const trace = traceNetwork(network, ...POINTS[1])
  expect(tape.stages.map(({ layer }) => layer.name)).toEqual(trace.map(({ name }) => name))
  trace.forEach(({ name, values }, s) =>
    values.forEach((value, unit) =>
      expect(
        Math.abs(tape.stages[s].values[unit] - value),
        `${name}[${unit}]: ${tape.stages[s].values[unit]} for ${value}`,
      ).toBeLessThanOrEqual(1e-11 * Math.max(1, Math.abs(value))),
    ),
  )
  const { jacobian } = linearizeFolded(foldNetwork(network), ...POINTS[1])
  for (let i = 0; i < 2; i++)
    for (let c = 0; c < 3; c++) expect(tape.inputGradients[3 * i + c] / jacobian[2 * c + i]).toBeCloseTo(1, 9)
})

test('a tape that is used again keeps nothing of the point before', () => {
  const network = oracleNetwork('nepal')
  const tape = tapeAt(network, POINTS[0])
  runForward(tape, ...POINTS[1])
  runBackward(tape)
  const fresh = tapeAt(network, POINTS[1])
  expect(tape.stages.map(({ gradients }) => gradients)).toEqual(fresh.stages.map(({ gradients }) => gradients))
})

/** What PyTorch says of one training step: see tests/oracle/made-with/gradoracle.py. */
interface StepExpected {
  readonly points: readonly (readonly [number, number])[]
  readonly targets: readonly (readonly number[])[]
  readonly gradients_step1: Readonly<Record<string, readonly number[] | readonly (readonly number[])[]>>
  readonly running_after_1_forward: Readonly<Record<string, readonly number[]>>
}

/**
 * PyTorch's step was taken in training mode. A net whose running statistics are those of the batch is the same function, and what
 * stands behind the last normalisation has the same gradients. For dense8 in front of it the batch's mean and variance depend
 * on its outputs, too: those terms are the derivatives by running_mean and running_var, spread over the batch.
 */
test("gradients with the batch's statistics as running statistics lead to PyTorch's training step", () => {
  const step = JSON.parse(readFileSync(oraclePath('step.expected.json'), 'utf8')) as StepExpected
  const start = createNetwork(StateDict.parse(new Uint8Array(readFileSync(oraclePath('step.start.safetensors')))))
  const n = step.points.length
  // After one forward a running statistic is 0.9 of the initial one (0 or 1) and 0.1 of the batch's; its variance divides by n - 1.
  const layers = start.layers.map((layer): NetworkLayer => {
    if (layer.kind !== 'batchNorm') return layer
    const mean = step.running_after_1_forward[`${layer.name}.running_mean`]
    const variance = step.running_after_1_forward[`${layer.name}.running_var`]
    return {
      ...layer,
      runningMean: Float64Array.from(mean, value => value / 0.1),
      runningVar: Float64Array.from(variance, value => (((value - 0.9) / 0.1) * (n - 1)) / n),
    }
  })
  const network: Network = { ...start, layers }
  const list = listParameters(network.architecture)
  const gradients = new Float64Array(list.count)
  const perPoint = new Float64Array(3 * list.count)
  const tape = createTape(network.layers)
  const lossSlopes = (p: number) => step.targets[p].map((target, c) => (2 * (tape.raw[c] - target)) / (3 * n))
  step.points.forEach((point, p) => {
    runForward(tape, ...point)
    runBackward(tape)
    parameterGradients(perPoint, network.architecture, tape)
    const slopes = lossSlopes(p)
    for (let k = 0; k < list.count; k++) for (let c = 0; c < 3; c++) gradients[k] += perPoint[3 * k + c] * slopes[c]
  })
  const ofTensor = (name: string) => {
    const tensor = list.tensors.find(one => one.name === name)
    if (!tensor) throw new Error(`no ${name}`)
    return gradients.subarray(tensor.start, tensor.start + tensor.count)
  }
  const expectTorch = (name: string, actual: Float64Array) => {
    const expected = step.gradients_step1[name].flat() as number[]
    expect(actual.length, name).toBe(expected.length)
    const largest = Math.max(...expected.map(Math.abs))
    expected.forEach((value, k) =>
      // Float64 sums over 96 points; the statistics went through a decimal difference of 0.9.
      expect(Math.abs(actual[k] - value), `${name}[${k}]: ${actual[k]} for ${value}`).toBeLessThan(1e-9 * largest),
    )
  }
  for (const name of ['dense_head.weight', 'dense_head.bias', 'bn8.weight', 'bn8.bias'])
    expectTorch(name, ofTensor(name))

  const gelu = tape.stages.findIndex(({ layer }) => layer.name === 'dense8.gelu')
  const { runningMean } = layers[gelu + 1] as Extract<NetworkLayer, { kind: 'batchNorm' }>
  const [byMean, byVariance] = [ofTensor('bn8.running_mean'), ofTensor('bn8.running_var')]
  const byWeight = new Float64Array(16 * 32)
  const byBias = new Float64Array(16)
  step.points.forEach((point, p) => {
    runForward(tape, ...point)
    runBackward(tape)
    const slopes = lossSlopes(p)
    const { values, gradients: byUnit, input: preActivations } = tape.stages[gelu]
    const { input } = tape.stages[gelu - 1]
    for (let u = 0; u < 16; u++) {
      let slope = byMean[u] / n + (byVariance[u] * 2 * (values[u] - runningMean[u])) / n
      for (let c = 0; c < 3; c++) slope += byUnit[3 * u + c] * slopes[c]
      slope *= geluDerivative(preActivations[u])
      byBias[u] += slope
      for (let i = 0; i < 32; i++) byWeight[32 * u + i] += slope * input[i]
    }
  })
  expectTorch('dense8.weight', byWeight)
  expectTorch('dense8.bias', byBias)
})
