// Behind which linear layer a batch norm stands, and on which side of the activation. In a Sequential the numbers tell: what has
// no tensors has a number all the same.

import { FormatError } from '../errors.js'
import { printableName } from '../printable.js'
import { comparePaths, type LinearModule, type NormModule } from './modules.js'

export interface PlacedNorm {
  readonly norm: NormModule
  /** Null where the names do not tell. */
  readonly side: 'before' | 'after' | null
}

/**
 * Places batch norms behind layers of a chain.
 * @returns what stands behind each layer; batch norms in front of the first are under null
 * @throws FormatError naming the first that has no place
 */
export function placeNorms(
  chain: readonly LinearModule[],
  norms: readonly NormModule[],
): ReadonlyMap<LinearModule | null, PlacedNorm> {
  const placed = new Map<LinearModule | null, PlacedNorm>()
  const put = (at: LinearModule | null, norm: NormModule, side: PlacedNorm['side']) => {
    if (placed.has(at)) throw nowhere(norm)
    placed.set(at, { norm, side })
  }
  // As many as there are layers in front of the last, each as wide: one behind each, however they are called.
  const hidden = chain.slice(0, -1)
  const isOneEach = norms.length === hidden.length && norms.every(({ dim }, i) => dim === hidden[i].outDim)
  norms.forEach((norm, index) => {
    const sibling = siblingBefore(chain, norm)
    if (sibling) {
      if (sibling.outDim !== norm.dim) throw nowhere(norm)
      put(sibling, norm, sideOf(chain, sibling, norm))
      return
    }
    const numbered = chain.filter(
      ({ path, outDim }) => lastNumber(path) === lastNumber(norm.path) && outDim === norm.dim,
    )
    if (isOneEach) put(hidden[index], norm, null)
    else if (lastNumber(norm.path) !== null && numbered.length === 1) put(numbered[0], norm, null)
    else if (norm.dim === chain[0].inDim && comparePaths(norm.path, chain[0].path) < 0) put(null, norm, null)
    else {
      const fitting = chain.filter(linear => linear.outDim === norm.dim && !placed.has(linear))
      if (fitting.length !== 1) throw nowhere(norm)
      put(fitting[0], norm, null)
    }
  })
  return placed
}

function nowhere({ path }: NormModule): FormatError {
  return new FormatError(`${printableName(path)}: behind which layer this batch norm stands cannot be told`)
}

/** The parent of a module and its number there; null where the last word is no number. */
function placeIn(path: string): { parent: string; index: number } | null {
  const match = /^(.*?)(\d+)$/.exec(path)
  if (!match || (match[1] !== '' && !match[1].endsWith('.'))) return null
  return { parent: match[1], index: Number(match[2]) }
}

/** The number of the place that a layer has among the siblings of another module: its own, or that of the block it is in. */
function indexAmong(parent: string, path: string): number | null {
  if (!path.startsWith(parent)) return null
  const match = /^(\d+)(?:\.|$)/.exec(path.slice(parent.length))
  return match ? Number(match[1]) : null
}

/** The last layer in front of a batch norm in its own Sequential. */
function siblingBefore(chain: readonly LinearModule[], norm: NormModule): LinearModule | null {
  const place = placeIn(norm.path)
  if (!place) return null
  return (
    chain.findLast(({ path }) => {
      const index = indexAmong(place.parent, path)
      return index !== null && index < place.index && placeIn(path)?.parent === place.parent
    }) ?? null
  )
}

/** Reads off the numbers on which side of the activation a batch norm stands. */
function sideOf(chain: readonly LinearModule[], linear: LinearModule, norm: NormModule): PlacedNorm['side'] {
  const place = placeIn(norm.path)
  const own = placeIn(linear.path)
  if (!place || !own) return null
  if (place.index > own.index + 1) return 'after'
  const next = chain[chain.indexOf(linear) + 1]
  const behind = next && indexAmong(place.parent, next.path)
  // Nothing between the two, and room behind: the activation, unless it is a dropout and the activation is called elsewhere.
  return behind === null || behind === undefined || behind > place.index + 1 ? 'before' : null
}

function lastNumber(path: string): number | null {
  const match = /(\d+)\D*$/.exec(path)
  return match ? Number(match[1]) : null
}
