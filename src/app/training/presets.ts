// How long a training is to be, as people say it; the fields of the panel say it exactly.

import type { RunPlan, TrainOptions } from './plan.js'

export interface Preset {
  readonly text: string
  /** What it comes to. */
  readonly title: string
  readonly options: TrainOptions & { readonly seconds: number; readonly targetPsnr: number | null }
}

/** A picture is good from here on, dB: see the table of terms. */
const GOOD = 30

export const PRESETS: readonly Preset[] = [
  { text: 'A minute', title: 'a minute on this machine', options: { seconds: 60, targetPsnr: null } },
  { text: 'Five minutes', title: 'five minutes on this machine', options: { seconds: 300, targetPsnr: null } },
  {
    text: 'Until good',
    title: `until it is good, ${GOOD} dB, and no longer than a quarter of an hour`,
    options: { seconds: 900, targetPsnr: GOOD },
  },
]

/** The one that a plan is; null for none. */
export function presetOf({ length, targetPsnr }: RunPlan): Preset | null {
  if (length.unit !== 'seconds') return null
  const isOf = ({ options }: Preset) => options.seconds === length.count && options.targetPsnr === targetPsnr
  return PRESETS.find(isOf) ?? null
}
