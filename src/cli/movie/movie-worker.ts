// The movie's worker: a thread that draws the pieces it is sent, one after the other.

import { parentPort, workerData } from 'node:worker_threads'
import { createMovieDrawer, type MovieJob, type MoviePiece } from './movie-piece.js'

const port = parentPort
if (!port) throw new Error('movie-worker.js is started by vexel movie')
const draw = createMovieDrawer(workerData as MovieJob)
port.on('message', (piece: MoviePiece) => {
  const levels = draw(piece)
  port.postMessage(levels, [levels.buffer])
})
