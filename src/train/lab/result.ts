// The result of a run as JSON, which another machine may have written.

import { FormatError } from '../../model/errors.js'
import type { LabResult, SeenPoint } from './runs.js'

const TEXTS = ['variant', 'flag', 'key'] as const
const NUMBERS = ['seed', 'parameters', 'pixels', 'seconds', 'bytes'] as const
/** Null for a run that diverged. */
const MEASURES = ['psnr', 'psnrDetail', 'ssim', 'ssimDetail'] as const
const POINT = ['pixels', 'psnr', 'psnrDetail'] as const

/** @throws FormatError naming the field that is wrong */
export function parseLabResult(json: unknown): LabResult {
  const fields = record(json, 'result')
  for (const key of TEXTS) if (typeof fields[key] !== 'string') throw new FormatError(`${key}: expected a text`)
  for (const key of NUMBERS) requireNumber(fields[key], key)
  for (const key of MEASURES) if (fields[key] !== null) requireNumber(fields[key], key)
  const { curve } = fields
  if (!Array.isArray(curve)) throw new FormatError('curve: expected a list')
  const points = curve.map((value: unknown, index): SeenPoint => {
    const point = record(value, `curve[${index}]`)
    for (const key of POINT) requireNumber(point[key], `curve[${index}].${key}`)
    return point as unknown as SeenPoint
  })
  return { ...(fields as unknown as LabResult), curve: points }
}

function requireNumber(value: unknown, where: string): void {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new FormatError(`${where}: expected a number`)
}

function record(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FormatError(`${where}: expected an object`)
  return value as Record<string, unknown>
}
