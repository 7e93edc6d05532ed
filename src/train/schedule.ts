// The learning rate over a run: a straight line to zero at the last step, as a factor of the recipe's rates. Landing early
// bends the line once: from where it is to zero at an earlier step.

export interface Schedule {
  /** The run is over after this many steps. */
  readonly steps: number
  /** The step from which the rate falls to zero faster than planned, and the factor it has there; null: never. */
  readonly landing: { readonly from: number; readonly factor: number } | null
}

/** The factor for a step counted from 0: 1 at the first step of a run, one line's step above 0 at the last. */
export function rateFactor({ steps, landing }: Schedule, step: number): number {
  if (landing && step >= landing.from)
    return landing.factor * Math.max(0, (steps - step) / Math.max(1, steps - landing.from))
  return Math.max(0, (steps - step) / steps)
}

/** The same run brought to an end `length` steps from now. */
export function landFrom(schedule: Schedule, step: number, length: number): Schedule {
  return { steps: step + length, landing: { from: step, factor: rateFactor(schedule, step) } }
}
