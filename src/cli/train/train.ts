// vexel train: an image becomes a flag network.

import { rm } from 'node:fs/promises'
import { version } from '../../../package.json'
import { FormatError } from '../../model/errors.js'
import { foldNetwork } from '../../model/fold.js'
import { DEFAULT_FRAME } from '../../model/frame.js'
import { parseColour } from '../../train/colour.js'
import { DEFAULT_ARCHITECTURE, DEFAULT_RECIPE, lengthOfPixels, lengthOfSteps } from '../../train/recipe.js'
import { MAX_TARGET_EDGE } from '../../train/rgb-image.js'
import { networkFromTensors } from '../../train/inference.js'
import { measureQuality, tellQuality } from '../../train/quality.js'
import { rememberPicture } from '../../train/remember.js'
import { createFilm, createResult } from '../../train/result.js'
import { RunClock } from '../../train/run-clock.js'
import { digestOfTarget } from '../../train/target-digest.js'
import { measureStepRate } from '../../train/step-rate.js'
import { type RunSettings, Trainer } from '../../train/trainer.js'
import { optionValue } from '../failure.js'
import { type LoadedTarget, loadTarget } from '../image/image.js'
import { refuseInputAsOutput, removeLeftovers, writeWhole } from '../files/output.js'
import { pixelsOption, wholeOption } from '../options/numbers.js'
import { checkpointPath, filmPath, readCheckpoint, refuseFolder } from './train-files.js'
import { exitCodeOf, listenForInterrupts } from './train-interrupt.js'
import {
  checkAgreement,
  checkSameNet,
  DEFAULT_SECONDS,
  newSettings,
  type TrainOptionTexts,
  wantedRun,
  type WantedRun,
} from './train-options.js'
import { createFollower, type TimedProgress } from './train-progress.js'
import { trainWithCheckpoints } from './train-loop.js'
import { startThreads } from './train-team.js'
import type { Terminal } from '../terminal.js'

/** Texts as commander collects them. */
export type TrainTexts = TrainOptionTexts & {
  readonly out: string
  readonly width: string
  readonly detail: string
  readonly background: string
  readonly checkpointEvery: string
  readonly resume?: true
  readonly json?: true
}

/** Trains an image into a flag network, from the beginning or from a checkpoint. */
export async function runTrain(imagePath: string, options: TrainTexts, terminal: Terminal): Promise<void> {
  const startMs = performance.now()
  const wanted = await wantedRun(options)
  const width = pixelsOption('--width', options.width)
  const detail = wholeOption('--detail', options.detail, 1, MAX_TARGET_EDGE)
  const background = optionValue('--background', options.background, parseColour)
  const checkpointEveryMs = checkpointInterval(options.checkpointEvery)
  const { out } = options
  await refuseFolder(out)
  for (const path of [out, checkpointPath(out), filmPath(out)]) {
    await refuseInputAsOutput(path, [imagePath])
    await removeLeftovers(path)
  }
  const loaded = await loadTarget(imagePath, { width, detail, background })
  const style = options.json ? 'json' : terminal.stderr.isTTY ? 'bar' : 'plain'
  const job: Job = { out, imagePath, loaded, wanted, startMs, checkpointEveryMs, style, terminal }
  const trainer = options.resume ? ((await resumeTrainer(job)) ?? (await startTrainer(job))) : await startTrainer(job)
  try {
    await trainToEnd(job, trainer)
  } finally {
    await trainer.trainer.dispose()
  }
}

interface Job {
  readonly out: string
  readonly imagePath: string
  readonly loaded: LoadedTarget
  readonly wanted: WantedRun
  readonly startMs: number
  readonly checkpointEveryMs: number
  readonly style: 'bar' | 'plain' | 'json'
  readonly terminal: Terminal
}

interface Started {
  readonly trainer: Trainer
  /** Training time spent in sessions before. */
  readonly seconds: number
}

// Left of --seconds for reading, measuring and writing.
const OVERHEAD_SHARE = 0.03

async function startTrainer({ loaded, wanted, startMs }: Job): Promise<Started> {
  const { target } = loaded
  const length = wanted.length ?? { seconds: DEFAULT_SECONDS }
  let settings: RunSettings
  const recipe = wanted.recipe ?? DEFAULT_RECIPE
  const architecture = wanted.architecture ?? DEFAULT_ARCHITECTURE
  if ('steps' in length) settings = newSettings(wanted, lengthOfSteps(recipe, length.steps))
  else {
    settings = newSettings(wanted, lengthOfSteps(recipe, 1_000_000))
    const rate = await measureStepRate(architecture, settings, target, startThreads, () => performance.now())
    const left = length.seconds * (1 - OVERHEAD_SHARE) - (performance.now() - startMs) / 1000
    settings = newSettings(wanted, lengthOfPixels(recipe, left * rate * settings.batch))
  }
  return { trainer: await Trainer.start(architecture, settings, target, startThreads), seconds: 0 }
}

async function resumeTrainer({ out, imagePath, loaded, wanted, terminal }: Job): Promise<Started | null> {
  const path = checkpointPath(out)
  const checkpoint = await readCheckpoint(path)
  if (!checkpoint) {
    terminal.tell(`${path}: there is none yet; the run starts at the beginning`)
    return null
  }
  const { architecture, settings, state, seconds } = checkpoint
  checkSameNet(wanted, architecture)
  checkAgreement(wanted, settings)
  if (checkpoint.imageDigest !== digestOfTarget(loaded.target))
    throw new FormatError(
      `${imagePath}: not the picture, --width, --detail and --background that ${path} was begun with`,
    )
  return {
    trainer: await Trainer.start(architecture, settings, loaded.target, startThreads, state),
    seconds,
  }
}

async function trainToEnd(job: Job, { trainer, seconds: secondsBefore }: Started): Promise<void> {
  const { out, loaded, checkpointEveryMs, style, terminal } = job
  const clock = new RunClock(trainer.progress.done, secondsBefore, () => performance.now())
  const interrupt = listenForInterrupts()
  const follower = createFollower(trainer.settings, style, terminal)
  const timed = (): TimedProgress => ({ ...trainer.progress, ...clock.estimate(trainer.progress, batchOf(trainer)) })
  try {
    const isDone = await trainWithCheckpoints({
      trainer,
      clock,
      checkpointPath: checkpointPath(out),
      checkpointEveryMs,
      imageDigest: digestOfTarget(loaded.target),
      onSlice: () => follower.show(timed()),
      isStopped: () => interrupt.signal !== null,
      onUnsaved: error => terminal.tell(`${error.message}; the run goes on`),
    })
    if (!isDone) {
      follower.close()
      terminal.tell(`stopped at step ${trainer.progress.step}; go on with --resume`)
      if (interrupt.signal) terminal.exitCode = exitCodeOf(interrupt.signal)
      return
    }
    await finish(job, trainer, clock.seconds, follower.close)
  } finally {
    interrupt.stop()
    follower.close()
  }
}

async function finish(job: Job, trainer: Trainer, seconds: number, closeFollower: () => void): Promise<void> {
  const { out, loaded, style, terminal } = job
  const { architecture, settings, target, curve, snapshots } = trainer
  const { step, divergedAt } = trainer.progress
  closeFollower()
  if (divergedAt !== null && curve.length === 0)
    throw new FormatError(`the run diverged at step ${divergedAt}, before it was measured once: try a lower --rate`)
  const provenance = { sourceName: loaded.sourceName, version }
  const tensors = rememberPicture(architecture, await trainer.tensors(), target.detail)
  const quality = measureQuality(foldNetwork(networkFromTensors(architecture, tensors)), DEFAULT_FRAME, target)
  const result = createResult(architecture, tensors, target, settings, step, quality, provenance)
  if (settings.frames > 0)
    await writeWhole(
      filmPath(out),
      createFilm(architecture, snapshots, curve, target, settings, provenance).serialize(),
    )
  await writeWhole(out, result.serialize())
  await rm(checkpointPath(out), { force: true })
  const summary = {
    out,
    width: target.seen.width,
    height: target.seen.height,
    psnr: round(quality.psnr),
    ssim: round(quality.ssim),
    detailWidth: target.detail.width,
    detailHeight: target.detail.height,
    psnrDetail: round(quality.psnrDetail),
    ssimDetail: round(quality.ssimDetail),
    steps: step,
    seconds: round(seconds),
  }
  if (style === 'json') terminal.printJson({ event: 'done', ...summary, divergedAt })
  else terminal.print(`${out}: ${tellQuality(quality, target)}; ${step} steps, ${seconds.toFixed(1)} s`)
  if (divergedAt !== null)
    throw new FormatError(
      `the run diverged at step ${divergedAt}: ${out} has the weights of step ${step}; try a lower --rate`,
    )
}

function batchOf({ settings }: Trainer): number {
  return settings.batch
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}

function checkpointInterval(text: string): number {
  return optionValue('--checkpoint-every', text, value => {
    const seconds = Number(value)
    if (!(seconds > 0 && seconds <= 86_400)) throw new FormatError('expected seconds from above 0 to 86400')
    return seconds * 1000
  })
}
