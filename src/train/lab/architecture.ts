// The architectures of a lab: proportions of widths, fitted to a number of parameters.

import { type Architecture, countParameters, createDenseArchitecture } from '../../model/architecture.js'
import { FormatError } from '../../model/errors.js'
import { fitWidths } from './fit-widths.js'

/**
 * Reads an architecture from JSON.
 * @param parameters that it is to have; null for the widths as they are
 * @throws FormatError
 */
export function parseLabArchitecture(json: unknown, parameters: number | null): Architecture {
  const { widths, batchNorm = true } = json as { widths: number[]; batchNorm?: boolean }
  if (!Array.isArray(widths)) throw new FormatError('widths: expected a list')
  const build = (widths: readonly number[]) =>
    createDenseArchitecture(widths, batchNorm ? widths.flatMap((_, k) => (k % 2 === 1 ? [k + 1] : [])) : [])
  const fitted = parameters === null ? widths : fitWidths(widths, widths => countParameters(build(widths)), parameters)
  return build(fitted)
}
