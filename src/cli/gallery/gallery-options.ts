// What `vexel gallery` was asked for, checked.

import { parseColour, type Rgb } from '../../train/colour.js'
import { DEFAULT_PLAN, type GalleryPlan, parsePlan } from '../../train/gallery/plan.js'
import { MAX_TARGET_EDGE } from '../../train/rgb-image.js'
import { optionValue, UsageError } from '../failure.js'
import { manifestPath } from './gallery-files.js'
import type { Source } from './gallery-sources.js'
import { readJson } from '../files/input.js'
import { wholeOption } from '../options/numbers.js'
import { checkpointEveryOption, partOf, type Shard, shardOption } from '../options/long-work.js'

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
  const shard = shardOption(texts.shard)
  const only = texts.only === undefined ? null : new Set(codesOption('--only', texts.only, sources))
  const chosen = sources.filter(({ code }) => only === null || only.has(code))
  return {
    folder: texts.out,
    sources: partOf(chosen, shard),
    order: codesOption('--first', texts.first, sources),
    plan: texts.plan === undefined ? DEFAULT_PLAN : await readJson(texts.plan, stdin, parsePlan),
    films: new Set(codesOption('--films', texts.films, sources)),
    frames: wholeOption('--frames', texts.frames, 2, 1000),
    width: wholeOption('--width', texts.width, 1, MAX_TARGET_EDGE),
    detail: wholeOption('--detail', texts.detail, 1, MAX_TARGET_EDGE),
    background: optionValue('--background', texts.background, parseColour),
    shard,
    manifest: manifestPath(texts.out, shard),
    checkpointEveryMs: checkpointEveryOption(texts.checkpointEvery),
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
