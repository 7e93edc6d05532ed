// What `vexel gallery` was asked for, checked.

import { FormatError } from '../../model/errors.js'
import { parseJson } from '../../model/json.js'
import { parseNumber } from '../../model/frame.js'
import { parseColour, type Rgb } from '../../train/colour.js'
import { DEFAULT_PLAN, type GalleryPlan, parsePlan } from '../../train/gallery/plan.js'
import { MAX_TARGET_EDGE } from '../../train/rgb-image.js'
import { optionValue, UsageError } from '../failure.js'
import { manifestPath, type Shard } from './gallery-files.js'
import type { Source } from './gallery-sources.js'
import { readText } from '../files/input.js'
import { wholeOption } from '../options/numbers.js'

/** Texts as commander collects them. */
export type GalleryOptionTexts = {
  readonly out: string
  readonly width: string
  readonly detail: string
  readonly background: string
  readonly plan?: string
  readonly only?: string
  readonly first?: string
  readonly films?: string
  readonly frames: string
  readonly shard?: string
  readonly checkpointEvery: string
}

/** The work of one process. */
export interface GalleryJob {
  readonly folder: string
  readonly sources: readonly Source[]
  /** Codes that come before the others. */
  readonly order: readonly string[]
  readonly plan: GalleryPlan
  readonly films: ReadonlySet<string>
  readonly frames: number
  /** Of the targets as they are seen, pixels. */
  readonly width: number
  /** Of the longer edge of what is trained on, pixels. */
  readonly detail: number
  readonly background: Rgb
  readonly shard: Shard | null
  /** The manifest that this process writes. */
  readonly manifest: string
  readonly checkpointEveryMs: number
}

const MAX_SHARDS = 100_000

/**
 * Reads the options.
 * @param sources all that there are
 * @param stdin where a plan may come from
 * @throws UsageError naming the option; FormatError when the plan's file is wrong
 */
export async function galleryJob(
  texts: GalleryOptionTexts,
  sources: readonly Source[],
  stdin: AsyncIterable<Uint8Array>,
): Promise<GalleryJob> {
  const shard = texts.shard === undefined ? null : optionValue('--shard', texts.shard, parseShard)
  const only = texts.only === undefined ? null : new Set(codesOption('--only', texts.only, sources))
  const chosen = sources.filter(({ code }) => only === null || only.has(code))
  return {
    folder: texts.out,
    // Which part a picture belongs to depends on the list alone: shards need not talk.
    sources: chosen.filter((_, index) => !shard || index % shard.count === shard.index - 1),
    order: codesOption('--first', texts.first, sources),
    plan: texts.plan === undefined ? DEFAULT_PLAN : await readPlan(texts.plan, stdin),
    films: new Set(codesOption('--films', texts.films, sources)),
    frames: wholeOption('--frames', texts.frames, 2, 1000),
    width: wholeOption('--width', texts.width, 1, MAX_TARGET_EDGE),
    detail: wholeOption('--detail', texts.detail, 1, MAX_TARGET_EDGE),
    background: optionValue('--background', texts.background, parseColour),
    shard,
    manifest: manifestPath(texts.out, shard),
    checkpointEveryMs: 1000 * optionValue('--checkpoint-every', texts.checkpointEvery, parseSeconds),
  }
}

async function readPlan(path: string, stdin: AsyncIterable<Uint8Array>): Promise<GalleryPlan> {
  const text = await readText(path, stdin)
  try {
    return parsePlan(parseJson(text))
  } catch (error) {
    if (error instanceof SyntaxError) throw new FormatError(`${path}: expected JSON`)
    if (error instanceof FormatError) throw new FormatError(`${path}: ${error.message}`)
    throw error
  }
}

function codesOption(flag: string, text: string | undefined, sources: readonly Source[]): string[] {
  if (text === undefined) return []
  const codes = text.split(',').map(code => code.trim())
  const known = new Set(sources.map(({ code }) => code))
  const unknown = codes.find(code => !known.has(code))
  if (unknown !== undefined) throw new UsageError(`${flag} ${text}: there is no image "${unknown}"`)
  return codes
}

function parseShard(text: string): Shard {
  const [index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).slice(1).map(Number)
  if (!(index >= 1 && index <= count && count <= MAX_SHARDS))
    throw new FormatError('expected I/N, I from 1 to N: 3/16 is the third of sixteen parts')
  return { index, count }
}

function parseSeconds(text: string): number {
  const value = parseNumber(text)
  if (!(value > 0 && value <= 86_400)) throw new FormatError('expected seconds from above 0 to 86400')
  return value
}
