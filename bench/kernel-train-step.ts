// Our kernel's training step on the work of its peer: the same net, batch and optimizer, one thread, after its gradients
// and five steps of Adam were held against PyTorch's.

import { MYSTERY_NET } from '../src/model/architecture.js'
import { TrainingKernel } from '../src/kernel/training.js'
import { createOptimizer } from '../src/train/optimizer.js'
import { type Contender, measureRate } from './contender.js'
import type { Workload } from './points.js'
import { checkGradients, checkStateAfterSteps, loadStepOracle, type StepOracle, STEPS } from './step-oracle.js'
import { createTrainingBatch } from './training-batch.js'

export const KERNEL_STEP_NAME = 'kernel'

const BATCH = 4096
const STATISTICS_MOMENTUM = 0.1

/** Throws when the kernel does not compute what PyTorch does. */
export async function createKernelTrainStep(workload: Workload): Promise<Contender> {
  const oracle = await loadStepOracle()
  const gradientError = checkAgainst(oracle)
  const { inputs, targets, count } = createTrainingBatch(workload, BATCH)
  const step = stepperOn(oracle, inputs, targets, count)
  return {
    name: KERNEL_STEP_NAME,
    threads: 1,
    async round() {
      const megapixelsPerSecond = await measureRate(() => step.take(), count)
      return {
        megapixelsPerSecond,
        megabytesHeld: step.kernel.sizeBytes / 1e6,
        note: `Adam, batch ${count}; gradients within ${gradientError.toExponential(0)} of PyTorch's`,
      }
    },
  }
}

/** A kernel with PyTorch's start in it, and a step on one batch that never changes. */
function stepperOn({ start }: StepOracle, inputs: ArrayLike<number>, targets: ArrayLike<number>, count: number) {
  const kernel = new TrainingKernel(MYSTERY_NET, count, { width: 1, height: 1 })
  kernel.load(new Map(start.names.map(name => [name, Float32Array.from(start.values(name))])))
  kernel.setBatch(inputs, targets)
  const optimizer = createOptimizer({ optimizer: 'adam', rate: 1e-3, whitening: false, adamRate: 0 })
  let steps = 0
  const take = () => {
    kernel.forward()
    const loss = kernel.measureLoss(false)
    kernel.backward()
    kernel.updateStatistics(STATISTICS_MOMENTUM)
    optimizer.update(kernel, ++steps, 1)
    if (!Number.isFinite(loss)) throw new Error(`${KERNEL_STEP_NAME}: loss ${loss} after ${steps} steps`)
  }
  return { kernel, take }
}

function checkAgainst(oracle: StepOracle): number {
  const { kernel, take } = stepperOn(oracle, oracle.points, oracle.targets, oracle.count)
  take()
  const gradientError = checkGradients(KERNEL_STEP_NAME, oracle, kernel.gradients())
  for (let step = 1; step < STEPS; step++) take()
  checkStateAfterSteps(KERNEL_STEP_NAME, oracle, kernel.tensors())
  return gradientError
}
