// One round of one picture of a gallery: a net is trained, rounded to float16 where that costs little, and measured as it
// will be shipped.

import { isDeepStrictEqual } from 'node:util'
import { version } from '../../../package.json'
import type { Architecture } from '../../model/architecture.js'
import { FormatError } from '../../model/errors.js'
import { foldNetwork } from '../../model/fold.js'
import { createNetwork } from '../../model/network.js'
import type { StateDict } from '../../model/state-dict.js'
import { readFrame } from '../../model/summary.js'
import type { Checkpoint } from '../../train/checkpoint.js'
import { measureQuality, type Quality } from '../../train/quality.js'
import { rememberPicture } from '../../train/remember.js'
import { createFilm, createResult } from '../../train/result.js'
import { RunClock } from '../../train/run-clock.js'
import type { CurvePoint } from '../../train/start-state.js'
import type { Psnrs, Target } from '../../train/target.js'
import { digestOfTarget } from '../../train/target-digest.js'
import { type Progress, type RunSettings, Trainer } from '../../train/trainer.js'
import type { LoadedTarget } from '../image/image.js'
import { readCheckpoint } from '../train/train-files.js'
import { trainWithCheckpoints } from '../train/train-loop.js'
import { startThreads } from '../train/train-team.js'

/** A round's net. Its quality is that of these bytes. */
export interface Candidate extends Quality {
  readonly bytes: Uint8Array
  readonly film: Uint8Array | null
  readonly seconds: number
  readonly steps: number
  readonly curve: readonly CurvePoint[]
  /** Steps of starts that were given up. */
  readonly elsewhere: number
}

export interface RoundWatch {
  readonly onProgress: (progress: Progress, seconds: number) => void
  readonly isStopped: () => boolean
  readonly onNote: (line: string) => void
  /** What its seconds are counted by, in milliseconds; default: the clock on the wall. */
  readonly now?: () => number
}

/** Half of the file's size is worth this much of its quality, dB of each measure. */
const HALF_PRECISION_COST = 0.2
/** JSON has no infinity. */
const HIGHEST_PSNR = 200

/**
 * Trains, or goes on from the checkpoint of the same run.
 * @param wanted what is trained; undefined: MysteryNet
 * @returns 'stopped' when it was, with a checkpoint; 'diverged' when that was before it was measured once
 * @throws UnsupportedError when the checkpoint cannot be written
 */
export async function trainRound(
  loaded: LoadedTarget,
  architecture: Architecture,
  settings: RunSettings,
  checkpointPath: string,
  checkpointEveryMs: number,
  watch: RoundWatch,
): Promise<Candidate | 'stopped' | 'diverged'> {
  const { target } = loaded
  const imageDigest = digestOfTarget(target)
  const checkpoint = await readOwnCheckpoint(checkpointPath, architecture, settings, imageDigest, watch.onNote)
  const trainer = await Trainer.start(architecture, settings, target, startThreads, checkpoint?.state)
  try {
    const clock = new RunClock(trainer.progress.done, checkpoint?.seconds ?? 0, watch.now ?? (() => performance.now()))
    const isDone = await trainWithCheckpoints({
      trainer,
      clock,
      checkpointPath,
      checkpointEveryMs,
      imageDigest,
      onSlice: () => watch.onProgress(trainer.progress, clock.seconds),
      isStopped: watch.isStopped,
      onUnsaved: error => watch.onNote(`${error.message}; the run goes on`),
    })
    if (!isDone) return 'stopped'
    if (trainer.curve.length === 0) return 'diverged'
    const candidate = await makeCandidate(trainer, loaded, clock.seconds)
    // A net that overflows somewhere in the picture is none: its numbers would spoil the manifest.
    return Number.isFinite(candidate.psnr + candidate.psnrDetail) ? candidate : 'diverged'
  } finally {
    await trainer.dispose()
  }
}

async function makeCandidate(trainer: Trainer, loaded: LoadedTarget, seconds: number): Promise<Candidate> {
  const { architecture, settings, target, curve, snapshots } = trainer
  const { step, done } = trainer.progress
  const tensors = rememberPicture(architecture, await trainer.tensors(), target.detail)
  const provenance = { sourceName: loaded.sourceName, version }
  const make = (dtype: 'F16' | 'F32', psnrs: Psnrs | null) =>
    createResult(architecture, tensors, target, settings, step, psnrs, provenance, dtype)
  const measured = (dtype: 'F16' | 'F32') => ({ dtype, ...measure(make(dtype, null), target) })
  const [half, single] = [measured('F16'), measured('F32')]
  const isHalfEnough = (['psnr', 'psnrDetail'] as const).every(key => half[key] >= single[key] - HALF_PRECISION_COST)
  const { dtype, ...quality } = isHalfEnough ? half : single
  const film =
    settings.frames > 0 ? createFilm(architecture, snapshots, curve, target, settings, provenance).serialize() : null
  return {
    bytes: make(dtype, quality).serialize(),
    film,
    ...quality,
    seconds,
    steps: step,
    curve,
    elsewhere: done - step,
  }
}

function measure(stateDict: StateDict, target: Target): Quality {
  const folded = foldNetwork(createNetwork(stateDict))
  const quality = measureQuality(folded, readFrame(stateDict).frame, target)
  return {
    ...quality,
    psnr: Math.min(HIGHEST_PSNR, quality.psnr),
    psnrDetail: Math.min(HIGHEST_PSNR, quality.psnrDetail),
  }
}

/** The checkpoint of this very run; another one, or a broken one, is begun anew. */
async function readOwnCheckpoint(
  path: string,
  architecture: Architecture,
  settings: RunSettings,
  imageDigest: string,
  onNote: (line: string) => void,
): Promise<Checkpoint | null> {
  try {
    const checkpoint = await readCheckpoint(path)
    const isSame =
      checkpoint?.imageDigest === imageDigest &&
      isDeepStrictEqual(checkpoint.settings, settings) &&
      isDeepStrictEqual(checkpoint.architecture, architecture)
    return isSame ? checkpoint : null
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    onNote(`${error.message}; the run begins anew`)
    return null
  }
}
