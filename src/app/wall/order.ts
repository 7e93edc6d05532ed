// The orders in which flags hang.

import { distance } from 'fastest-levenshtein'
import type { ListedFlag } from '../../train/gallery/manifest.js'

export const SORT_KEYS = ['name', 'hue', 'difficulty', 'bytes', 'psnr'] as const
export type SortKey = (typeof SORT_KEYS)[number]

export const SORT_TEXTS: Readonly<Record<SortKey, string>> = {
  name: 'name',
  hue: 'hue',
  difficulty: 'difficulty',
  bytes: 'bytes',
  psnr: 'PSNR',
}

/** What an order looks at. */
export interface Sortable {
  readonly name: string
  readonly listed: Partial<ListedFlag>
  /** In [0, 1), null for greys and where it is not known yet. */
  readonly hue: number | null
}

const collator = new Intl.Collator('en')

/**
 * Sorts flags: by name; by hue, red first, greys last; the hardest first: those that took the most training, of them the
 * one with the most left to learn; the largest files first; the best first. What is not known comes last.
 */
export function sorted<T extends Sortable>(flags: readonly T[], key: SortKey): T[] {
  const byName = (a: T, b: T) => collator.compare(a.name, b.name)
  const by = (...values: ((flag: T) => number | null | undefined)[]) => {
    const ranked = (value: number | null | undefined) => value ?? Number.POSITIVE_INFINITY
    return (a: T, b: T) => {
      for (const value of values) {
        const [left, right] = [ranked(value(a)), ranked(value(b))]
        if (left !== right) return left - right
      }
      return byName(a, b)
    }
  }
  const negative = (value: number | undefined) => (value === undefined ? undefined : -value)
  const orders: Record<SortKey, (a: T, b: T) => number> = {
    name: byName,
    hue: by(({ hue }) => hue),
    difficulty: by(
      ({ listed }) => negative(listed.rounds),
      ({ listed }) => listed.psnr,
    ),
    bytes: by(({ listed }) => negative(listed.bytes)),
    psnr: by(({ listed }) => negative(listed.psnr)),
  }
  return [...flags].sort(orders[key])
}

/** What is typed, and what is looked for in, without case, accents and punctuation: "cote d" finds Côte d'Ivoire. */
function searchable(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** A flag that a search finds. */
export interface Find<T> {
  readonly flag: T
  /** The name by which it was found, where that is not its own; null where it is. */
  readonly alias: string | null
  /** Whether nothing is called so, and this is only spelled much like it. */
  readonly isGuess: boolean
}

/** Worse than any rank. */
const NOT_FOUND = 6
/** Guesses that are shown. */
const GUESSES = 3

/**
 * The flags a search finds, the best first: those that begin with it, or are called so by code, then words, then parts; by another name
 * after those that have it as their own. Where nothing is found, those that are spelled much like it.
 * @param namesByCode what else flags are called; of a flag whose own name is not among them nothing is taken from there
 */
export function found<T extends { readonly name: string; readonly code: string }>(
  flags: readonly T[],
  query: string,
  namesByCode: ReadonlyMap<string, readonly string[]> = new Map(),
): Find<T>[] {
  const wanted = searchable(query)
  if (wanted === '') return []
  const namesOf = ({ name, code }: T): readonly string[] => {
    const others = namesByCode.get(code) ?? []
    return others.includes(name) ? [name, ...others.filter(other => other !== name)] : [name]
  }
  const rankOf = (text: string): number => {
    if (text === wanted) return 0
    if (text.startsWith(wanted)) return 2
    if (` ${text}`.includes(` ${wanted}`)) return 3
    return text.includes(wanted) ? 4 : NOT_FOUND
  }
  const finds = flags.flatMap(flag => {
    const ranks = namesOf(flag).map((name, i) => ({ name, rank: rankOf(searchable(name)) + (i === 0 ? 0 : 0.5) }))
    const best = ranks.reduce((a, b) => (b.rank < a.rank ? b : a))
    const rank = searchable(flag.code) === wanted ? Math.min(1, best.rank) : best.rank
    const alias = best.name === flag.name || rank < best.rank ? null : best.name
    return rank < NOT_FOUND ? [{ flag, alias, isGuess: false, rank }] : []
  })
  const guesses = () =>
    flags
      .map(flag => {
        const nearest = namesOf(flag).map(name => ({ name, rank: distance(searchable(name), wanted) }))
        const best = nearest.reduce((a, b) => (b.rank < a.rank ? b : a))
        return { flag, alias: best.name === flag.name ? null : best.name, isGuess: true, rank: best.rank }
      })
      .filter(({ rank }) => rank <= Math.min(3, wanted.length / 3))
  const byRank = (a: { rank: number; flag: T }, b: { rank: number; flag: T }) =>
    a.rank - b.rank || collator.compare(a.flag.name, b.flag.name)
  const sortedFinds = finds.length > 0 ? finds.sort(byRank) : guesses().sort(byRank).slice(0, GUESSES)
  return sortedFinds.map(({ flag, alias, isGuess }) => ({ flag, alias, isGuess }))
}
