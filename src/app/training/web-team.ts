// A team of the page's workers.

import { UnsupportedError } from '../../model/errors.js'
import type { StartTeam } from '../../train/trainer.js'
import type { WorkerReply } from '../../train/worker.js'
import { type WorkerPort, WorkerTeam } from '../../train/worker-team.js'

/** Starts as many workers as the plan asks for. Where the page is cross-origin isolated they share their gradients in memory. */
export const startWorkers: StartTeam = (plan, state) => WorkerTeam.start(plan, state, spawnWorker, crossOriginIsolated)

/** Workers that leave a core to the page itself. */
export function defaultThreads(): number {
  return Math.max(1, navigator.hardwareConcurrency - 1)
}

function spawnWorker(): WorkerPort {
  const worker = new Worker(new URL('./train-worker.ts', import.meta.url), { type: 'module' })
  return {
    post: (request, transfer) => worker.postMessage(request, [...transfer]),
    listen(receive, fail) {
      worker.addEventListener('message', ({ data }: MessageEvent<WorkerReply>) => receive(data))
      worker.addEventListener('error', event => {
        event.preventDefault()
        fail(new UnsupportedError(`a training worker failed: ${event.message || 'its script could not be loaded'}`))
      })
    },
    async terminate() {
      worker.terminate()
    },
  }
}
