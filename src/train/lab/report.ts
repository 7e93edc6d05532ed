// What a lab has found out by now, as data: pure of its plan and the results that are there. lab.json is this.

import { compareVariants, type Comparison, secondsPerPixel } from './comparison.js'
import type { LabPlan, LabQuestion } from './plan.js'
import type { LabResult, SeenPoint } from './runs.js'
import { quantile, type Quartiles, quartiles } from './statistics.js'

/** A variant on one flag. */
export interface LabCell {
  readonly flag: string
  /** Of the runs' PSNR, dB; null while there are none. */
  readonly psnr: Quartiles | null
  readonly psnrDetail: Quartiles | null
  /** The run in the middle: the better one of two. Null where none has left a net. */
  readonly middle: LabResult | null
  /** Medians over the seeds, by pixels seen. */
  readonly curve: readonly SeenPoint[]
}

export interface LabRow {
  readonly name: string
  readonly label: string
  readonly architecture: string
  readonly parameters: number
  readonly recipe: string
  /** Of all runs on all flags. */
  readonly psnr: Quartiles | null
  readonly psnrDetail: Quartiles | null
  readonly diverged: number
  /** Of one processor; null while nothing is known. */
  readonly secondsPerMegapixel: number | null
  readonly cells: readonly LabCell[]
}

export interface LabAnswer extends LabQuestion {
  readonly comparisons: readonly Comparison[]
}

export interface LabReport {
  readonly title: string
  readonly note: string
  readonly pixels: number
  readonly width: number
  readonly detail: number
  readonly flags: readonly { readonly code: string; readonly name: string }[]
  readonly seeds: readonly number[]
  readonly runs: { readonly finished: number; readonly total: number }
  readonly rows: readonly LabRow[]
  readonly answers: readonly LabAnswer[]
  readonly results: readonly LabResult[]
}

/** @param names of the flags, by code @param results each of a run of the plan */
export function reportOf(plan: LabPlan, names: ReadonlyMap<string, string>, results: readonly LabResult[]): LabReport {
  const { title, note, pixels, width, detail, flags, seeds, variants, questions } = plan
  return {
    title,
    note,
    pixels,
    width,
    detail,
    flags: flags.map(code => ({ code, name: names.get(code) ?? code })),
    seeds,
    runs: { finished: results.length, total: variants.length * flags.length * seeds.length },
    rows: variants.map(({ name, label, architecture, parameters, recipe }) => {
      const own = results.filter(({ variant }) => variant === name)
      const seconds = secondsPerPixel(own)
      return {
        name,
        label,
        architecture: architecture.name,
        parameters,
        recipe: recipe.name,
        ...qualityOf(own),
        diverged: own.filter(({ psnr }) => psnr === null).length,
        secondsPerMegapixel: seconds === null ? null : seconds * 1e6,
        cells: flags.map(flag =>
          cellOf(
            flag,
            own.filter(result => result.flag === flag),
          ),
        ),
      }
    }),
    answers: questions.map(question => ({
      ...question,
      comparisons: question.variants.map(variant => compareVariants(variant, question.base, flags, results)),
    })),
    results,
  }
}

function qualityOf(results: readonly LabResult[]): Pick<LabCell, 'psnr' | 'psnrDetail'> {
  const of = (key: 'psnr' | 'psnrDetail') => quartiles(results.map(result => result[key] ?? Number.NEGATIVE_INFINITY))
  return { psnr: of('psnr'), psnrDetail: of('psnrDetail') }
}

function cellOf(flag: string, results: readonly LabResult[]): LabCell {
  const worstFirst = [...results].sort(
    (a, b) => (a.psnr ?? Number.NEGATIVE_INFINITY) - (b.psnr ?? Number.NEGATIVE_INFINITY),
  )
  const middle = worstFirst[Math.floor(worstFirst.length / 2)]
  return {
    flag,
    ...qualityOf(results),
    middle: middle?.psnr === null ? null : (middle ?? null),
    curve: medianCurve(results),
  }
}

/** Medians of the runs that have not diverged, at the pixels at which all of them were measured. */
function medianCurve(results: readonly LabResult[]): SeenPoint[] {
  const curves = results.map(({ curve }) => curve).filter(curve => curve.length > 0)
  const [first = [], ...others] = curves
  return first.flatMap(({ pixels }) => {
    const points = [first, ...others].map(curve => curve.find(point => point.pixels === pixels))
    if (!points.every(point => point !== undefined)) return []
    return [
      {
        pixels,
        psnr: quantile(
          points.map(({ psnr }) => psnr),
          0.5,
        ),
        psnrDetail: quantile(
          points.map(({ psnrDetail }) => psnrDetail),
          0.5,
        ),
      },
    ]
  })
}
