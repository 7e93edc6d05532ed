// The Network: a state dict checked against an architecture, every value finite, in float64. It is the truth in
// memory; folded weights, texels and kernel memory are caches of it.

import { type Architecture, inferArchitecture } from './architecture.js'
import { FormatError } from './errors.js'
import { kindOf, layerWithValues, type NetworkLayer } from './layers/kinds.js'
import type { ParameterSpec } from './layers/layer.js'
import { printableName, shapeText } from './printable.js'
import { isFloating } from './safetensors/dtype.js'
import type { StateDict } from './state-dict.js'

export type { NetworkLayer }

export interface Network {
  readonly architecture: Architecture
  readonly layers: readonly NetworkLayer[]
  /** What stands before every name in the file: '' or for instance 'module.'. */
  readonly prefix: string
  /** One line each: what the file has besides the network. */
  readonly warnings: readonly string[]
}

// Wrappers that put their name before every key: DataParallel, Lightning and friends, torch.compile.
const PREFIXED = /^((?:module\.|model\.|_orig_mod\.)*)((?:dense[1-9]\d*|dense_head|bn[1-9]\d*)\..*)$/
const LISTED_UNKNOWN = 8

/**
 * Checks that a state dict holds a flag network and reads its values.
 * @throws FormatError naming the tensor (and index) that is missing, misshapen, not floating point, or not finite
 */
export function createNetwork(stateDict: StateDict): Network {
  const prefix = commonPrefix(stateDict.names)
  const shapes = new Map<string, readonly number[]>()
  for (const name of stateDict.names)
    if (name.startsWith(prefix)) shapes.set(name.slice(prefix.length), stateDict.entry(name).shape)
  const architecture = inferArchitecture(shapes)

  const used = new Set<string>()
  const read = ({ name, shape, isVariance }: ParameterSpec): Float64Array => {
    const found = shapes.get(name)
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
    return values
  }

  const layers = architecture.layers.map(layer => {
    const counter = kindOf(layer).stepCounter(layer)
    if (counter !== null) used.add(prefix + counter)
    return layerWithValues(layer, read)
  })
  const unknown = stateDict.names.filter(name => !used.has(name))
  return { architecture, layers, prefix, warnings: unknown.length > 0 ? [unknownWarning(unknown)] : [] }
}

/** The wrapper prefix most of the network's names share; '' wins a tie. */
function commonPrefix(names: readonly string[]): string {
  const counts = new Map<string, number>([['', 0]])
  for (const name of names) {
    const prefix = PREFIXED.exec(name)?.[1]
    if (prefix !== undefined) counts.set(prefix, (counts.get(prefix) ?? 0) + 1)
  }
  let best = ''
  for (const [prefix, count] of counts) if (count > (counts.get(best) ?? 0)) best = prefix
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
