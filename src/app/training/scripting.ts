// window.vexel.train: a training for consoles, lessons and end-to-end tests. What it does is seen in the page.

import { UnsupportedError } from '../../model/errors.js'
import type { CurvePoint } from '../../train/start-state.js'
import type { Progress } from '../../train/trainer.js'
import type { Estimate } from '../../train/run-clock.js'
import { loadFile } from '../../open/load-file.js'
import { openLoaded } from '../../open/open-file.js'
import type { TrainingFeature } from './feature.js'
import type { TrainOptions } from './plan.js'
import type { TrainingStatus } from './status.js'
import type { Training } from './training.js'
import type { NetOfFile } from './wanted-net.js'

/** What `vexel.train` takes. */
export interface TrainCall extends Omit<TrainOptions, 'like'> {
  /** A net with the names, widths and layers of this file's: its URL or bytes. */
  readonly like?: string | Blob
  /** Leaves it to `resume` to start. */
  readonly paused?: boolean
}

/** How a training stands. */
export interface TrainState extends Progress, Estimate {
  readonly status: TrainingStatus['kind']
}

/** A training under way. When another image is trained, or this one ended, it is of no use any more. */
export interface TrainHandle {
  /** Null until the workers have started. */
  readonly progress: TrainState | null
  /** Measured points so far: step, loss, PSNR. */
  readonly curve: readonly CurvePoint[]
  /** Resolves when the run is over, also when it diverged; rejects with one line when it cannot go on. */
  readonly done: Promise<TrainState>
  /** Stops after the step under way. */
  pause(): Promise<void>
  /** Goes on. */
  resume(): Promise<void>
  /** Exactly one step, then paused. */
  step(): Promise<void>
  /** From the beginning. */
  restart(): Promise<void>
  /** The bytes of the network as it is now, .safetensors. */
  result(): Promise<Uint8Array>
  /** The bytes of the snapshots so far, .safetensors. */
  film(): Promise<Uint8Array>
  /** Ends it; the network stays open. */
  end(): Promise<void>
}

const POLL_MS = 50

/**
 * Trains an image.
 * @param source its URL or bytes
 * @throws with one line when it cannot be read or an option is wrong; everything stays as it was then
 */
export async function train(
  feature: TrainingFeature,
  source: string | Blob,
  options: TrainCall = {},
): Promise<TrainHandle> {
  const { paused = false, like, ...plan } = options
  const { name, bytes } = await loadFile(source)
  const image = new Blob([bytes as Uint8Array<ArrayBuffer>])
  const training = await feature.load(image, name, like === undefined ? plan : { ...plan, like: await netOf(like) })
  const { source: learned } = training.image
  const check = <T>(use: () => T): T => {
    if (training.image.source !== learned) throw new UnsupportedError('this training has ended')
    return use()
  }
  const bytesOf = async (file: File) => new Uint8Array(await file.arrayBuffer())
  if (!paused) void training.play()
  return {
    get progress() {
      return check(() => stateOf(training))
    },
    get curve() {
      return check(() => training.curve)
    },
    get done() {
      return untilDone(() => check(() => training))
    },
    pause: () => check(() => training.pause()),
    resume: () => check(() => training.play()),
    step: () => check(() => training.step()),
    restart: () => check(() => training.restart()),
    result: () => check(async () => bytesOf(await training.networkFile())),
    film: () => check(async () => bytesOf(training.filmFile())),
    end: () => check(() => training.close()),
  }
}

/** @throws FormatError beginning with the file's name when it is no network */
async function netOf(source: string | Blob): Promise<NetOfFile> {
  const { name, network } = await openLoaded(await loadFile(source))
  return { name, architecture: network.architecture }
}

function stateOf(training: Training): TrainState | null {
  const { progress } = training
  return progress && { ...progress, status: training.status.kind }
}

async function untilDone(training: () => Training): Promise<TrainState> {
  for (;;) {
    const { status } = training()
    if (status.kind === 'failed') throw new UnsupportedError(status.reason)
    if (status.kind === 'done' || status.kind === 'diverged') return stateOf(training()) as TrainState
    await new Promise(resolve => setTimeout(resolve, POLL_MS))
  }
}
