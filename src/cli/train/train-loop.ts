// The loop of a training: slices of steps, a checkpoint now and then.

import { encodeCheckpoint } from '../../train/checkpoint.js'
import type { RunClock } from '../../train/run-clock.js'
import type { Trainer } from '../../train/trainer.js'
import { writeWhole } from '../files/output.js'

// Ctrl-C and the progress wait at most about this long.
const SLICE_MS = 150

export interface TrainLoop {
  readonly trainer: Trainer
  readonly clock: RunClock
  readonly checkpointPath: string
  readonly checkpointEveryMs: number
  readonly imageDigest: string
  /** Called after every slice. */
  readonly onSlice: () => void
  /** Asked before every slice. */
  readonly isStopped: () => boolean
  /** Told when a checkpoint cannot be written once the run is under way: it goes on. */
  readonly onUnsaved: (error: Error) => void
}

/**
 * Trains until the run is done or stopped; a stopped one leaves a checkpoint.
 * @returns whether it is done, and was not stopped
 * @throws UnsupportedError when the first or the last checkpoint cannot be written
 */
export async function trainWithCheckpoints(loop: TrainLoop): Promise<boolean> {
  const { trainer, clock, checkpointPath, checkpointEveryMs, imageDigest, onSlice, isStopped, onUnsaved } = loop
  const save = async () => {
    const state = await trainer.state()
    const { architecture, settings, target } = trainer
    const checkpoint = { architecture, settings, state, imageDigest, seconds: clock.seconds }
    await writeWhole(checkpointPath, encodeCheckpoint(checkpoint, target.seen))
  }
  // Before the first step: a disk that cannot hold a checkpoint is better known now, and a kill loses the plan no more.
  await save()
  let savedMs = performance.now()
  onSlice()
  while (!trainer.progress.isDone && !isStopped()) {
    await trainer.advance(clock.stepsFor(SLICE_MS))
    clock.tick(trainer.progress.done)
    onSlice()
    if (performance.now() - savedMs < checkpointEveryMs) continue
    await save().catch(onUnsaved)
    savedMs = performance.now()
  }
  // Stopped at its very last step a run is stopped all the same: whoever asked for it expects to find the checkpoint.
  if (!isStopped()) return true
  await save()
  return false
}
