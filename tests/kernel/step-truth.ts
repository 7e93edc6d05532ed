// PyTorch's truth of five training steps (tests/oracle/step.*), in float64.

import { readFileSync } from 'node:fs'
import { MYSTERY_NET } from '../../src/model/architecture.js'
import { StateDict } from '../../src/model/state-dict.js'
import { type Kernel, STRICT } from '../../src/kernel/module.js'
import { TrainingKernel } from '../../src/kernel/training.js'

type Nested = number | readonly Nested[]

export interface StepTruth {
  readonly points: [number, number][]
  readonly targets: [number, number, number][]
  readonly gradients_step1: Record<string, Nested>
  readonly running_after_1_forward: Record<string, Nested>
  readonly losses: number[]
  readonly state_after_5_adam_steps: Record<string, Nested>
}

const read = (name: string) => readFileSync(new URL(`../oracle/${name}`, import.meta.url))

export const stepTruth: StepTruth = JSON.parse(read('step.expected.json').toString())

export function flat(nested: Nested): number[] {
  return typeof nested === 'number' ? [nested] : nested.flatMap(flat)
}

/** The tensors that PyTorch started from. */
export function stepStart(): Map<string, Float32Array> {
  const stateDict = StateDict.parse(read('step.start.safetensors'))
  return new Map(stateDict.names.map(name => [name, Float32Array.from(stateDict.values(name))]))
}

/** A kernel with PyTorch's start and batch in it. */
export function stepKernel(arithmetic: Kernel = STRICT): TrainingKernel {
  const size = { width: 1, height: 1 }
  const kernel = new TrainingKernel(MYSTERY_NET, stepTruth.points.length, size, undefined, arithmetic)
  kernel.load(stepStart())
  kernel.setBatch(stepTruth.points.flat(), stepTruth.targets.flat())
  return kernel
}
