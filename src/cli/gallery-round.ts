// One round of one picture of a gallery: a net is trained, rounded to float16 where that costs little, and measured as it
// will be shipped.

import { isDeepStrictEqual } from 'node:util'
import { version } from '../../package.json'
import { MYSTERY_NET } from '../model/architecture.js'
import { FormatError } from '../model/errors.js'
import { foldNetwork } from '../model/fold.js'
import { createNetwork } from '../model/network.js'
import type { StateDict } from '../model/state-dict.js'
import { readFrame } from '../model/summary.js'
import { type Checkpoint, digestOf } from '../train/checkpoint.js'
import { compareImages } from '../train/metrics.js'
import { drawNetwork } from '../train/network-picture.js'
import { createFilm, createResult } from '../train/result.js'
import { RunClock } from '../train/run-clock.js'
import { plainTarget } from '../train/target.js'
import { type Progress, type RunSettings, Trainer } from '../train/trainer.js'
import type { LoadedImage } from './image.js'
import { readCheckpoint } from './train-files.js'
import { trainWithCheckpoints } from './train-loop.js'
import { startThreads } from './train-team.js'

/** A round's net. */
export interface Candidate {
  readonly bytes: Uint8Array
  readonly film: Uint8Array | null
  /** Of these bytes, dB. */
  readonly psnr: number
  readonly ssim: number
  readonly seconds: number
  readonly steps: number
}

export interface RoundWatch {
  readonly onProgress: (progress: Progress, seconds: number) => void
  readonly isStopped: () => boolean
  readonly onNote: (line: string) => void
}

/** Half of the file's size is worth this much of its quality, dB. */
const HALF_PRECISION_COST = 0.2
/** JSON has no infinity. */
const HIGHEST_PSNR = 200

/**
 * Trains, or goes on from the checkpoint of the same run.
 * @returns 'stopped' when it was, with a checkpoint; 'diverged' when that was before it was measured once
 * @throws UnsupportedError when the checkpoint cannot be written
 */
export async function trainRound(
  loaded: LoadedImage,
  settings: RunSettings,
  checkpointPath: string,
  checkpointEveryMs: number,
  watch: RoundWatch,
): Promise<Candidate | 'stopped' | 'diverged'> {
  const { image } = loaded
  const imageDigest = digestOf(image)
  const checkpoint = await readOwnCheckpoint(checkpointPath, settings, imageDigest, watch.onNote)
  const trainer = await Trainer.start(MYSTERY_NET, settings, plainTarget(image), startThreads, checkpoint?.state)
  try {
    const clock = new RunClock(trainer.progress.step, checkpoint?.seconds ?? 0, () => performance.now())
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
    return Number.isFinite(candidate.psnr) ? candidate : 'diverged'
  } finally {
    await trainer.dispose()
  }
}

async function makeCandidate(trainer: Trainer, loaded: LoadedImage, seconds: number): Promise<Candidate> {
  const { architecture, settings, curve, snapshots } = trainer
  const { image } = loaded
  const { step } = trainer.progress
  const tensors = await trainer.tensors()
  const provenance = { sourceName: loaded.sourceName, version }
  const make = (dtype: 'F16' | 'F32', psnr: number) =>
    createResult(architecture, tensors, image, settings, step, psnr, provenance, dtype)
  const [half, single] = (['F16', 'F32'] as const).map(dtype => ({ dtype, ...measure(make(dtype, 0), image) }))
  const { dtype, psnr, ssim } = half.psnr >= single.psnr - HALF_PRECISION_COST ? half : single
  const film =
    settings.frames > 0 ? createFilm(architecture, snapshots, curve, image, settings, provenance).serialize() : null
  return { bytes: make(dtype, psnr).serialize(), film, psnr, ssim, seconds, steps: step }
}

function measure(stateDict: StateDict, image: LoadedImage['image']): { psnr: number; ssim: number } {
  const picture = drawNetwork(foldNetwork(createNetwork(stateDict)), readFrame(stateDict).frame, image)
  const { psnr, ssim } = compareImages(picture, image)
  return { psnr: Math.min(HIGHEST_PSNR, psnr), ssim }
}

/** The checkpoint of this very run; another one, or a broken one, is begun anew. */
async function readOwnCheckpoint(
  path: string,
  settings: RunSettings,
  imageDigest: string,
  onNote: (line: string) => void,
): Promise<Checkpoint | null> {
  try {
    const checkpoint = await readCheckpoint(path)
    const isSame = checkpoint?.imageDigest === imageDigest && isDeepStrictEqual(checkpoint.settings, settings)
    return isSame ? checkpoint : null
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    onNote(`${error.message}; the run begins anew`)
    return null
  }
}
