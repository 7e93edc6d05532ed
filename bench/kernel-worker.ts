// A thread of the kernel's timing: evaluates its share of the points whenever it is told to.

import { parentPort, workerData } from 'node:worker_threads'
import { Evaluator } from '../src/kernel/evaluator.js'
import type { FoldedNetwork } from '../src/model/fold.js'

export interface KernelShare {
  readonly folded: FoldedNetwork
  /** [n, 2] */
  readonly points: Float32Array
}

export interface KernelReply {
  /** Memory that the kernel computes in. */
  readonly sizeBytes: number
}

const { folded, points } = workerData as KernelShare
const evaluator = new Evaluator(folded)
const out = new Float32Array((points.length / 2) * 3)
parentPort?.on('message', () => {
  evaluator.evaluate(out, points)
  parentPort?.postMessage({ sizeBytes: evaluator.sizeBytes } satisfies KernelReply, [])
})
