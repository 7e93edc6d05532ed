// The architectures of a lab, said shortly: widths, how many sub-networks, what stands between the layers. Widths are proportions where the
// number of parameters is given.

import { type Architecture, createDenseArchitecture } from '../../model/architecture.js'
import { FormatError } from '../../model/errors.js'
import { assemble } from '../../model/strangers/assemble.js'
import { modulesOf, type TensorFacts } from '../../model/strangers/modules.js'
import { parseWiring, type Wiring } from '../../model/wiring.js'
import { fitWidths } from './fit-widths.js'

/** What a new network is built of, besides the widths. */
interface Shape {
  readonly wiring: Wiring
  /** Behind every second hidden layer, as MysteryNet has it. */
  readonly hasBatchNorm: boolean
  /** Side by side, each with all of the widths; 1 for a plain chain. */
  readonly subnetworks: number
  /** Rows of the matrix of Fourier features. */
  readonly frequencies: number
}

const KEYS = ['widths', 'batchNorm', 'subnetworks', 'frequencies', 'activation', 'encoding', 'join', 'output']
const MAX_LAYERS = 64
const MAX_WIDTH = 4096
const MAX_SUBNETWORKS = 64
const COLOURS = 3
/** What the matrix of Fourier features is called; it is stored, not trained. */
const FREQUENCIES = 'frequencies'

/**
 * Reads an architecture from JSON: `{"widths", "batchNorm", "subnetworks", "frequencies"}` and what a wiring says, activation, encoding, join
 * and output; GELU where nothing is said.
 * @param parameters that it is to have; null for the widths as they are
 * @throws FormatError naming the field that is wrong
 */
export function parseLabArchitecture(json: unknown, parameters: number | null): Architecture {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new FormatError('expected an object')
  const fields = json as Record<string, unknown>
  const unknown = Object.keys(fields).find(key => !KEYS.includes(key))
  if (unknown !== undefined) throw new FormatError(`unknown field "${unknown}", expected ${KEYS.join(', ')}`)
  const { activation = 'gelu', encoding, join, output } = fields
  const subnetworks = whole(fields.subnetworks ?? 1, 'subnetworks', MAX_SUBNETWORKS)
  const shape: Shape = {
    wiring: parseWiring({
      activation,
      encoding,
      output,
      norm: 'after',
      join: subnetworks > 1 ? (join ?? 'sum') : undefined,
    }),
    hasBatchNorm: flag(fields.batchNorm ?? subnetworks === 1, 'batchNorm'),
    subnetworks,
    frequencies: whole(fields.frequencies ?? 1, 'frequencies', MAX_WIDTH),
  }
  if (shape.hasBatchNorm && subnetworks > 1) throw new FormatError('batchNorm: sub-networks have none')
  const widths = listOfWidths(fields.widths)
  const fitted =
    parameters === null ? widths : fitWidths(widths, widths => countLearnable(tensorsOf(widths, shape)), parameters)
  return buildArchitecture(fitted, shape)
}

/** MysteryNet's own kind by its own name; all else as the file that it will be is read: what is trained here can be opened. */
function buildArchitecture(widths: readonly number[], shape: Shape): Architecture {
  const { wiring, hasBatchNorm, subnetworks } = shape
  const isPlain = subnetworks === 1 && !wiring.encoding && !wiring.output
  const isGelu = !Array.isArray(wiring.activation) && (wiring.activation as { kind: string }).kind === 'gelu'
  if (isPlain && isGelu) return createDenseArchitecture(widths, hasBatchNorm ? everySecond(widths) : [])
  return assemble(modulesOf(tensorsOf(widths, shape)), wiring)
}

function everySecond(widths: readonly number[]): number[] {
  return widths.flatMap((_, index) => (index % 2 === 1 ? [index + 1] : []))
}

/** The tensors of the file, by name. */
function tensorsOf(widths: readonly number[], shape: Shape): Map<string, TensorFacts> {
  const { wiring, hasBatchNorm, subnetworks, frequencies } = shape
  const tensors = new Map<string, TensorFacts>()
  const tensor = (name: string, ...dims: number[]) => tensors.set(name, { dtype: 'F32', shape: dims })
  const linear = (name: string, inDim: number, outDim: number) => {
    tensor(`${name}.weight`, outDim, inDim)
    tensor(`${name}.bias`, outDim)
  }
  const inDim = inputsOf(shape)
  const last = widths[widths.length - 1]
  if (wiring.encoding?.kind === 'fourier') tensor(FREQUENCIES, frequencies, 2)
  if (subnetworks > 1) {
    for (let branch = 0; branch < subnetworks; branch++) {
      const dims = [...widths, ...(wiring.join === 'sum' ? [COLOURS] : [])]
      dims.forEach((outDim, k) => linear(`nets.${branch}.${k}`, k === 0 ? inDim : dims[k - 1], outDim))
    }
    if (wiring.join === 'concat') linear('head', subnetworks * last, COLOURS)
    return tensors
  }
  widths.forEach((outDim, index) => linear(`dense${index + 1}`, index === 0 ? inDim : widths[index - 1], outDim))
  linear('dense_head', last, COLOURS)
  for (const k of hasBatchNorm ? everySecond(widths) : [])
    for (const name of ['weight', 'bias', 'running_mean', 'running_var']) tensor(`bn${k}.${name}`, widths[k - 1])
  return tensors
}

/** As countParameters of the architecture that they are the tensors of, which takes longer to put together. */
function countLearnable(tensors: ReadonlyMap<string, TensorFacts>): number {
  let count = 0
  for (const [name, { shape }] of tensors)
    if (name !== FREQUENCIES && !name.includes('.running_')) count += shape.reduce((product, dim) => product * dim, 1)
  return count
}

/** How many values the first layer takes. */
function inputsOf({ wiring: { encoding }, frequencies }: Shape): number {
  switch (encoding?.kind) {
    case undefined:
      return 2
    case 'inputs':
      return encoding.features.length
    case 'fourier':
      return 2 * frequencies
    case 'octaves':
      if (encoding.count === null) throw new FormatError('encoding count: expected a number')
      return 4 * encoding.count + (encoding.keepsInputs ? 2 : 0)
  }
}

function listOfWidths(value: unknown): readonly number[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_LAYERS)
    throw new FormatError(`widths: expected a list of 1 to ${MAX_LAYERS}`)
  return value.map((item: unknown, index) => whole(item, `widths[${index}]`, MAX_WIDTH))
}

function whole(value: unknown, where: string, high: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > high)
    throw new FormatError(`${where}: expected a whole number from 1 to ${high}`)
  return value
}

function flag(value: unknown, where: string): boolean {
  if (typeof value !== 'boolean') throw new FormatError(`${where}: expected true or false`)
  return value
}
