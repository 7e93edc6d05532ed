// The contest of those who train a flag network: a step is forward with batch statistics, gradients and Adam's update.

import { MYSTERY_NET } from '../src/model/architecture.js'
import type { Contest, Entry } from './contest.js'
import { createJaxTrainStep, JAX_NAME } from './jax-train-step.js'
import { createKernelTrainStep, KERNEL_STEP_NAME } from './kernel-train-step.js'
import { createTeam, teamName } from './team.js'
import type { Workload } from './points.js'
import { trainStepMultiplyAdds } from './work.js'

/** Lists who takes training steps. */
export function createTraining(workload: Workload): Contest {
  const kernel: readonly Entry[] = [
    { name: KERNEL_STEP_NAME, create: () => createKernelTrainStep(workload) },
    ...[1, 2].map(threads => ({ name: teamName(threads), create: () => createTeam(workload, threads) })),
  ]
  return {
    title: 'training step',
    multiplyAddsPerPixel: trainStepMultiplyAdds(MYSTERY_NET),
    baselines: [{ name: JAX_NAME, create: () => createJaxTrainStep(workload) }],
    others: kernel,
  }
}
