// The comparison with the original, live: asked of a worker, one question at a time. While one is being answered only the
// newest of those that come is kept, so that a wheel that turns queues nothing up.

import type { Frame } from '../../model/frame.js'
import type { Network } from '../../model/network.js'
import { pictureSize } from '../../model/view.js'
import type { Opened } from '../open/opened.js'
import type { CompareReply, CompareRequest } from './compare-worker.js'
import type { ScrubSession } from './session.js'

export interface Comparison {
  /** Points of the grid over the frame. */
  readonly width: number
  readonly height: number
  /** dB; Infinity for equal pictures, NaN where a colour is no number. */
  readonly psnr: number
  /** [height, width, 4], the amplified difference. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>
}

interface Question {
  readonly original: Network
  readonly edited: Network
  readonly frame: Frame
}

/** Points along the longer edge: a few milliseconds on one core. */
const GRID_EDGE = 128

export class LiveComparison {
  #worker: Worker | null = null
  /** The original that the worker has. */
  #told: Network | null = null
  /** The newest question, about what is there now. */
  #wanted: Question | null = null
  /** The one that is being answered. */
  #asked: Question | null = null
  #size = { width: 1, height: 1 }
  /** The latest answer; it may be some milliseconds old. */
  latest: Comparison | null = null
  /** Why there is none. */
  problem: string | null = null
  readonly #unsubscribe: readonly (() => void)[]

  /**
   * Begins to compare, and follows the edits and the frame.
   * @param onChange there is another answer
   */
  constructor(
    private readonly opened: Opened,
    private readonly session: ScrubSession,
    private readonly onChange: () => void,
  ) {
    this.#unsubscribe = [opened, session].map(({ changed }) => changed.subscribe(() => this.#follow()))
    this.#follow()
  }

  dispose(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.#worker?.terminate()
    this.#worker = null
  }

  /** Asks about what is new. */
  #follow(): void {
    const { session, opened } = this
    const { frame } = opened
    // A strip, and a file that is closed, have none.
    if (!frame || !session.isOpen) return
    if (this.#wanted?.edited === session.network && this.#wanted.frame === frame) return
    this.#wanted = { original: session.original, edited: session.network, frame }
    if (!this.#asked) this.#send(this.#wanted)
  }

  #send(question: Question): void {
    const { original, edited, frame } = question
    const worker = (this.#worker ??= this.#create())
    this.#asked = question
    const { width, height } = pictureSize(frame, GRID_EDGE)
    this.#size = height <= GRID_EDGE ? { width, height } : pictureSize(frame, undefined, GRID_EDGE)
    const isTold = this.#told === original
    this.#told = original
    const request: CompareRequest = { original: isTold ? null : original, edited, frame, ...this.#size }
    worker.postMessage(request, [])
  }

  #create(): Worker {
    const worker = new Worker(new URL('./compare-worker.ts', import.meta.url), {
      type: 'module',
      name: 'vexel compare',
    })
    worker.addEventListener('message', ({ data }: MessageEvent<CompareReply>) => {
      this.latest = data.ok ? { ...this.#size, psnr: data.psnr, rgba: data.rgba } : null
      this.problem = data.ok ? null : data.reason
      this.#goOn()
    })
    worker.addEventListener('error', event => {
      event.preventDefault()
      this.latest = null
      this.problem = event.message || 'its worker could not be loaded'
      // It answers nothing any more; the next question starts another.
      worker.terminate()
      this.#worker = null
      this.#told = null
      this.#asked = null
      this.onChange()
    })
    return worker
  }

  #goOn(): void {
    const answered = this.#asked
    this.#asked = null
    if (this.#wanted && this.#wanted !== answered) this.#send(this.#wanted)
    this.onChange()
  }
}
