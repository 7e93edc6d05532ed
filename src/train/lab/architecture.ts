// The architectures of a lab: blueprints whose widths are proportions where the number of parameters is given.

import { type Architecture, countParameters, OUTPUT_DIM } from '../../model/architecture.js'
import { parseBlueprint } from '../../model/blueprint.js'
import { FormatError } from '../../model/errors.js'
import { fitWidths, TOLERANCE } from './fit-widths.js'

/**
 * Reads a blueprint, and makes its widths larger or smaller until it has a number of parameters.
 * @param parameters null for the widths as they are
 * @throws FormatError naming the field that is wrong, or how many parameters there are where they cannot be so many
 */
export function parseLabArchitecture(json: unknown, parameters: number | null): Architecture {
  // Whatever is wrong is told of the blueprint as it stands.
  const given = parseBlueprint(json)
  if (parameters === null) return given
  const fields = json as Record<string, unknown>
  const { widths } = fields
  const fitted = Array.isArray(widths)
    ? parseBlueprint({ ...fields, widths: fitWidths(widths as number[], counterOf(fields), parameters) })
    : given
  const count = countParameters(fitted)
  if (Math.abs(count - parameters) > TOLERANCE * parameters)
    throw new FormatError(
      `architecture: expected ${parameters} parameters within ${TOLERANCE * 100} %, got ${count}: give widths`,
    )
  return fitted
}

/**
 * How many parameters a blueprint with other widths has. Sub-networks that are the whole net are counted as so many single ones: to put
 * many together takes long.
 */
function counterOf(fields: Readonly<Record<string, unknown>>): (widths: readonly number[]) => number {
  const { nets, join, trunk, outputs, ...single } = fields
  const count = (given: object) => countParameters(parseBlueprint(given))
  if (typeof nets !== 'number' || nets === 1 || trunk !== undefined) return widths => count({ ...fields, widths })
  // Side by side they have one head, with one bias an output.
  const shared = join === 'concat' ? (nets - 1) * (typeof outputs === 'number' ? outputs : OUTPUT_DIM) : 0
  return widths => nets * count({ ...single, outputs, widths }) - shared
}
