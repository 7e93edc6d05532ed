// A picture in, a network out, in this thread and with nothing to set up: for programs that train now and then. Whoever wants all cores, checkpoints
// or to pause leads a Trainer with a team of workers.

import { version } from '../../package.json'
import type { Architecture } from '../model/architecture.js'
import type { Arithmetic } from '../kernel/module.js'
import { loadKernel } from '../kernel/relaxed.js'
import { FormatError } from '../model/errors.js'
import type { StateDict } from '../model/state-dict.js'
import { DEFAULT_ARCHITECTURE, DEFAULT_RECIPE, lengthOfSteps, type Recipe } from './recipe.js'
import { createFilm, createResult } from './result.js'
import { checkTargetSize, type RgbImage } from './rgb-image.js'
import { plainTarget } from './target.js'
import { LocalTeam } from './team.js'
import { type Progress, Trainer } from './trainer.js'

/** How a picture is learned. */
export interface TrainOptions {
  /** Length of the run; some 10,000 make a good flag. */
  readonly steps: number
  /** What is trained; default: MysteryNet. `parseBlueprint` makes any other. */
  readonly architecture?: Architecture
  /** Default: `sharp`. */
  readonly recipe?: Recipe
  /** Equal seeds, options and images give equal networks. Default 1. */
  readonly seed?: number
  /** The run may end early where this is reached, dB. */
  readonly targetPsnr?: number
  /** Snapshots for a film, the first and the last state among them; default 0, none. */
  readonly frames?: number
  /**
   * `relaxed` is faster where the engine has relaxed SIMD; its networks are as good, and others on other machines. Default `strict`: equal on all.
   */
  readonly arithmetic?: Arithmetic
  /** What the image is called, for the file. */
  readonly name?: string
  /** Told now and then how far it is; false ends the run with what has been learned by then. */
  readonly onProgress?: (progress: Progress) => boolean | void
}

/** What a training gives. */
export interface Trained {
  /** A file that PyTorch loads with load_state_dict(strict=True). */
  readonly network: StateDict
  /** How it was learned, a file; null where no frames were kept. */
  readonly film: StateDict | null
  /** How the run ended. */
  readonly progress: Progress
}

/** Steps between two reports. */
const SLICE = 50

/**
 * Trains a network on an image.
 * @param image at the size that it is to be learned in; from 1 to 4096 pixels an edge
 * @throws FormatError where a number is out of its range, or the image has not the values that its size asks for
 * @throws UnsupportedError where relaxed arithmetic is asked for and not to be had
 */
export async function train(image: RgbImage, options: TrainOptions): Promise<Trained> {
  const { steps, recipe = DEFAULT_RECIPE, seed = 1, targetPsnr = null, frames = 0, name = 'image' } = options
  const net = options.architecture ?? DEFAULT_ARCHITECTURE
  const arithmetic = options.arithmetic ?? 'strict'
  const kernel = await loadKernel(arithmetic)
  const { width, height } = checkTargetSize(image.width, image.height)
  if (image.data.length !== width * height * 3)
    throw new FormatError(`image: expected ${width * height * 3} values, got ${image.data.length}`)
  if (!Number.isInteger(steps) || steps < 1)
    throw new FormatError(`steps: expected a whole number above 0, got ${steps}`)
  const settings = {
    recipe,
    seed,
    threads: 1,
    ...lengthOfSteps(recipe, steps),
    targetPsnr,
    frames,
    ...(arithmetic === 'relaxed' && { arithmetic }),
  }
  const target = plainTarget(image)
  const trainer = await Trainer.start(net, settings, target, async (plan, state) => new LocalTeam(plan, state, kernel))
  try {
    while (!trainer.progress.isDone) {
      await trainer.advance(SLICE)
      if (options.onProgress?.(trainer.progress) === false) break
    }
    const { progress, snapshots, curve, architecture } = trainer
    const { psnr, psnrDetail } = progress
    const quality = psnr === null || psnrDetail === null ? null : { psnr, psnrDetail }
    const provenance = { sourceName: name, version }
    const tensors = await trainer.tensors()
    return {
      network: createResult(architecture, tensors, target, settings, progress.step, quality, provenance),
      film: frames > 0 ? createFilm(architecture, snapshots, curve, target, settings, provenance) : null,
      progress,
    }
  } finally {
    await trainer.dispose()
  }
}
