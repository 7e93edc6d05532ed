// What a lab has found out, in sentences with their figures.

import { type Comparison, LEAST_PAIRS, type PairStatistics, type Verdict } from './comparison.js'

const WORDS: Readonly<Record<Verdict, string>> = {
  better: 'confirmed',
  worse: 'refuted',
  open: 'not decidable so',
  few: 'too few pairs',
}

/** The verdict on a claim in which a variant should be better. */
export function verdictWord({ verdict, pairs }: PairStatistics, least = LEAST_PAIRS): string {
  return verdict === 'few' ? `${WORDS.few} (${pairs} of ${least})` : WORDS[verdict]
}

/** As in `+1.23 dB`; a difference that is not finite is that of a run that diverged. */
export function decibelText(difference: number, digits = 2): string {
  if (!Number.isFinite(difference)) return difference < 0 ? 'diverged' : 'the other diverged'
  const text = Math.abs(difference).toFixed(digits)
  return `${Number(text) === 0 ? '±' : difference < 0 ? '−' : '+'}${text}\u00a0dB`
}

/** Chances in two digits; those too small to matter as a bound. */
export function chanceText(p: number): string {
  return p < 0.0001 ? 'p < 0.0001' : `p = ${p.toPrecision(2)}`
}

/** As in `+1.23 dB in the median (+0.40 to +2.10), better in 27 of 30 pairs, p = 0.0001`. */
function statisticsText({ difference, better, pairs, p }: PairStatistics): string {
  if (!difference) return 'no pairs yet'
  const { lower, median, upper } = difference
  return `${decibelText(median)} in the median (${decibelText(lower)} to ${decibelText(upper)}), better in ${better} of ${pairs} pairs, ${chanceText(p)}`
}

/** What a comparison says, verdict apart: as in `blur against clean: +1.23 dB ...; at equal time ...`. @param labelOf a variant's name */
export function comparisonSentence(
  { variant, base, all, equalTime }: Comparison,
  labelOf: (name: string) => string,
): string {
  const time =
    equalTime === null
      ? ''
      : equalTime.timeRatio === 1
        ? '; a pixel takes as long'
        : `; at equal time (a pixel takes ${equalTime.timeRatio.toFixed(2)} times as long) ${verdictWord(equalTime)}: ${statisticsText(equalTime)}`
  return `${labelOf(variant)} against ${labelOf(base)}: ${statisticsText(all)}${time}.`
}
