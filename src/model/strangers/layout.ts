// Which modules of a file are the network, and in which order: a chain, or sub-networks side by side and a chain behind them, with a
// matrix of frequencies in front where there is one.

import { FormatError } from '../errors.js'
import { printableName, shapeText } from '../printable.js'
import { type Encoding, MAX_OCTAVES, type Wiring } from '../wiring.js'
import { chainOf, type Ends, type Parallel, parallelOf } from './chain.js'
import type { LinearModule, Modules } from './modules.js'

/** A matrix of frequencies: [count, 2], or turned over. */
export interface FrequencyMatrix {
  readonly name: string
  readonly count: number
  readonly isTransposed: boolean
}

export interface Layout {
  readonly matrix: FrequencyMatrix | null
  /** Null for a plain chain. */
  readonly parallel: Parallel | null
  /** The chain, or what follows the sub-networks. */
  readonly chain: readonly LinearModule[]
}

/** More matrices that fit are no frequencies, and would take long to be tried. */
const MAX_MATRICES = 8

/** Values that the head may give: grey, colour, colour with alpha. */
const HEADS: ReadonlySet<number> = new Set([1, 3, 4])

const isEnd = (outDim: number) => HEADS.has(outDim)

/**
 * Finds the network among the modules of a file.
 * @param wiring null where nobody says: then whatever takes any number of inputs
 * @throws FormatError saying why there is none
 */
export function layOut(modules: Modules, wiring: Wiring | null): Layout {
  const encoding = wiring?.encoding ?? null
  const join = wiring?.join ?? null
  const matrices = encoding?.kind === 'fourier' || !wiring ? matricesOf(modules) : []
  for (const matrix of matrices) {
    const found = layOutBehind(
      modules,
      linear => linear.weight !== matrix.name,
      {
        isStart: inDim => inDim === 2 * matrix.count,
        isEnd,
      },
      join,
    )
    if (found) return { matrix, ...found }
  }
  const isStart = wiring ? startOf(encoding) : (inDim: number) => inDim === 2
  const found =
    (encoding?.kind === 'fourier' ? null : layOutBehind(modules, () => true, { isStart, isEnd }, join)) ??
    (wiring ? null : layOutBehind(modules, () => true, { isStart: () => true, isEnd }, null))
  if (!found) throw new FormatError(whyNone(modules, wiring))
  return { matrix: null, ...found }
}

function layOutBehind(
  { linears }: Modules,
  isUsed: (linear: LinearModule) => boolean,
  ends: Ends,
  join: Wiring['join'],
): Omit<Layout, 'matrix'> | null {
  const used = linears.filter(isUsed)
  // By their shapes sub-networks may be one long chain as well.
  const chain = join === null ? chainOf(used, ends) : null
  if (chain) return { parallel: null, chain }
  const parallel = parallelOf(used, ends, join)
  return parallel && { parallel, chain: parallel.trunk }
}

/** Whether a first layer of so many inputs can take what an encoding gives. */
function startOf(encoding: Encoding | null): (inDim: number) => boolean {
  switch (encoding?.kind) {
    case undefined:
      return inDim => inDim === 2
    case 'inputs':
      return inDim => inDim === encoding.features.length
    case 'octaves':
      return inDim => octavesFor(encoding, inDim) !== null
    case 'fourier':
      return () => false
  }
}

/** How many octaves give so many values, and whether the inputs are among them; null where none do. */
export function octavesFor(
  { count, keepsInputs }: Extract<Encoding, { kind: 'octaves' }>,
  inDim: number,
): { count: number; keepsInputs: boolean } | null {
  for (const keeps of [true, false]) {
    const octaves = (inDim - (keeps ? 2 : 0)) / 4
    const isCount = Number.isInteger(octaves) && octaves > 0 && octaves <= MAX_OCTAVES
    const isFitting = isCount && (count === null || count === octaves)
    if (isFitting && (keepsInputs === null || keepsInputs === keeps)) return { count: octaves, keepsInputs: keeps }
  }
  return null
}

function matricesOf({ matrices, linears }: Modules): FrequencyMatrix[] {
  const unbiased = linears.flatMap(({ weight, bias, inDim, outDim }) =>
    bias === null && inDim === 2 ? [{ name: weight, shape: [outDim, inDim] as const }] : [],
  )
  const found = [...matrices, ...unbiased].map(({ name, shape: [rows, columns] }) => {
    const isTransposed = columns !== 2
    return { name, count: isTransposed ? columns : rows, isTransposed }
  })
  const widths = new Set(linears.map(({ inDim }) => inDim))
  return found.filter(({ count }) => widths.has(2 * count)).slice(0, MAX_MATRICES)
}

function whyNone({ linears, deeper }: Modules, wiring: Wiring | null): string {
  if (linears.length === 0)
    return deeper.length > 0
      ? `no coordinate network: ${printableName(deeper[0])} has more axes than a linear layer, and there is none`
      : 'no coordinate network: no linear layer is in it'
  const [first, last] = [linears[0], linears[linears.length - 1]]
  const chain = chainOf(linears, { isStart: () => true, isEnd: () => true })
  if (!chain)
    return `no coordinate network: its ${linears.length} linear layers do not follow one another by their shapes, nor are they sub-networks of equal depth (${printableName(first.weight)} ${shapeText([first.outDim, first.inDim])} … ${printableName(last.weight)} ${shapeText([last.outDim, last.inDim])})`
  const [front, head] = [chain[0], chain[chain.length - 1]]
  if (!isEnd(head.outDim))
    return `no coordinate network: ${printableName(head.weight)} gives ${head.outDim} values, a colour has 1, 3 or 4`
  if (wiring?.encoding?.kind === 'fourier')
    return `the architecture asks for a matrix of frequencies, [n, 2] with 2 n the inputs of ${printableName(front.weight)} (${front.inDim}): none fits`
  return `${printableName(front.weight)} takes ${front.inDim} inputs, and the architecture gives it ${wiring?.encoding ? 'another number' : '2'}`
}
