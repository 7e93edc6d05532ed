// Steps at which something is due, fixed by the length of the run alone, so that the same run has the same marks.

/**
 * Steps of N snapshots, evenly in log time from the start (step 0, the net as drawn) to the end of the run.
 * @returns strictly ascending from `first` to `last`; fewer than `count` where there are not as many steps
 */
export function logSpacedSteps(first: number, last: number, count: number): number[] {
  if (last - first + 1 <= count) return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  const low = Math.log(first + 1)
  const high = Math.log(last + 1)
  const steps: number[] = []
  for (let k = 0; k < count; k++) {
    const even = Math.round(Math.exp(low + ((high - low) * k) / Math.max(1, count - 1))) - 1
    // Early on, even in log time is less than a step apart; and room must be left for those still to come.
    const earliest = k === 0 ? first : steps[k - 1] + 1
    steps.push(Math.min(Math.max(even, earliest), last - (count - 1 - k)))
  }
  if (count > 0) steps[count - 1] = last
  return steps
}

const MEASURES = 80
const EARLY_MEASURES = 24

/** Whether the PSNR is measured after a step of a run of so many: eighty times evenly, and some early ones in log time. */
export function isMeasured(step: number, steps: number): boolean {
  if (step === steps) return true
  const every = Math.max(1, Math.ceil(steps / MEASURES))
  return step % every === 0 || (step < every && logSpacedSteps(1, every, EARLY_MEASURES).includes(step))
}

/** The next step after `step` at which the PSNR is measured. */
export function nextMeasured(step: number, steps: number): number {
  for (let next = step + 1; next < steps; next++) if (isMeasured(next, steps)) return next
  return steps
}
