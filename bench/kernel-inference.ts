// Our kernel evaluating the flag: one thread as it is, or several that each have a share of the points and a memory of their
// own, after its outputs were held against the reference.

import { Worker } from 'node:worker_threads'
import { Evaluator } from '../src/kernel/evaluator.js'
import type { Arithmetic } from '../src/kernel/module.js'
import { loadKernel } from '../src/kernel/relaxed.js'
import { evaluateFolded } from '../src/model/reference.js'
import { type Contender, measureRate } from './contender.js'
import type { KernelReply, KernelShare } from './kernel-worker.js'
import type { Workload } from './points.js'

const KERNEL_NAME = 'kernel'

// float32 sums in another order differ by about 1e-5.
const TOLERANCE = 2e-4
const WORKER_URL = new URL('./kernel-worker.js', import.meta.url)

/** Times the kernel on one thread in an arithmetic. Throws when it does not compute what the reference does. */
export async function createKernel({ folded, inputs, count }: Workload, arithmetic: Arithmetic): Promise<Contender> {
  const name = kernelName(arithmetic)
  const evaluator = new Evaluator(folded, await loadKernel(arithmetic))
  const points = Float32Array.from(inputs)
  const out = new Float32Array(count * 3)
  const expected = evaluateFolded(new Float64Array(count * 3), folded, points)
  evaluator.evaluate(out, points)
  const maxAbs = expected.reduce((max, value, i) => Math.max(max, Math.abs(value - out[i])), 0)
  // Not `maxAbs > TOLERANCE`: NaN is no agreement.
  if (!(maxAbs <= TOLERANCE))
    throw new Error(`${name}: expected the reference's outputs within ${TOLERANCE}, got ${maxAbs}`)
  return {
    name,
    threads: 1,
    async round() {
      const megapixelsPerSecond = await measureRate(() => evaluator.evaluate(out, points), count)
      return {
        megapixelsPerSecond,
        megabytesHeld: evaluator.sizeBytes / 1e6,
        note: `within ${maxAbs.toExponential(0)} of the reference`,
      }
    },
  }
}

export function kernelName(arithmetic: Arithmetic): string {
  return arithmetic === 'strict' ? KERNEL_NAME : `${KERNEL_NAME}, ${arithmetic}`
}

export function kernelTeamName(threads: number): string {
  return `${KERNEL_NAME}, ${threads} threads`
}

/** Times the kernel on several threads. */
export async function createKernelTeam({ folded, inputs, count }: Workload, threads: number): Promise<Contender> {
  const share = Math.ceil(count / threads)
  const points = Float32Array.from(inputs)
  const workers = Array.from({ length: threads }, (_, i) => {
    const workerData: KernelShare = { folded, points: points.slice(2 * i * share, 2 * (i + 1) * share) }
    return new Worker(WORKER_URL, { workerData })
  })
  const evaluateAll = () =>
    Promise.all(
      workers.map(
        worker =>
          new Promise<KernelReply>((resolve, reject) => {
            worker.once('message', resolve)
            worker.once('error', reject)
            worker.postMessage(null, [])
          }),
      ),
    )
  const replies = await evaluateAll()
  for (const worker of workers) worker.removeAllListeners('error').on('error', () => {})
  return {
    name: kernelTeamName(threads),
    threads,
    async round() {
      const megapixelsPerSecond = await measureRate(evaluateAll, count)
      return {
        megapixelsPerSecond,
        megabytesHeld: replies.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / 1e6,
        note: `worker threads, ${share} points each at a time`,
      }
    },
    async dispose() {
      await Promise.all(workers.map(worker => worker.terminate()))
    },
  }
}
