// A picture's bands, drawn by several threads and handed on in order.

import type { PictureSpec } from '../../model/picture.js'
import { COHERENT_PIECE_ROWS, drawPieces, PIECE_EVALUATIONS } from '../drawing/drawing-team.js'
import { type Band, createBandDrawer } from './render-band.js'

// Beside the command line in the built package (vite.lib.config.ts).
const WORKER_URL = new URL('./render-worker.js', import.meta.url)

/** Cuts a picture into bands of whole rows. */
function bandsOf({ width, height, samples, isFast }: PictureSpec): Band[] {
  const rows = Math.max(isFast ? COHERENT_PIECE_ROWS : 1, Math.floor(PIECE_EVALUATIONS / (width * samples)))
  return Array.from({ length: Math.ceil(height / rows) }, (_, i) => ({
    firstRow: i * rows,
    rows: Math.min(rows, height - i * rows),
  }))
}

/**
 * Draws a picture.
 * @param threads how many draw; 1 draws in this one
 * @returns its scanlines, band after band of {@link bandsOf}
 */
export function drawBands(spec: PictureSpec, threads: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
  const bands = bandsOf(spec)
  const work = {
    worker: WORKER_URL,
    workerData: spec,
    count: bands.length,
    pieceAt: (index: number) => bands[index],
    createDrawer: () => createBandDrawer(spec),
  }
  return drawPieces(work, threads, signal)
}
