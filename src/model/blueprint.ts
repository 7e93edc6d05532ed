// A net that is yet to be made, as people ask for one: a wiring (wiring.ts) and how large it is to be, in the same JSON. What is made
// has names and shapes from which its layers can be read again, with the wiring beside them.

import { type Architecture, countParameters, INPUT_DIM, MYSTERY_NET, OUTPUT_DIM } from './architecture.js'
import { FormatError } from './errors.js'
import { parseJson } from './json.js'
import { assemble } from './strangers/assemble.js'
import { modulesOf, type TensorFacts } from './strangers/modules.js'
import {
  listed,
  parseWiring,
  type SHAPE_FIELDS,
  wholeNumber,
  type Wiring,
  WIRING_NAMES,
  wiringNamed,
} from './wiring.js'

/** How large a net is to be. */
interface Shape {
  /** Of the hidden layers, or of those of each sub-network; null for one width that makes of `depth` layers so many parameters. */
  readonly widths: readonly number[] | null
  readonly depth: number
  readonly parameters: number
  /** Behind which hidden layers batch norm stands, from 1. */
  readonly norms: readonly number[] | 'all'
  /** Sub-networks; 1 for none. */
  readonly nets: number
  /** Widths of what follows sub-networks that stand side by side. */
  readonly trunk: readonly number[]
  readonly outputs: number
}

/** The name of the olympiad's class. */
export const MYSTERY = 'mystery'

/** The names that stand for a net to be trained. */
export const BLUEPRINT_NAMES: readonly string[] = [MYSTERY, ...WIRING_NAMES]

const MAX_WIDTH = 1024
const MAX_DEPTH = 64
const MAX_NETS = 64
const MAX_PARAMETERS = 1e6
const DEFAULT_DEPTH = 4
const DEFAULT_OCTAVES = 6
const DEFAULT_FREQUENCIES = { count: 32, deviation: 2 }

/**
 * Makes the architecture that a text asks for: a name, or JSON.
 * @throws FormatError saying what was expected
 */
export function parseBlueprintText(text: string): Architecture {
  const name = text.trim()
  if (name === MYSTERY || wiringNamed(name)) return parseBlueprint(name)
  let value: unknown
  try {
    value = parseJson(text)
  } catch {
    throw new FormatError(`architecture: expected JSON, or one of ${BLUEPRINT_NAMES.join(', ')}`)
  }
  return parseBlueprint(value)
}

/** An architecture by its name, or by what JSON says of it. @throws FormatError naming the field */
export function parseBlueprint(value: unknown): Architecture {
  if (value === MYSTERY) return MYSTERY_NET
  const wiring = withDefaults(parseWiring(value))
  const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  const shape = parseShape(fields, wiring)
  if (shape.widths) return build(wiring, shape, shape.widths)
  return largestWithin(shape.parameters, width => build(wiring, shape, new Array<number>(shape.depth).fill(width)))
}

/** What training must know of an encoding, and of how sub-networks are joined. */
function withDefaults(wiring: Wiring): Wiring {
  const { encoding } = wiring
  switch (encoding?.kind) {
    case 'octaves':
      return {
        ...wiring,
        encoding: {
          ...encoding,
          count: encoding.count ?? DEFAULT_OCTAVES,
          keepsInputs: encoding.keepsInputs ?? true,
        },
      }
    case 'fourier':
      return {
        ...wiring,
        encoding: {
          ...encoding,
          count: encoding.count ?? DEFAULT_FREQUENCIES.count,
          deviation: encoding.deviation ?? DEFAULT_FREQUENCIES.deviation,
        },
      }
    default:
      return wiring
  }
}

function parseShape(fields: Record<string, unknown>, wiring: Wiring): Shape {
  const { widths, depth, parameters, norms, nets, trunk, outputs } = fields as Partial<
    Record<(typeof SHAPE_FIELDS)[number], unknown>
  >
  const count = wholeNumber(nets ?? 1, 'nets', 1, MAX_NETS)
  const own = widths === undefined ? null : parseWidths(widths, 'widths')
  if (own?.length === 0) throw new FormatError('architecture widths: expected at least one')
  const behind = trunk === undefined ? [] : parseWidths(trunk, 'trunk')
  if (behind.length > 0 && (count === 1 || wiring.join !== 'concat'))
    throw new FormatError('architecture trunk: it stands behind sub-networks whose join is concat')
  const shape: Shape = {
    widths: own,
    depth: own?.length ?? wholeNumber(depth ?? depthOf(wiring) ?? DEFAULT_DEPTH, 'depth', 1, MAX_DEPTH),
    parameters: wholeNumber(parameters ?? countParameters(MYSTERY_NET), 'parameters', 1, MAX_PARAMETERS),
    norms: parseNorms(norms),
    nets: count,
    trunk: behind,
    outputs: wholeNumber(outputs ?? OUTPUT_DIM, 'outputs', 1, 4),
  }
  if (shape.outputs === 2) throw new FormatError('architecture outputs: expected 1, 3 or 4')
  if (count > 1 && shape.norms.length > 0)
    throw new FormatError('architecture norms: batch norm beside sub-networks is not known yet')
  if (shape.norms !== 'all' && shape.norms.some(k => k > shape.depth))
    throw new FormatError(`architecture norms: expected numbers of hidden layers, from 1 to ${shape.depth}`)
  return shape
}

/** A list of activations says how many layers there are. */
function depthOf({ activation }: Wiring): number | null {
  return Array.isArray(activation) ? activation.length : null
}

function parseWidths(value: unknown, where: string): number[] {
  if (!Array.isArray(value) || value.length > MAX_DEPTH)
    throw new FormatError(`architecture ${where}: expected a list of at most ${MAX_DEPTH} widths`)
  return listed(value, where).map(width => wholeNumber(width, where, 1, MAX_WIDTH))
}

function parseNorms(value: unknown): Shape['norms'] {
  if (value === undefined || value === false || value === null) return []
  if (value === true) return 'all'
  if (!Array.isArray(value))
    throw new FormatError('architecture norms: expected true, or a list of hidden layers, from 1')
  return listed(value, 'norms').map(k => wholeNumber(k, 'norms', 1, MAX_DEPTH))
}

/** The widest net of no more parameters. */
function largestWithin(parameters: number, make: (width: number) => Architecture): Architecture {
  let best = make(1)
  for (let width = 2; width <= MAX_WIDTH; width++) {
    const next = make(width)
    if (countParameters(next) > parameters) break
    best = next
  }
  if (countParameters(best) > parameters)
    throw new FormatError(`architecture parameters: ${parameters} are too few for this depth`)
  return best
}

/** Names and shapes as PyTorch's Sequential and ModuleList have them. */
function build(wiring: Wiring, shape: Shape, widths: readonly number[]): Architecture {
  const tensors = new Map<string, TensorFacts>()
  const add = (name: string, dims: readonly number[]) => tensors.set(name, { dtype: 'F32', shape: dims })
  const linear = (name: string, inDim: number, outDim: number) => {
    add(`${name}.weight`, [outDim, inDim])
    add(`${name}.bias`, [outDim])
  }
  const { nets, norms, trunk, outputs } = shape
  const isAdded = nets > 1 && wiring.join !== 'concat'
  const inDim = encodedDim(wiring, add)
  if (nets === 1) {
    let index = 0
    const dims = [inDim, ...widths]
    widths.forEach((width, k) => {
      const hasNorm = norms === 'all' || norms.includes(k + 1)
      linear(`net.${index}`, dims[k], width)
      const norm = `net.${index + (wiring.norm === 'after' ? 2 : 1)}`
      if (hasNorm) for (const part of ['weight', 'bias', 'running_mean', 'running_var']) add(`${norm}.${part}`, [width])
      index += hasNorm ? 3 : 2
    })
    linear(`net.${index}`, dims[widths.length], outputs)
  } else {
    const dims = [inDim, ...widths, ...(isAdded ? [outputs] : [])]
    for (let net = 0; net < nets; net++)
      dims.slice(1).forEach((outDim, k) => linear(`nets.${net}.${2 * k}`, dims[k], outDim))
    const behind = [nets * widths[widths.length - 1], ...trunk, outputs]
    if (!isAdded) behind.slice(1).forEach((outDim, k) => linear(`head.${2 * k}`, behind[k], outDim))
  }
  const joined: Wiring = nets > 1 ? { ...wiring, join: isAdded ? 'sum' : 'concat' } : { ...wiring, join: null }
  return assemble(modulesOf(tensors), joined)
}

/** How many numbers an encoding gives. @param add takes the matrix that is to be stored */
function encodedDim({ encoding }: Wiring, add: (name: string, dims: readonly number[]) => void): number {
  switch (encoding?.kind) {
    case undefined:
      return INPUT_DIM
    case 'inputs':
      return encoding.features.length
    case 'octaves':
      return INPUT_DIM * (2 * (encoding.count ?? DEFAULT_OCTAVES) + (encoding.keepsInputs ? 1 : 0))
    case 'fourier': {
      const { count = DEFAULT_FREQUENCIES.count } = encoding
      add('B', [count, INPUT_DIM])
      return 2 * count
    }
  }
}
