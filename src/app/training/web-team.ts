// A team of the page's workers.

import { UnsupportedError } from '../../model/errors.js'
import type { StartTeam } from '../../train/trainer.js'
import type { WorkerReply } from '../../train/worker.js'
import { type WorkerPort, WorkerTeam } from '../../train/worker-team.js'

/** Starts as many workers as the plan asks for. Where the page may share memory they share their gradients. */
export const startWorkers: StartTeam = (plan, state) => WorkerTeam.start(plan, state, spawnWorker, canShareMemory())

/** WebKitGTK says that a page is isolated and has no SharedArrayBuffer all the same. */
function canShareMemory(): boolean {
  return crossOriginIsolated && typeof SharedArrayBuffer === 'function'
}

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
