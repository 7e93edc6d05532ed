// The training worker in Node: a thread that serves src/train/worker.ts.

import { parentPort } from 'node:worker_threads'
import { createTrainingWorker, type WorkerRequest } from '../../train/worker.js'

const port = parentPort
if (!port) throw new Error('train-worker.js is started by vexel train')
const serve = createTrainingWorker(reply => port.postMessage(reply))
port.on('message', (request: WorkerRequest) => serve(request))
