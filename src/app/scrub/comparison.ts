// The comparison with the original, live: asked of a worker.

import type { Frame } from '../../model/frame.js'
import type { Network } from '../../model/network.js'
import { pictureSize } from '../../model/view.js'
import { AnsweringWorker, type Failure } from '../answering-worker.js'
import { NewestAsker } from '../newest-asker.js'
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
  readonly size: { readonly width: number; readonly height: number }
}

/** Points along the longer edge: a few milliseconds on one core. */
const GRID_EDGE = 128

export class LiveComparison {
  readonly #worker = new AnsweringWorker<CompareRequest, CompareReply>(
    () => new Worker(new URL('./compare-worker.ts', import.meta.url), { type: 'module', name: 'vexel compare' }),
  )
  readonly #asker: NewestAsker<Question, CompareReply>
  /** The original that the worker has. */
  #told: Network | null = null
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
    this.#asker = new NewestAsker<Question, CompareReply>({
      answer: question => this.#answer(question),
      take: (question, reply) => this.#take(question, reply),
    })
    this.#unsubscribe = [opened, session].map(({ changed }) => changed.subscribe(() => this.#follow()))
    this.#follow()
  }

  dispose(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.#asker.dispose()
    this.#worker.dispose()
  }

  /** Asks about what is new. */
  #follow(): void {
    const { session, opened } = this
    const { frame } = opened
    // A strip, and a file that is closed, have none.
    if (!frame || !session.isOpen) return
    const { newest } = this.#asker
    if (newest?.edited === session.network && newest.frame === frame) return
    this.#asker.ask({ original: session.original, edited: session.network, frame, size: gridOf(frame) })
  }

  #answer({ original, edited, frame, size }: Question): Promise<CompareReply | Failure> {
    const isTold = !this.#worker.isNew && this.#told === original
    this.#told = original
    return this.#worker.ask({ original: isTold ? null : original, edited, frame, ...size })
  }

  #take({ size }: Question, reply: CompareReply | Failure): void {
    this.latest = reply.ok ? { ...size, psnr: reply.psnr, rgba: reply.rgba } : null
    this.problem = reply.ok ? null : reply.reason
    this.onChange()
  }
}

/** Points of the grid over a frame. */
function gridOf(frame: Frame): Question['size'] {
  const { width, height } = pictureSize(frame, GRID_EDGE)
  return height <= GRID_EDGE ? { width, height } : pictureSize(frame, undefined, GRID_EDGE)
}
