// Pieces of a picture, drawn by several threads and handed on in order. No piece is drawn before there is room for it, so
// memory is a few pieces whatever the picture's size.

import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { UnsupportedError } from '../../model/errors.js'
import { wholeOption } from '../options/numbers.js'

// One thread compresses what all others draw: about as much as sixteen draw.
export const DEFAULT_MAX_THREADS = 16
const MAX_THREADS = 256

/** What `--fast` does, in words. */
export const FAST_DESCRIPTION =
  'put most pixels in between a few that are evaluated, where the frame is at least 640 pixels across: a rare one is wrong'

/** Evaluations a piece: some 30 ms, so that progress and Ctrl-C are prompt. */
export const PIECE_EVALUATIONS = 65_536

/** Rows of a coherent piece, where there are so many: each has a ring of blocks around it that is only tested. */
export const COHERENT_PIECE_ROWS = 128

/** What is drawn, and by what. */
export interface DrawingWork<Piece> {
  /** A script that answers each piece with its bytes. */
  readonly worker: URL
  /** What every worker is started with. */
  readonly workerData?: unknown
  readonly count: number
  /** Tells what a worker is sent for a piece. */
  pieceAt(index: number): Piece
  /** Creates a function that does in this thread what a worker does. */
  createDrawer(): (piece: Piece) => Uint8Array
}

/** How many threads are to draw. */
export function threadsOption(text: string | undefined): number {
  if (text === undefined) return Math.min(DEFAULT_MAX_THREADS, availableParallelism())
  return wholeOption('--threads', text, 1, MAX_THREADS)
}

/**
 * Draws all pieces.
 * @param threads how many draw; 1 draws in this one
 * @returns what was drawn, in the order of the pieces
 */
export async function* drawPieces<Piece>(
  work: DrawingWork<Piece>,
  threads: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  if (threads === 1 || work.count === 1) {
    const draw = work.createDrawer()
    for (let index = 0; index < work.count; index++) {
      // A signal reaches this thread between two pieces only.
      await new Promise(resolve => setImmediate(resolve))
      signal.throwIfAborted()
      yield draw(work.pieceAt(index))
    }
    return
  }
  const team = new DrawingTeam(work, Math.min(threads, work.count))
  try {
    for (let index = 0; index < work.count; index++) {
      signal.throwIfAborted()
      yield await team.take(index)
    }
  } finally {
    await team.terminate()
  }
}

// What a piece leaves behind is little and short-lived; by default V8 lets it grow to 48 MB a thread first.
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 4 }
/** Pieces that may be under way or waiting, for each thread. */
const PIECES_A_THREAD = 3

class DrawingTeam<Piece> {
  readonly #workers: readonly Worker[]
  readonly #idle: Worker[] = []
  readonly #drawn = new Map<number, Uint8Array>()
  #next = 0
  #taken = 0
  #failure: Error | null = null
  #wake = () => {}

  constructor(
    private readonly work: DrawingWork<Piece>,
    threads: number,
  ) {
    this.#workers = Array.from({ length: threads }, () => this.#spawn())
    for (const worker of this.#workers) this.#give(worker)
  }

  /** Waits for a piece; they are taken in order. */
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

  #spawn(): Worker {
    const { workerData } = this.work
    const worker = new Worker(this.work.worker, { workerData, resourceLimits: RESOURCE_LIMITS })
    worker.on('error', error => this.#fail(error))
    worker.on('exit', () => this.#fail(new UnsupportedError('a drawing thread ended before its time')))
    return worker
  }

  /** Gives a worker the next piece, or lets it wait until there is room. */
  #give(worker: Worker): void {
    const index = this.#next
    if (index >= this.work.count) return
    if (index >= this.#taken + this.#workers.length * PIECES_A_THREAD) {
      this.#idle.push(worker)
      return
    }
    this.#next++
    worker.once('message', (bytes: Uint8Array) => {
      this.#drawn.set(index, bytes)
      this.#give(worker)
      this.#wake()
    })
    worker.postMessage(this.work.pieceAt(index), [])
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#wake()
  }
}
