// A team of Node's worker threads.

import { Worker } from 'node:worker_threads'
import { UnsupportedError } from '../../model/errors.js'
import type { StartTeam } from '../../train/trainer.js'
import type { WorkerReply } from '../../train/worker.js'
import { type WorkerPort, WorkerTeam } from '../../train/worker-team.js'

// Beside the command line in the built package (vite.lib.config.ts).
const WORKER_URL = new URL('./train-worker.js', import.meta.url)

/** Starts as many threads as the plan asks for; they share their gradients in memory. */
export const startThreads: StartTeam = (plan, state) => WorkerTeam.start(plan, state, spawnThread, true)

function spawnThread(): WorkerPort {
  const worker = new Worker(WORKER_URL)
  return {
    post: (request, transfer) => worker.postMessage(request, transfer as never[]),
    listen(receive, fail) {
      worker.on('message', (reply: WorkerReply) => receive(reply))
      worker.on('error', fail)
      worker.on('exit', () => fail(new UnsupportedError('a training thread ended before its time')))
    },
    async terminate() {
      await worker.terminate()
    },
  }
}
