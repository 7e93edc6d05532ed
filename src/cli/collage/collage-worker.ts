// The collage's worker: a thread that draws the pieces it is sent, one after the other.

import { parentPort } from 'node:worker_threads'
import { type CollagePiece, createPieceDrawer } from './collage-piece.js'

const port = parentPort
if (!port) throw new Error('collage-worker.js is started by vexel collage')
const draw = createPieceDrawer()
port.on('message', (piece: CollagePiece) => {
  const levels = draw(piece)
  port.postMessage(levels, [levels.buffer])
})
