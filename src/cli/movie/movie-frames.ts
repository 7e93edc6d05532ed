// The frames of a movie, drawn by several threads, band after band, and handed on in order.

import { bandsOf } from '../../film/frame-drawer.js'
import { drawPieces } from '../drawing/drawing-team.js'
import { createMovieDrawer, type MovieJob, type MoviePiece } from './movie-piece.js'

// Beside the command line in the built package (vite.lib.config.ts).
const WORKER_URL = new URL('./movie-worker.js', import.meta.url)

/**
 * Draws the frames at some positions of a film. Equal positions next to each other are drawn once.
 * @returns [height, width, 4 or 3] levels each
 */
export async function* drawFrames(
  job: MovieJob,
  positions: readonly number[],
  threads: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8ClampedArray<ArrayBuffer>, void> {
  const { width, height } = job.spec
  const bands = bandsOf(job.spec)
  const drawn = positions.filter((position, i) => i === 0 || position !== positions[i - 1])
  const pieces = drawPieces<MoviePiece>(
    {
      worker: WORKER_URL,
      workerData: job,
      count: drawn.length * bands.length,
      pieceAt: index => ({ position: drawn[Math.floor(index / bands.length)], band: bands[index % bands.length] }),
      createDrawer: () => createMovieDrawer(job),
    },
    threads,
    signal,
  )
  try {
    let frame = new Uint8ClampedArray()
    for (let i = 0; i < positions.length; i++) {
      signal.throwIfAborted()
      if (i === 0 || positions[i] !== positions[i - 1]) {
        frame = new Uint8ClampedArray(width * height * (job.pixels === 'rgb' ? 3 : 4))
        let at = 0
        while (at < frame.length) {
          const { value } = await pieces.next()
          if (!value) throw new Error('a frame ended before its last row')
          frame.set(value, at)
          at += value.length
        }
      }
      yield frame
    }
  } finally {
    await pieces.return()
  }
}
