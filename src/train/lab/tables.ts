// The tables of a lab as text: CSV of all runs, for programs that compute on, and Markdown, for people.

import { LEAST_SEEDS } from './comparison.js'
import type { LabReport } from './report.js'
import type { LabResult } from './runs.js'
import type { Quartiles } from './statistics.js'
import { chanceText, decibelText, verdictWord } from './words.js'

const COLUMNS = [
  'variant',
  'flag',
  'seed',
  'parameters',
  'pixels',
  'psnr',
  'psnrDetail',
  'ssim',
  'ssimDetail',
  'seconds',
  'bytes',
] as const satisfies readonly (keyof LabResult)[]

/** A line a run, RFC 4180; no value has a comma or a quotation mark but flags' names of files. */
export function csvOf(results: readonly LabResult[]): string {
  const lines = results.map(result => COLUMNS.map(column => cell(result[column])).join(','))
  return `${[COLUMNS.join(','), ...lines].join('\r\n')}\r\n`
}

function cell(value: string | number | null): string {
  const text = value === null ? '' : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** As in `31.20 (29.80 to 33.10)`. */
export function quartilesText(quartiles: Quartiles | null): string {
  if (!quartiles) return '–'
  const { lower, median, upper } = quartiles
  return `${decibels(median)} (${decibels(lower)} to ${decibels(upper)})`
}

function decibels(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : 'diverged'
}

/** Both tables: what each variant reaches, and what the comparisons say. */
export function markdownOf({ rows, flags, answers }: LabReport): string {
  const labelOf = (name: string) => rows.find(row => row.name === name)?.label ?? name
  const reached = table(
    ['variant', 'parameters', 's a Mpx', 'all flags', ...flags.map(({ name }) => name)],
    rows
      .filter(({ psnr }) => psnr !== null)
      .map(({ label, parameters, secondsPerMegapixel, psnr, cells }) => [
        label,
        parameters.toLocaleString('en'),
        secondsPerMegapixel?.toFixed(2) ?? '–',
        quartilesText(psnr),
        ...cells.map(({ psnr }) => (psnr ? decibels(psnr.median) : '–')),
      ]),
  )
  const compared = table(
    ['claim', 'variant', 'against', 'median (quartiles)', 'better', 'p', 'verdict', 'at equal time'],
    answers.flatMap(({ claim, comparisons }) =>
      comparisons
        .filter(({ all }) => all.pairs > 0)
        .map(({ variant, base, all, equalTime }) => [
          claim,
          labelOf(variant),
          labelOf(base),
          all.difference
            ? `${decibelText(all.difference.median)} (${decibelText(all.difference.lower)} to ${decibelText(all.difference.upper)})`
            : '–',
          `${all.better} of ${all.pairs}`,
          chanceText(all.p),
          verdictWord(all),
          equalTime?.timeRatio === 1
            ? 'as long'
            : equalTime?.difference
              ? `${decibelText(equalTime.difference.median)}, ${equalTime.better} of ${equalTime.pairs}, ${chanceText(equalTime.p)}: ${verdictWord(equalTime)}`
              : '–',
        ]),
    ),
  )
  return `${reached}\n\n${compared}\n`
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.map(text => text.replaceAll('|', '\\|')).join(' | ')} |`
  return [row(head), row(head.map(() => '---')), ...lines.map(row)].join('\n')
}

/** What stands under a table of single flags: five seeds decide nothing there. */
export const FLAG_NOTE = `A verdict on one flag alone takes ${LEAST_SEEDS} seeds.`
