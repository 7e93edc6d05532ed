// What a film says of itself in `__metadata__`: the steps of its snapshots and the curve of the run, read as what a stranger
// wrote.

import { FormatError } from '../model/errors.js'
import { parseJson } from '../model/json.js'
import { quoted } from '../model/safetensors/quoted.js'
import { FILM_KEYS } from '../train/result.js'
import type { CurvePoint } from '../train/start-state.js'

/** More than `vexel train` keeps. */
const MAX_SNAPSHOTS = 4096
const MAX_CURVE_POINTS = 100_000
/** More than any training takes, and little enough that neighbouring steps differ in log time. */
const MAX_STEP = 2 ** 40

/** A point of a film's curve. */
export interface FilmPoint extends Omit<CurvePoint, 'psnrDetail'> {
  /** Null in films from before there were two measures, whose PSNR is that at the centres of the target's pixels. */
  readonly psnrDetail: number | null
}

/** Tells by its metadata whether a file is a film. */
export function isFilm(metadata: ReadonlyMap<string, string>): boolean {
  return metadata.has(FILM_KEYS.steps)
}

/**
 * Reads the steps of the snapshots.
 * @returns strictly ascending whole numbers from 0 to 2^40, at least one
 * @throws FormatError when they are missing or anything else
 */
export function readSteps(metadata: ReadonlyMap<string, string>): readonly number[] {
  const key = FILM_KEYS.steps
  const text = metadata.get(key)
  if (text === undefined) throw new FormatError(`not a film of a training: no ${key} in its metadata`)
  const steps = parseList(key, text, MAX_SNAPSHOTS)
  if (steps.length === 0) throw new FormatError(`${key}: expected at least one snapshot, got none`)
  return steps.map((step, index) => {
    if (!isStep(step))
      throw new FormatError(`${key}[${index}]: expected a whole number from 0 to 2^40, got ${shown(step)}`)
    const before = steps[index - 1]
    if (index > 0 && !(step > Number(before)))
      throw new FormatError(`${key}[${index}]: expected more than the ${shown(before)} before it, got ${step}`)
    return step
  })
}

/**
 * Reads the curve of the run.
 * @returns points of ascending steps; none where the file has no curve. A PSNR may be infinite: that of an exact picture.
 * @throws FormatError when there is one that is anything else
 */
export function readCurve(metadata: ReadonlyMap<string, string>): readonly FilmPoint[] {
  const key = FILM_KEYS.curve
  const text = metadata.get(key)
  if (text === undefined) return []
  let last = -1
  return parseList(key, text, MAX_CURVE_POINTS).map((point, index): FilmPoint => {
    const isPoint = Array.isArray(point) && (point.length === 3 || point.length === 4)
    const [step, loss, ...psnrs] = isPoint ? point : []
    // JSON has no infinity, and writes null for it.
    const [psnr, psnrDetail = null] = psnrs.map(dB => (dB === null ? Number.POSITIVE_INFINITY : dB))
    const isMeasured = typeof psnr === 'number' && (psnrDetail === null || typeof psnrDetail === 'number')
    if (!isStep(step) || !Number.isFinite(loss) || !isMeasured)
      throw new FormatError(`${key}[${index}]: expected [step, loss, PSNR, PSNR in detail], got ${shown(point)}`)
    if (step <= last) throw new FormatError(`${key}[${index}]: expected a step above ${last}, got ${step}`)
    last = step
    return { step, loss, psnr, psnrDetail }
  })
}

function parseList(key: string, text: string, maxLength: number): readonly unknown[] {
  let value: unknown
  try {
    value = parseJson(text)
  } catch {
    throw new FormatError(`${key}: expected a JSON list, got ${quoted(text)}`)
  }
  if (!Array.isArray(value)) throw new FormatError(`${key}: expected a JSON list, got ${shown(value)}`)
  if (value.length > maxLength)
    throw new FormatError(`${key}: vexel reads at most ${maxLength} entries, got ${value.length}`)
  return value
}

function isStep(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_STEP
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : quoted(typeof value === 'string' ? value : JSON.stringify(value))
}
