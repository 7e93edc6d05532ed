// Two variants of a lab compared, run by run: pairs of equal flag and equal seed, at equal parameters, which is at the end of the runs,
// and at equal time, which is read off their curves.

import { type Quartiles, quartiles, type SignTest, signTest } from './statistics.js'
import type { LabResult, SeenPoint } from './runs.js'

/** Fewer pairs decide nothing. */
export const LEAST_PAIRS = 30
/** On one flag alone so many seeds are enough. */
export const LEAST_SEEDS = 8
/** Times that differ by less are equal: those of equal nets do as much on a machine that does other things, too. */
const TIME_TOLERANCE = 0.1
/** A verdict is wrong by chance in one of twenty. */
const LEVEL = 0.05

/** `better`: a sign test finds the variant better than its base; `open`: neither; `few`: there are too few pairs to ask it. */
export type Verdict = 'better' | 'worse' | 'open' | 'few'

/** What pairs say. */
export interface PairStatistics extends SignTest {
  readonly pairs: number
  /** Of the differences, dB; null where there are no pairs. An end that is not finite: a run diverged. */
  readonly difference: Quartiles | null
  readonly verdict: Verdict
}

export interface Comparison {
  readonly variant: string
  readonly base: string
  /** At the end of the runs: both have the same number of parameters. */
  readonly all: PairStatistics
  readonly byFlag: readonly { readonly flag: string; readonly statistics: PairStatistics }[]
  /** At equal time; null while nothing is known of the time. */
  readonly equalTime: (PairStatistics & { readonly timeRatio: number }) | null
}

interface Pair {
  readonly flag: string
  readonly own: LabResult
  readonly base: LabResult
}

/** @param flags in order @param results all that there are, of any variants */
export function compareVariants(
  variant: string,
  base: string,
  flags: readonly string[],
  results: readonly LabResult[],
): Comparison {
  const pairs = pairsOf(variant, base, results)
  const timeRatio = timeRatioOf(variant, base, results)
  return {
    variant,
    base,
    all: statisticsOf(pairs.map(endDifference), LEAST_PAIRS),
    byFlag: flags.map(flag => ({
      flag,
      statistics: statisticsOf(pairs.filter(pair => pair.flag === flag).map(endDifference), LEAST_SEEDS),
    })),
    equalTime:
      timeRatio === null
        ? null
        : {
            ...statisticsOf(
              pairs.map(pair => timeDifference(pair, timeRatio)),
              LEAST_PAIRS,
            ),
            timeRatio,
          },
  }
}

function pairsOf(variant: string, base: string, results: readonly LabResult[]): Pair[] {
  const placeOf = ({ flag, seed }: LabResult) => `${seed} ${flag}`
  const bases = new Map(results.filter(result => result.variant === base).map(result => [placeOf(result), result]))
  return results.flatMap(own => {
    const other = own.variant === variant ? bases.get(placeOf(own)) : undefined
    return other ? [{ flag: own.flag, own, base: other }] : []
  })
}

function statisticsOf(differences: readonly number[], least: number): PairStatistics {
  const test = signTest(differences)
  const pairs = differences.length
  const verdict = pairs < least ? 'few' : test.p >= LEVEL ? 'open' : test.better > test.worse ? 'better' : 'worse'
  return { ...test, pairs, difference: quartiles(differences), verdict }
}

/** A run that diverged is worse than any that did not, and equal to another such. */
function difference(own: number | null, base: number | null): number {
  if (own === null || base === null)
    return own === base ? 0 : own === null ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return own - base
}

function endDifference({ own, base }: Pair): number {
  return difference(own.psnr, base.psnr)
}

/** At the time at which the faster of the two is done, both as their curves have it. */
function timeDifference({ own, base }: Pair, timeRatio: number): number {
  const [ownPixels, basePixels] =
    timeRatio > 1 ? [own.pixels / timeRatio, base.pixels] : [own.pixels, base.pixels * timeRatio]
  return difference(psnrAt(own, ownPixels), psnrAt(base, basePixels))
}

/** dB of a run when it had seen so many pixels, between two measurements put in linearly; null for one that diverged. */
export function psnrAt({ psnr, curve }: LabResult, pixels: number): number | null {
  if (psnr === null || curve.length === 0) return null
  const next = curve.findIndex(point => point.pixels >= pixels)
  if (next < 0) return curve[curve.length - 1].psnr
  if (next === 0) return curve[0].psnr
  const [before, after]: SeenPoint[] = [curve[next - 1], curve[next]]
  const part = (pixels - before.pixels) / (after.pixels - before.pixels)
  return before.psnr + part * (after.psnr - before.psnr)
}

/** How many times as long a pixel takes in one variant as in the other: of the medians, for one run may have been disturbed. */
function timeRatioOf(variant: string, base: string, results: readonly LabResult[]): number | null {
  const [own, other] = [variant, base].map(name => secondsPerPixel(results.filter(result => result.variant === name)))
  if (own === null || other === null) return null
  const ratio = own / other
  return Math.abs(Math.log(ratio)) < Math.log(1 + TIME_TOLERANCE) ? 1 : ratio
}

/** The median of some runs; null where there are none. */
export function secondsPerPixel(results: readonly LabResult[]): number | null {
  const times = results
    .filter(({ psnr, seconds }) => psnr !== null && seconds > 0)
    .map(({ seconds, pixels }) => seconds / pixels)
  return quartiles(times)?.median ?? null
}
