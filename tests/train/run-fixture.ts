// Small runs: a picture of two colours, a small net, few steps. Everything is seeded.

import { createDenseArchitecture } from '../../src/model/architecture.js'
import { DEFAULT_RECIPE, lengthOfSteps, type Recipe } from '../../src/train/recipe.js'
import type { RgbImage } from '../../src/train/rgb-image.js'
import { plainTarget } from '../../src/train/target.js'
import { LocalTeam } from '../../src/train/team.js'
import { type RunSettings, type RunState, type StartTeam, Trainer } from '../../src/train/trainer.js'

/** A net small enough for thousands of steps a second, with padding and a batch norm. */
export const SMALL_NET = createDenseArchitecture([10, 7, 6], [2])

/** Red on blue, or what else is given: a disc in a field. */
export function discImage(width = 24, height = 16, disc = [0.8, 0.1, 0.1], field = [0.1, 0.2, 0.6]): RgbImage {
  const data = new Float32Array(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const isInside = (x + 0.5 - width / 2) ** 2 + (y + 0.5 - height / 2) ** 2 < (height / 3) ** 2
      data.set(isInside ? disc : field, 3 * (y * width + x))
    }
  return { width, height, data }
}

/** A recipe for so small a picture, three stages with blur and noise, both optimizers in use. */
export const SMALL_RECIPE: Recipe = {
  ...DEFAULT_RECIPE,
  name: 'small',
  stages: [
    { name: 'blurred', share: 0.3, blur: 1.5, noise: 0.1 },
    { name: 'sharp', share: 0.3, blur: 0, noise: 0.05 },
    { name: 'clean', share: 0.4, blur: 0, noise: 0 },
  ],
  batch: 96,
}

export function smallSettings(changes: Partial<RunSettings> = {}): RunSettings {
  const { recipe = SMALL_RECIPE } = changes
  const length = lengthOfSteps(recipe, changes.steps ?? 60)
  return { recipe, seed: 5, threads: 1, ...length, targetPsnr: null, frames: 0, ...changes }
}

export const startLocal: StartTeam = async (plan, state) => new LocalTeam(plan, state)

/** Runs to the end in slices of so many steps. */
export async function runToEnd(trainer: Trainer, slice = 7): Promise<Trainer> {
  while (!trainer.progress.isDone) await trainer.advance(slice)
  return trainer
}

export async function startSmall(
  settings: RunSettings,
  state?: RunState,
  image = discImage(),
  startTeam = startLocal,
): Promise<Trainer> {
  return await Trainer.start(SMALL_NET, settings, plainTarget(image), startTeam, state)
}

/** Everything of a run that must not depend on how it was cut into slices and sessions. */
export async function outcomeOf(trainer: Trainer) {
  const { progress, curve, snapshots } = trainer
  const { step, steps, psnr, isLanding, divergedAt } = progress
  return { step, steps, psnr, isLanding, divergedAt, curve, snapshots, state: await trainer.state() }
}
