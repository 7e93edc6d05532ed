// A picture's bands, drawn by several threads and handed on in order. No band is drawn before there is room for it, so
// memory is a few bands whatever the picture's size.

import { Worker } from 'node:worker_threads'
import { UnsupportedError } from '../model/errors.js'
import type { PictureSpec } from '../model/picture.js'
import { type Band, createBandDrawer } from './render-band.js'

// Beside the command line in the built package (vite.lib.config.ts).
const WORKER_URL = new URL('./render-worker.js', import.meta.url)

/** Evaluations a band: some 30 ms, so that progress and Ctrl-C are prompt. */
const BAND_EVALUATIONS = 65_536

/** Cuts a picture into bands of whole rows. */
export function bandsOf({ width, height, samples }: PictureSpec): Band[] {
  const rows = Math.max(1, Math.floor(BAND_EVALUATIONS / (width * samples)))
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
export async function* drawBands(
  spec: PictureSpec,
  threads: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const bands = bandsOf(spec)
  if (threads === 1 || bands.length === 1) {
    const draw = createBandDrawer(spec)
    for (const band of bands) {
      // A signal reaches this thread between two bands only.
      await new Promise(resolve => setImmediate(resolve))
      signal.throwIfAborted()
      yield draw(band)
    }
    return
  }
  const team = new DrawingTeam(spec, bands, Math.min(threads, bands.length))
  try {
    for (let band = 0; band < bands.length; band++) {
      signal.throwIfAborted()
      yield await team.take(band)
    }
  } finally {
    await team.terminate()
  }
}

// What a band leaves behind is little and short-lived; by default V8 lets it grow to 48 MB a thread first.
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 4 }
/** Bands that may be under way or waiting, for each thread. */
const BANDS_A_THREAD = 3

class DrawingTeam {
  readonly #workers: readonly Worker[]
  readonly #idle: Worker[] = []
  readonly #drawn = new Map<number, Uint8Array>()
  #next = 0
  #taken = 0
  #failure: Error | null = null
  #wake = () => {}

  constructor(
    spec: PictureSpec,
    private readonly bands: readonly Band[],
    threads: number,
  ) {
    this.#workers = Array.from({ length: threads }, () => this.#spawn(spec))
    for (const worker of this.#workers) this.#give(worker)
  }

  /** Waits for a band; they are taken in order. */
  async take(index: number): Promise<Uint8Array> {
    for (;;) {
      if (this.#failure) throw this.#failure
      const drawn = this.#drawn.get(index)
      if (drawn) {
        this.#drawn.delete(index)
        this.#taken = index + 1
        for (const worker of this.#idle.splice(0)) this.#give(worker)
        return drawn
      }
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  async terminate(): Promise<void> {
    for (const worker of this.#workers) worker.removeAllListeners()
    await Promise.all(this.#workers.map(worker => worker.terminate()))
  }

  #spawn(spec: PictureSpec): Worker {
    const worker = new Worker(WORKER_URL, { workerData: spec, resourceLimits: RESOURCE_LIMITS })
    worker.on('error', error => this.#fail(error))
    worker.on('exit', () => this.#fail(new UnsupportedError('a drawing thread ended before its time')))
    return worker
  }

  /** Gives a worker the next band, or lets it wait until there is room. */
  #give(worker: Worker): void {
    const index = this.#next
    if (index >= this.bands.length) return
    if (index >= this.#taken + this.#workers.length * BANDS_A_THREAD) {
      this.#idle.push(worker)
      return
    }
    this.#next++
    worker.once('message', (scanlines: Uint8Array) => {
      this.#drawn.set(index, scanlines)
      this.#give(worker)
      this.#wake()
    })
    worker.postMessage(this.bands[index], [])
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#wake()
  }
}
