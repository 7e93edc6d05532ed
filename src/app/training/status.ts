// Where a training stands.

import type { Run } from './run.js'

export type TrainingStatus =
  | { readonly kind: 'ready' }
  /** The workers start, or the speed is measured. */
  | { readonly kind: 'preparing' }
  | { readonly kind: 'running' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'done' }
  /** The weights are those of the last good step. */
  | { readonly kind: 'diverged'; readonly at: number }
  | { readonly kind: 'failed'; readonly reason: string }

/** @param isFinished whether the last weights of the run are in the open file, too: only then it is over */
export function statusOf({
  run,
  failure,
  isPreparing,
  isFinished,
}: {
  readonly run: Run | null
  readonly failure: string | null
  readonly isPreparing: boolean
  readonly isFinished: boolean
}): TrainingStatus {
  if (isPreparing) return { kind: 'preparing' }
  const reason = failure ?? run?.failure?.message
  if (reason !== undefined) return { kind: 'failed', reason }
  if (!run) return { kind: 'ready' }
  const { divergedAt, isDone, step } = run.progress
  if (run.isPlaying || (isDone && !isFinished)) return { kind: 'running' }
  if (divergedAt !== null) return { kind: 'diverged', at: divergedAt }
  if (isDone) return { kind: 'done' }
  return step === 0 ? { kind: 'ready' } : { kind: 'paused' }
}
