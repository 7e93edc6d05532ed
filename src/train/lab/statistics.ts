// What a lab says of its figures: medians, quartiles and the sign test. No shape of a distribution is supposed: a flag that is hard
// is ten decibels from one that is easy, and a seed may fail altogether.

/**
 * The value below which a part of all lie, put in between the two nearest ones linearly (R's type 7, NumPy's default).
 * @param values at least one, in any order; -Infinity is a value as any other @param part in [0, 1]
 */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const place = (sorted.length - 1) * part
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  if (low === high || low === Number.NEGATIVE_INFINITY) return low
  return low + (high - low) * (place - Math.floor(place))
}

/** The middle half of some values. */
export interface Quartiles {
  readonly count: number
  readonly lower: number
  readonly median: number
  readonly upper: number
}

/** @param values in any order @returns null where there are none */
export function quartiles(values: readonly number[]): Quartiles | null {
  if (values.length === 0) return null
  const [lower, median, upper] = [0.25, 0.5, 0.75].map(part => quantile(values, part))
  return { count: values.length, lower, median, upper }
}

/** Pairs in which one was better, and how likely that is by chance. */
export interface SignTest {
  readonly better: number
  readonly worse: number
  /** Pairs of equals: they speak for neither. */
  readonly equal: number
  /** Two-sided: the chance that a fair coin, thrown once a pair, falls at least so unevenly. */
  readonly p: number
}

/** The sign test (Arbuthnot 1710; Dixon and Mood 1946): exact, of a binomial distribution. @param differences of pairs */
export function signTest(differences: readonly number[]): SignTest {
  const better = differences.filter(difference => difference > 0).length
  const worse = differences.filter(difference => difference < 0).length
  return {
    better,
    worse,
    equal: differences.length - better - worse,
    p: evenChance(Math.min(better, worse), better + worse),
  }
}

/** Twice the chance that of `count` throws of a fair coin at most `few` are heads; 1 at most. */
function evenChance(few: number, count: number): number {
  // Summed as logarithms: 2^-count is no number from 1,075 throws on.
  let logTerm = -count * Math.LN2
  let sum = 0
  for (let heads = 0; heads <= few; heads++) {
    sum += Math.exp(logTerm)
    logTerm += Math.log((count - heads) / (heads + 1))
  }
  return Math.min(1, 2 * sum)
}
