// How linear layers follow one another: each takes what the one before gives. Where their names do not count them, their shapes do; where
// there are several ways, sub-networks.

import type { LinearModule } from './modules.js'

/** More layers than that are no coordinate network, and would take long to be put into an order. */
const MAX_SEARCHED = 128
const MAX_STEPS = 20_000

export interface Ends {
  readonly isStart: (inDim: number) => boolean
  readonly isEnd: (outDim: number) => boolean
}

/** Puts all of the layers into one order; null where there is none. */
export function chainOf(linears: readonly LinearModule[], { isStart, isEnd }: Ends): readonly LinearModule[] | null {
  if (linears.length === 0) return null
  const follows = linears.every((linear, i) => i === 0 || linear.inDim === linears[i - 1].outDim)
  if (follows && isStart(linears[0].inDim) && isEnd(linears[linears.length - 1].outDim)) return linears
  return linears.length > MAX_SEARCHED ? null : search(linears, { isStart, isEnd })
}

/** Tries what fits, in the order of the names, and takes it back where it leads nowhere. */
function search(linears: readonly LinearModule[], { isStart, isEnd }: Ends): readonly LinearModule[] | null {
  const way: LinearModule[] = []
  const used = new Set<LinearModule>()
  let steps = 0
  const goOn = (): boolean => {
    if (way.length === linears.length) return isEnd(way[way.length - 1].outDim)
    for (const next of linears) {
      const last = way.at(-1)
      if (used.has(next) || !(last ? last.outDim === next.inDim : isStart(next.inDim))) continue
      if (++steps > MAX_STEPS) return false
      way.push(next)
      used.add(next)
      if (goOn()) return true
      way.pop()
      used.delete(next)
    }
    return false
  }
  return goOn() ? way : null
}

/** Sub-networks of equal depth that take the same inputs, and what follows them. */
export interface Parallel {
  readonly branches: readonly (readonly LinearModule[])[]
  /** Takes what the branches give; empty where that is the picture. */
  readonly trunk: readonly LinearModule[]
  readonly join: 'sum' | 'concat'
}

/**
 * Finds sub-networks: layers whose names begin alike are a chain each.
 * @param join how they are joined, where that is known; else what fits, a sum first
 */
export function parallelOf(
  linears: readonly LinearModule[],
  { isStart, isEnd }: Ends,
  join: Parallel['join'] | null,
): Parallel | null {
  if (linears.length > MAX_SEARCHED) return null
  const depth = Math.max(0, ...linears.map(({ path }) => path.split('.').length - 1))
  for (let words = 1; words <= depth; words++) {
    const groups = groupsOf(linears, words)
    const chains = groups.flatMap(group => {
      const chain = chainOf(group, { isStart, isEnd: () => true })
      return chain ? [chain] : []
    })
    const longest = Math.max(0, ...chains.map(({ length }) => length))
    const branches = chains.filter(({ length }) => length === longest)
    if (branches.length < 2) continue
    const taken = new Set(branches.flat())
    const rest = linears.filter(linear => !taken.has(linear))
    const found = joined(branches, rest, isEnd, join)
    if (found) return found
  }
  return null
}

function groupsOf(linears: readonly LinearModule[], words: number): LinearModule[][] {
  const groups = new Map<string, LinearModule[]>()
  for (const linear of linears) {
    const key = linear.path.split('.').slice(0, words).join('.')
    groups.set(key, [...(groups.get(key) ?? []), linear])
  }
  return [...groups.values()]
}

function joined(
  branches: readonly (readonly LinearModule[])[],
  rest: readonly LinearModule[],
  isEnd: Ends['isEnd'],
  wanted: Parallel['join'] | null,
): Parallel | null {
  const given = branches.map(branch => branch[branch.length - 1].outDim)
  const isEqual = given.every(dim => dim === given[0])
  for (const join of ['sum', 'concat'] as const) {
    if ((wanted !== null && join !== wanted) || (join === 'sum' && !isEqual)) continue
    const width = join === 'sum' ? given[0] : given.reduce((sum, dim) => sum + dim, 0)
    if (rest.length === 0) {
      if (isEnd(width)) return { branches, trunk: [], join }
      continue
    }
    const trunk = chainOf(rest, { isStart: inDim => inDim === width, isEnd })
    if (trunk) return { branches, trunk, join }
  }
  return null
}
