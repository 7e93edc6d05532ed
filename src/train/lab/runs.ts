// The runs of a lab: one for each variant, flag and seed, in the order in which they are done, so that what is there when somebody
// looks is a sound part of the answer.

import { lengthOfPixels } from '../recipe.js'
import type { CurvePoint } from '../start-state.js'
import type { RunSettings } from '../trainer.js'
import type { LabPlan, LabVariant } from './plan.js'

export interface LabRun {
  readonly variant: LabVariant
  readonly flag: string
  readonly seed: number
}

/** All variants on all flags with the first seed, then with the next: what is compared is always equally far. */
export function runsOf({ variants, flags, seeds }: LabPlan): LabRun[] {
  return seeds.flatMap(seed => flags.flatMap(flag => variants.map(variant => ({ variant, flag, seed }))))
}

/** The settings of a run. One thread each: more runs at once use more cores. */
export function settingsOf({ variant: { recipe }, seed }: LabRun, pixels: number): RunSettings {
  return { recipe, seed, threads: 1, frames: 0, targetPsnr: null, ...lengthOfPixels(recipe, pixels) }
}

/** The state of a run at a moment. */
export interface SeenPoint {
  /** Pixels seen so far, in all starts. */
  readonly pixels: number
  /** In dB, against the target as it is seen, and in detail. */
  readonly psnr: number
  readonly psnrDetail: number
}

/** What came of a run. */
export interface LabResult {
  readonly variant: string
  readonly flag: string
  readonly seed: number
  /** Identifies all that decides about the run: a result of another key is none. */
  readonly key: string
  readonly parameters: number
  /** Pixels seen. */
  readonly pixels: number
  /** In dB, of the file as it is; null for a run that diverged. */
  readonly psnr: number | null
  readonly psnrDetail: number | null
  readonly ssim: number | null
  readonly ssimDetail: number | null
  /** Of one processor, for the training. */
  readonly seconds: number
  /** Of the net's file, 0 where there is none. */
  readonly bytes: number
  readonly curve: readonly SeenPoint[]
}

/** A trainer's curve by pixels seen. @param elsewhere steps of other starts */
export function seenCurve(curve: readonly CurvePoint[], { batch }: RunSettings, elsewhere: number): SeenPoint[] {
  const rounded = (dB: number) => Number(dB.toFixed(3))
  return curve.map(({ step, psnr, psnrDetail }) => ({
    pixels: (step + elsewhere) * batch,
    psnr: rounded(psnr),
    psnrDetail: rounded(psnrDetail),
  }))
}
