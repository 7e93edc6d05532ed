// The orders in which flags hang.

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

/** The flags a search finds, the best first: those that begin with it, or are called so by code, then words, then parts. */
export function found<T extends { readonly name: string; readonly code: string }>(
  flags: readonly T[],
  query: string,
): T[] {
  const wanted = searchable(query)
  if (wanted === '') return []
  const rank = ({ name, code }: T): number => {
    const text = searchable(name)
    if (text === wanted) return 0
    if (searchable(code) === wanted) return 1
    if (text.startsWith(wanted)) return 2
    if (` ${text}`.includes(` ${wanted}`)) return 3
    return text.includes(wanted) ? 4 : 5
  }
  return flags
    .map(flag => ({ flag, rank: rank(flag) }))
    .filter(({ rank }) => rank < 5)
    .sort((a, b) => a.rank - b.rank || collator.compare(a.flag.name, b.flag.name))
    .map(({ flag }) => flag)
}
