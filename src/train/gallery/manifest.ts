// The manifest of a gallery: flags.json, what hangs on the wall.

import { FormatError } from '../../model/errors.js'
import { parseJson } from '../../model/json.js'
import { quoted } from '../../model/safetensors/quoted.js'

/** A flag of the wall. */
export interface ManifestFlag {
  /** The source's name without its ending: an ISO 3166 code, as a rule. Unique. */
  readonly code: string
  readonly name: string
  /** Relative to the manifest. */
  readonly file: string
  /** Of the target as it is seen, pixels. */
  readonly width: number
  readonly height: number
  /** Of the file as it is, as it is seen at that size; of lines without a detail at the pixels' centres. */
  readonly psnr: number
  readonly ssim: number
  /** Of what was trained on, pixels. Lines from before there were two rasters have no detail: it was the former size. */
  readonly detailWidth?: number
  readonly detailHeight?: number
  /** Of the file as it is, at the centres of those pixels. */
  readonly psnrDetail?: number
  readonly ssimDetail?: number
  readonly bytes: number
  /** Training time, all rounds. */
  readonly seconds: number
  /** Of the run that was kept. */
  readonly seed: number
  readonly recipe: string
  readonly steps: number
  /** Rounds of the plan that it has had. */
  readonly rounds: number
  /** Identifies the target's pixels. */
  readonly target: string
  /** The film of its training, relative to the manifest. */
  readonly film?: string
}

const TEXTS = ['code', 'name', 'file', 'recipe', 'target'] as const
/** Those of the numbers that are whole, and not below 0. */
const COUNTS = ['width', 'height', 'bytes', 'seed', 'steps', 'rounds'] as const
const NUMBERS = ['width', 'height', 'psnr', 'ssim', 'bytes', 'seconds', 'seed', 'steps', 'rounds'] as const
/** Numbers that may be missing, and those of them that are whole. */
const DETAILS = ['detailWidth', 'detailHeight', 'psnrDetail', 'ssimDetail'] as const
const DETAIL_COUNTS = ['detailWidth', 'detailHeight'] as const

/**
 * Reads a whole manifest, as the trainer wrote it.
 * @throws FormatError naming the field that is wrong
 */
export function parseManifest(text: string): ManifestFlag[] {
  const flags = flagsOf(text)
  return flags.map((value, index) => {
    const at = `flags[${index}]`
    const fields = record(value, at)
    for (const key of TEXTS) if (typeof fields[key] !== 'string') throw new FormatError(`${at}.${key}: expected a text`)
    const given = <K extends string>(keys: readonly K[]) => keys.filter(key => fields[key] !== undefined)
    for (const key of [...NUMBERS, ...given(DETAILS)])
      if (typeof fields[key] !== 'number' || !Number.isFinite(fields[key]))
        throw new FormatError(`${at}.${key}: expected a number`)
    for (const key of [...COUNTS, ...given(DETAIL_COUNTS)])
      if (!Number.isSafeInteger(fields[key]) || (fields[key] as number) < 0)
        throw new FormatError(`${at}.${key}: expected a whole number, got ${fields[key]}`)
    if (fields.film !== undefined && typeof fields.film !== 'string')
      throw new FormatError(`${at}.film: expected a text`)
    return fields as unknown as ManifestFlag
  })
}

/** What it takes to hang a flag on a wall; the rest of a line may be missing. */
export type ListedFlag = Pick<ManifestFlag, 'code' | 'name' | 'file'> & Partial<ManifestFlag>

/**
 * Reads what can be shown of any list of flags: a line that is broken is left out and told of, numbers that are none are
 * missing.
 * @throws FormatError when it is no list at all
 */
export function parseListing(text: string): { flags: ListedFlag[]; problems: string[] } {
  const problems: string[] = []
  const flags: ListedFlag[] = []
  const codes = new Set<string>()
  for (const [index, value] of flagsOf(text).entries()) {
    const at = `flags[${index}]`
    try {
      const fields = record(value, at)
      const listed: Record<string, unknown> = {}
      for (const key of ['code', 'name', 'file'] as const) {
        if (typeof fields[key] !== 'string' || fields[key] === '')
          throw new FormatError(`${at}.${key}: expected a text`)
        listed[key] = fields[key]
      }
      if (codes.has(fields.code as string))
        throw new FormatError(`${at}.code: ${quoted(fields.code as string)} is there twice`)
      codes.add(fields.code as string)
      for (const key of [...NUMBERS, ...DETAILS]) if (Number.isFinite(fields[key])) listed[key] = fields[key]
      for (const key of ['recipe', 'target', 'film'] as const)
        if (typeof fields[key] === 'string') listed[key] = fields[key]
      flags.push(listed as ListedFlag)
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      problems.push(error.message)
    }
  }
  return { flags, problems }
}

/** Writes a manifest: by code, a line a flag, so that a change of one is a change of one line. */
export function formatManifest(flags: Iterable<ManifestFlag>): string {
  const sorted = [...flags].sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0))
  return `{\n  "flags": [\n${sorted.map(flag => `    ${JSON.stringify(flag)}`).join(',\n')}\n  ]\n}\n`
}

/**
 * Joins manifests. Of a flag that stands in several, the line that has come furthest counts: most rounds, then the best.
 * @param isPreferred lines that count before any other; default: none
 */
export function mergeManifests(
  parts: Iterable<readonly ManifestFlag[]>,
  isPreferred: (flag: ManifestFlag) => boolean = () => false,
): Map<string, ManifestFlag> {
  const merged = new Map<string, ManifestFlag>()
  for (const flag of [...parts].flat()) {
    const other = merged.get(flag.code)
    const order = other
      ? Number(isPreferred(flag)) - Number(isPreferred(other)) || flag.rounds - other.rounds || flag.psnr - other.psnr
      : 1
    if (order > 0) merged.set(flag.code, flag)
  }
  return merged
}

function flagsOf(text: string): unknown[] {
  let json: unknown
  try {
    json = parseJson(text)
  } catch {
    throw new FormatError('expected JSON')
  }
  const flags = (json as { flags?: unknown } | null)?.flags
  if (!Array.isArray(flags)) throw new FormatError('flags: expected a list')
  return flags
}

function record(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FormatError(`${at}: expected an object`)
  return value as Record<string, unknown>
}
