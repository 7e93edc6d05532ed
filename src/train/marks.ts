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

/** The next step after `step` at which a run of so many steps is measured: eighty times evenly, before that in log time. */
export function nextMeasured(step: number, steps: number): number {
  const every = Math.max(1, Math.ceil(steps / MEASURES))
  const early = step < every ? logSpacedSteps(1, every, EARLY_MEASURES).find(mark => mark > step) : undefined
  return Math.min(steps, early ?? (Math.floor(step / every) + 1) * every)
}
