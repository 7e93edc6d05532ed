// The drawing worker: a thread that draws the bands it is sent, one after the other.

import { parentPort, workerData } from 'node:worker_threads'
import type { PictureSpec } from '../../model/picture.js'
import { type Band, createBandDrawer } from './render-band.js'

const port = parentPort
if (!port) throw new Error('render-worker.js is started by vexel render')
const draw = createBandDrawer(workerData as PictureSpec)
port.on('message', (band: Band) => {
  const scanlines = draw(band)
  port.postMessage(scanlines, [scanlines.buffer])
})
