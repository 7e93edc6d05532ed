// The contest of those who evaluate a flag network: GL and the processor.

import { hasRelaxedSimd } from '../src/kernel/relaxed.js'
import { MYSTERY_NET } from '../src/model/architecture.js'
import type { Place } from './browser.js'
import type { Contest, Entry } from './contest.js'
import { createGpuVariants } from './gpu-page.js'
import { createKernel, createKernelTeam, kernelName, kernelTeamName } from './kernel-inference.js'
import { createOnnxRuntime, ONNX_RUNTIME_NAME } from './onnxruntime.js'
import type { Workload } from './points.js'
import { createReference, REFERENCE_NAME } from './reference.js'
import { evaluationMultiplyAdds } from './work.js'

/** Lists who evaluates the flag. */
export function createInference(place: Place, workload: Workload): Contest {
  const kernel: readonly Entry[] = [
    { name: kernelName('strict'), create: () => createKernel(workload, 'strict') },
    ...(hasRelaxedSimd() ? [{ name: kernelName('relaxed'), create: () => createKernel(workload, 'relaxed') }] : []),
    { name: kernelTeamName(2), create: () => createKernelTeam(workload, 2) },
  ]
  const gpu = createGpuVariants(place).map((variant): Entry => ({ name: variant.name, create: () => variant }))
  return {
    title: 'inference',
    multiplyAddsPerPixel: evaluationMultiplyAdds(MYSTERY_NET),
    baselines: [
      { name: REFERENCE_NAME, create: () => createReference(workload) },
      { name: ONNX_RUNTIME_NAME, create: () => createOnnxRuntime(workload) },
    ],
    others: [...kernel, ...gpu],
  }
}
