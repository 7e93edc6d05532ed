// A contest: contenders that do the same work, and so make one table of the report.

import type { Contender } from './contender.js'

/** A contender to be. It is made only when it is wanted: starting a runtime or threads takes time and memory. */
export interface Entry {
  readonly name: string
  create(): Contender | Promise<Contender>
}

export interface Contest {
  readonly title: string
  /** What one pixel costs: the measure for the share of the machine's peak. */
  readonly multiplyAddsPerPixel: number
  /** The others' speeds are told as multiples of these: they run whenever any of the contest does. */
  readonly baselines: readonly Entry[]
  readonly others: readonly Entry[]
}

/** Lists what `--only WORD` leaves of a contest: the word is looked for in `title: name`. */
export function wantedEntries({ title, baselines, others }: Contest, word: string): readonly Entry[] {
  const isWanted = ({ name }: Entry) => `${title}: ${name}`.includes(word)
  const wanted = others.filter(isWanted)
  return wanted.length > 0 || baselines.some(isWanted) ? [...baselines, ...wanted] : []
}
