// The training worker in the page: it serves src/train/worker.ts.

import { createTrainingWorker, type WorkerRequest } from '../../train/worker.js'

const serve = createTrainingWorker(reply => postMessage(reply))
self.addEventListener('message', ({ data }: MessageEvent<WorkerRequest>) => serve(data))
