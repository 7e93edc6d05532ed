// The Network: a state dict checked against an architecture, every value finite, in float64. It is the truth in
// memory; folded weights, texels and kernel memory are caches of it. The names of the olympiad's class say all of the architecture; of
// any other file the tensors say how wide it is and somebody else what stands between them.

import { type Architecture, inferArchitecture } from './architecture.js'
import { FormatError, UnsaidError } from './errors.js'
import { kindOf, layerWithValues, type NetworkLayer } from './layers/kinds.js'
import type { ParameterSpec } from './layers/layer.js'
import { printableName, shapeText } from './printable.js'
import { isFloating } from './safetensors/dtype.js'
import type { StateDict } from './state-dict.js'
import { assemble, describeModules } from './strangers/assemble.js'
import { modulesOf } from './strangers/modules.js'
import { type Wiring, WIRING_NAMES, wiringFromMetadata } from './wiring.js'

export type { NetworkLayer }

/** A file's network, checked: every value is there, and finite. */
export interface Network {
  readonly architecture: Architecture
  readonly layers: readonly NetworkLayer[]
  /** What stands before every name in the file: '' or for instance 'module.'. */
  readonly prefix: string
  /** One line each: what the file has besides the network. */
  readonly warnings: readonly string[]
  /** What was said to stand between its layers; absent where their names say it. */
  readonly wiring?: Wiring
}

// Wrappers that put their name before every key: DataParallel, Lightning and friends, torch.compile.
const WRAPPED = /^(?:module\.|model\.|_orig_mod\.)*$/
const NAMED = /^(?:dense[1-9]\d*|dense_head|bn[1-9]\d*)$/
const LISTED_UNKNOWN = 8

/**
 * Checks that a state dict holds a coordinate network and reads its values.
 * @param wiring what stands between its layers; null for what the file says itself, by its metadata or by its names
 * @throws FormatError naming the tensor (and index) that is missing, misshapen, not floating point, or not finite, or saying why it is
 *   no coordinate network; UnsaidError where it is one, and nobody says what stands between its layers
 */
export function createNetwork(stateDict: StateDict, wiring: Wiring | null = null): Network {
  const stated = wiring ?? wiringFromMetadata(stateDict.metadata)
  const prefix = stated ? null : commonPrefix(stateDict.names)
  if (prefix === null) {
    const network = readNetwork(stateDict, '', architectureOf(stateDict, stated))
    return stated ? { ...network, wiring: stated } : network
  }
  const shapes = new Map<string, readonly number[]>()
  for (const name of stateDict.names)
    if (name.startsWith(prefix)) shapes.set(name.slice(prefix.length), stateDict.entry(name).shape)
  return readNetwork(stateDict, prefix, inferArchitecture(shapes))
}

/** The architecture of a file that is named otherwise than the olympiad's. */
function architectureOf(stateDict: StateDict, wiring: Wiring | null): Architecture {
  const modules = modulesOf(new Map(stateDict.names.map(name => [name, stateDict.entry(name)])))
  if (wiring) return assemble(modules, wiring)
  const described = describeModules(modules)
  throw new UnsaidError(
    `the file does not say what stands between its layers (${described}): say an architecture, such as ${WIRING_NAMES[0]} or relu`,
    described,
  )
}

function readNetwork(stateDict: StateDict, prefix: string, architecture: Architecture): Network {
  const used = new Set<string>()
  const read = ({ name, shape: wanted, isVariance, isTransposed }: ParameterSpec): Float64Array => {
    const shape = isTransposed ? wanted.toReversed() : wanted
    const found = stateDict.has(prefix + name) ? stateDict.entry(prefix + name).shape : null
    if (!found) throw new FormatError(`missing tensor ${name}: expected shape ${shapeText(shape)}`)
    if (`${found}` !== `${shape}`)
      throw new FormatError(`${name}: expected shape ${shapeText(shape)}, got ${shapeText(found)}`)
    const { dtype } = stateDict.entry(prefix + name)
    if (!isFloating(dtype)) throw new FormatError(`${name}: expected F64, F32, F16 or BF16, got ${dtype}`)
    used.add(prefix + name)
    const values = stateDict.values(prefix + name)
    const bad = values.findIndex(value => !Number.isFinite(value))
    if (bad >= 0) throw new FormatError(`${name}${indexText(bad, shape)}: expected a finite number, got ${values[bad]}`)
    const negative = isVariance ? values.findIndex(value => value < 0) : -1
    if (negative >= 0) throw new FormatError(`${name}[${negative}]: expected a variance >= 0, got ${values[negative]}`)
    return isTransposed ? transposed(values, shape) : values
  }

  const layers = architecture.layers.map(layer => {
    const counter = kindOf(layer).stepCounter(layer)
    if (counter !== null) used.add(prefix + counter)
    return layerWithValues(layer, read)
  })
  const unknown = stateDict.names.filter(name => !used.has(name))
  return { architecture, layers, prefix, warnings: unknown.length > 0 ? [unknownWarning(unknown)] : [] }
}

/** Turns a matrix over: values [rows, columns] of a shape. */
export function transposed(values: Float64Array, [rows, columns]: readonly number[]): Float64Array {
  return Float64Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)])
}

/**
 * The prefix that most of the names of the olympiad's class share; '' wins a tie. A wrapper's is believed at once, any other only before
 * a head: other people call their layers dense1, too.
 * @returns null where nothing is named so
 */
function commonPrefix(names: readonly string[]): string | null {
  const counts = new Map<string, number>()
  const all = new Set(names)
  for (const name of names) {
    const words = name.split('.')
    // A name may go on behind the layer: it is unknown then, and still no stranger's.
    const at = words.findIndex((word, i) => i < words.length - 1 && NAMED.test(word))
    if (at < 0) continue
    const prefix = words
      .slice(0, at)
      .map(word => `${word}.`)
      .join('')
    if (WRAPPED.test(prefix) || all.has(`${prefix}dense_head.weight`)) counts.set(prefix, (counts.get(prefix) ?? 0) + 1)
  }
  let best: string | null = null
  for (const [prefix, count] of counts) {
    const most = best === null ? 0 : (counts.get(best) ?? 0)
    if (count > most || (count === most && prefix === '')) best = prefix
  }
  return best
}

function indexText(flat: number, shape: readonly number[]): string {
  const index: number[] = []
  for (let axis = shape.length - 1, rest = flat; axis >= 0; axis--) {
    index.unshift(rest % shape[axis])
    rest = Math.floor(rest / shape[axis])
  }
  return `[${index.join(', ')}]`
}

function unknownWarning(names: readonly string[]): string {
  const shown = names.slice(0, LISTED_UNKNOWN).map(printableName).join(', ')
  const more = names.length > LISTED_UNKNOWN ? ` and ${names.length - LISTED_UNKNOWN} more` : ''
  return `${names.length === 1 ? 'unknown tensor' : 'unknown tensors'} ignored: ${shown}${more}`
}
