// Options of work that takes hours: parts of it for several machines, and how often it is kept.

import { FormatError } from '../../model/errors.js'
import { parseNumber } from '../../model/frame.js'
import { optionValue } from '../failure.js'

/** A part of the work, from 1. */
export interface Shard {
  readonly index: number
  readonly count: number
}

const MAX_SHARDS = 100_000
const MAX_SECONDS = 86_400

/** `--shard I/N`. @returns null when it is not given: all of the work @throws UsageError */
export function shardOption(text: string | undefined): Shard | null {
  return text === undefined ? null : optionValue('--shard', text, parseShard)
}

function parseShard(text: string): Shard {
  const [index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).slice(1).map(Number)
  if (!(index >= 1 && index <= count && count <= MAX_SHARDS))
    throw new FormatError('expected I/N, I from 1 to N: 3/16 is the third of sixteen parts')
  return { index, count }
}

/** What belongs to a shard: that depends on the list alone, so that shards need not talk. */
export function partOf<T>(items: readonly T[], shard: Shard | null): readonly T[] {
  return items.filter((_, index) => !shard || index % shard.count === shard.index - 1)
}

/** `--checkpoint-every SECONDS`. @returns milliseconds @throws UsageError */
export function checkpointEveryOption(text: string): number {
  return 1000 * optionValue('--checkpoint-every', text, parseSeconds)
}

function parseSeconds(text: string): number {
  const value = parseNumber(text)
  if (!(value > 0 && value <= MAX_SECONDS)) throw new FormatError(`expected seconds from above 0 to ${MAX_SECONDS}`)
  return value
}
