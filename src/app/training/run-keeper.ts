// Keeps the run of a training in the browser, some seconds old at most, until it is finished or given up: a reload loses no minutes.

import { FormatError } from '../../model/errors.js'
import { printableName } from '../../model/printable.js'
import { type Checkpoint, decodeCheckpoint } from '../../train/checkpoint.js'
import { digestOfTarget } from '../../train/target-digest.js'
import type { Target } from '../../train/target.js'
import type { Messages } from '../messages.js'
import type { LoadedTarget } from './bitmap-target.js'
import type { KeptRun, KeptRuns } from './kept-runs.js'
import type { LearnedImage } from './learned-image.js'
import type { RunPlan } from './plan.js'
import type { Run } from './run.js'
import type { ImageSource } from './target-image.js'

/** As often as the command line writes its checkpoint. */
const EVERY_MS = 10_000

/** A run under way, and what it is known by. */
export interface KeepableRun {
  readonly key: string
  readonly run: Run
  readonly plan: RunPlan
}

export class RunKeeper {
  /** What is kept by now. */
  #kept: Run | null = null
  #dueMs = 0
  #isRefused = false
  /** One after the other: what is dropped is not written again. */
  #turn: Promise<unknown> = Promise.resolve()
  readonly #digests = new WeakMap<Target, string>()

  constructor(
    private readonly runs: KeptRuns,
    private readonly image: LearnedImage,
    private readonly messages: Messages,
  ) {}

  /** Whether a run would be there after a reload, but for its last seconds. */
  isKept(run: Run): boolean {
    return this.#kept === run
  }

  /** A run goes on that was kept by a page before. */
  adopt({ key, run }: Pick<KeepableRun, 'key' | 'run'>): void {
    this.runs.hold(key)
    this.#kept = run
  }

  /** A run begins, or goes on: it is kept from now on every some seconds. */
  begin(): void {
    this.#dueMs = performance.now() + EVERY_MS
  }

  /** A slice of a run is done: it is kept when it is time for that. */
  follow(keepable: KeepableRun): void {
    if (performance.now() >= this.#dueMs) this.keep(keepable)
  }

  /** Keeps a run as it is now. */
  keep({ key, run, plan }: KeepableRun): void {
    const { source } = this.image
    const { done, total, psnr, isDone } = run.progress
    if (!source || this.#isRefused || done === 0 || isDone) return
    this.#dueMs = Number.POSITIVE_INFINITY
    this.#turn = this.#turn.then(async () => {
      try {
        if (run.isDisposed) return
        const checkpoint = await run.checkpoint(this.#digestOf(run.target))
        const kept = { plan, checkpoint, psnr, budget: run.budget, share: done / total }
        await this.runs.put(key, { ...kept, name: source.name, timeMs: Date.now() }, source.blob)
        this.#kept = run
      } catch (error) {
        // Given up meanwhile, it has no state to be kept.
        if (run.isDisposed) return
        this.#isRefused = true
        this.messages.sayError(error)
      } finally {
        this.begin()
      }
    })
  }

  /** Forgets a run: it is finished, or given up. */
  drop(key: string): void {
    this.#turn = this.#turn.then(async () => {
      this.#kept = null
      // Where nothing is kept there is nothing to be removed either.
      await this.runs.remove(key).catch(() => {})
    })
  }

  #digestOf(target: Target): string {
    const digest = this.#digests.get(target) ?? digestOfTarget(target)
    this.#digests.set(target, digest)
    return digest
  }
}

/**
 * Reads a training that was kept.
 * @param image that it learns, as it was kept
 * @throws FormatError when the image is not decoded as it was, or what was kept cannot be read
 */
export async function readKept(
  { name, plan, checkpoint: bytes }: KeptRun,
  image: Uint8Array,
  learned: LearnedImage,
): Promise<{ readonly source: ImageSource; readonly loaded: LoadedTarget; readonly checkpoint: Checkpoint }> {
  const source = { name, blob: new Blob([image as Uint8Array<ArrayBuffer>]) }
  const checkpoint = decodeCheckpoint(bytes)
  const loaded = await learned.load(source, plan)
  if (digestOfTarget(loaded.target) !== checkpoint.imageDigest)
    throw new FormatError(
      `${printableName(name)}: this browser decodes it otherwise by now, so its training cannot go on`,
    )
  return { source, loaded, checkpoint }
}
