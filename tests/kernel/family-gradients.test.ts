// A training step of the nine families against PyTorch's (made-with/family-gradients.py): loss, gradients and batch statistics, of the float64
// trainer to nine digits, and of the kernel as near as float32 is.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { StateDict } from '../../src/model/state-dict.js'
import { FAMILY_NAMES, familyBytes, familyExpected, familyNetwork } from '../model/family-files.js'
import { trainingStep } from './float64-training.js'
import { computeGradients, kernelOf, largest } from './training-cases.js'

/** Of a tensor: numbers at some places, and its projections on two cosines. */
interface Summary {
  readonly at: readonly number[]
  readonly values: readonly number[]
  readonly projections: readonly number[]
}

interface FamilyStep {
  readonly loss: number
  readonly gradients: Readonly<Record<string, Summary>>
  readonly statistics: Readonly<Record<string, Summary>>
}

const truth = JSON.parse(readFileSync(new URL('family-gradients.expected.json', import.meta.url), 'utf8')) as {
  readonly count: number
  readonly families: Readonly<Record<string, FamilyStep>>
}

// As the script has them.
const COSINES = [
  [1.7, 0.3],
  [0.9, 1.1],
] as const
const targets = Float64Array.from(
  { length: 3 * truth.count },
  (_, i) => ((37 * Math.floor(i / 3) + 11 * (i % 3) + 5) % 64) / 64,
)

const RTOL = 1e-9
const LEAST_SHARE = 1e-3
// Float32 sums of float32 products; a projection adds up as many roundings as the tensor has numbers.
const KERNEL_RTOL = 2e-4

/**
 * How far a tensor is from what PyTorch has, in units of its largest number; of a projection a number's share.
 * @param least unit: a bias in front of batch norm has a gradient of nothing but roundings
 */
function distance(values: ArrayLike<number>, { at, values: wanted, projections }: Summary, least: number): number {
  const scale = Math.max(largest(values), least)
  const off = at.map((index, i) => Math.abs(values[index] - wanted[i]))
  const projected = COSINES.map(([rate, phase], i) => {
    const sum = Array.from(values).reduce((total, value, index) => total + value * Math.cos(rate * index + phase), 0)
    return Math.abs(sum - projections[i]) / Math.sqrt(values.length)
  })
  return Math.max(...off, ...projected) / scale
}

describe.each(FAMILY_NAMES)('%s', name => {
  const { loss, gradients, statistics } = truth.families[name]
  const { architecture } = familyNetwork(name)
  const file = StateDict.parse(familyBytes(name))
  const tensors = new Map(file.names.map(tensor => [tensor, file.values(tensor)]))
  // A grey value is compared with the same three times, as its class compares it once.
  const own = name.startsWith('grey') ? targets.map((_, i) => targets[i - (i % 3)]) : targets
  const batch = { inputs: familyExpected(name).points.slice(0, truth.count).flat(), targets: own }

  test('in float64 a step is PyTorch’s', () => {
    const step = trainingStep(architecture, tensors, batch)
    expect(Math.abs(step.loss / loss - 1)).toBeLessThan(RTOL)
    expect([...step.gradients.keys()].sort()).toEqual(Object.keys(gradients).sort())
    const least = LEAST_SHARE * Math.max(...[...step.gradients.values()].map(largest))
    for (const [tensor, values] of step.gradients)
      expect(distance(values, gradients[tensor], least), tensor).toBeLessThan(RTOL)
    expect([...step.statistics.keys()].sort()).toEqual(Object.keys(statistics).sort())
    for (const [tensor, values] of step.statistics)
      expect(distance(values, statistics[tensor], 0), tensor).toBeLessThan(RTOL)
  })

  test('the kernel’s step is PyTorch’s as far as float32 goes', () => {
    const single = new Map([...tensors].map(([tensor, values]) => [tensor, Float32Array.from(values)]))
    const kernel = kernelOf(architecture, single, {
      inputs: Float32Array.from(batch.inputs),
      targets: Float32Array.from(batch.targets),
    })
    expect(Math.abs(computeGradients(kernel) / loss - 1)).toBeLessThan(KERNEL_RTOL)
    const found = kernel.gradients()
    expect([...found.keys()].sort()).toEqual(Object.keys(gradients).sort())
    // What is small beside the others is made of sums of those.
    const ofNet = Math.max(...[...found.values()].map(largest))
    for (const [tensor, values] of found)
      expect(distance(values, gradients[tensor], ofNet), tensor).toBeLessThan(KERNEL_RTOL)
  })
})
