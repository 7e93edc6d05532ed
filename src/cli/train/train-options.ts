// What `vexel train` was asked for, checked. Nothing has a default here that a checkpoint must be able to tell from what
// was said: undefined is "not said".

import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import type { Architecture } from '../../model/architecture.js'
import type { Arithmetic } from '../../kernel/module.js'
import { FormatError } from '../../model/errors.js'
import { parseJson } from '../../model/json.js'
import { parseNumber } from '../../model/frame.js'
import { printableName } from '../../model/printable.js'
import {
  DEFAULT_RECIPE,
  parseBatch,
  parseOptimizer,
  parseRecipe,
  type Recipe,
  RECIPES,
  type RunLength,
  withOptimizer,
} from '../../train/recipe.js'
import type { RunSettings } from '../../train/trainer.js'
import { optionValue, UsageError } from '../failure.js'
import { readText } from '../files/input.js'
import { wholeIfGiven } from '../options/numbers.js'
import { type ArchitectureTexts, wantedArchitecture } from './train-architecture.js'

/** Texts as commander collects them. */
export type TrainOptionTexts = ArchitectureTexts & {
  readonly recipe?: string
  readonly optimizer?: string
  readonly rate?: string
  readonly batch?: string
  readonly firstLayer?: string
  readonly steps?: string
  readonly seconds?: string
  readonly targetPsnr?: string
  readonly seed?: string
  readonly threads?: string
  readonly frames?: string
  readonly arithmetic?: string
}

/** What was said of a run. */
export interface WantedRun {
  readonly architecture?: Architecture | undefined
  readonly recipe: Recipe | undefined
  readonly seed: number | undefined
  readonly threads: number | undefined
  readonly frames: number | undefined
  readonly targetPsnr: number | undefined
  readonly arithmetic: Arithmetic | undefined
  readonly length: { readonly steps: number } | { readonly seconds: number } | undefined
}

/** How long a run is when nothing is said. */
export const DEFAULT_SECONDS = 90
const MAX_STEPS = 1e9
const MAX_THREADS = 256
const MAX_FRAMES = 1000

/**
 * Reads the options.
 * @throws UsageError naming the option; FormatError when a recipe's file is wrong
 */
export async function wantedRun(texts: TrainOptionTexts): Promise<WantedRun> {
  if (texts.steps !== undefined && texts.seconds !== undefined)
    throw new UsageError('--steps and --seconds: say one of them')
  const steps = wholeIfGiven('--steps', texts.steps, 1, MAX_STEPS)
  const seconds = real('--seconds', texts.seconds, 1, 1e7)
  return {
    architecture: await wantedArchitecture(texts),
    recipe: await wantedRecipe(texts),
    seed: wholeIfGiven('--seed', texts.seed, 0, Number.MAX_SAFE_INTEGER),
    threads: wholeIfGiven('--threads', texts.threads, 1, MAX_THREADS),
    frames: wholeIfGiven('--frames', texts.frames, 2, MAX_FRAMES),
    targetPsnr: real('--target-psnr', texts.targetPsnr, 1, 200),
    arithmetic: arithmeticOption(texts.arithmetic),
    length: steps !== undefined ? { steps } : seconds !== undefined ? { seconds } : undefined,
  }
}

/** The settings of a new run; what was not said takes its default. */
export function newSettings(wanted: WantedRun, length: RunLength): RunSettings {
  return {
    recipe: wanted.recipe ?? DEFAULT_RECIPE,
    seed: wanted.seed ?? 1,
    threads: wanted.threads ?? availableParallelism(),
    frames: wanted.frames ?? 0,
    targetPsnr: wanted.targetPsnr ?? null,
    ...(wanted.arithmetic === 'relaxed' && { arithmetic: wanted.arithmetic }),
    ...length,
  }
}

/**
 * Checks that what was said does not contradict a run that is gone on with. --seconds has become steps, and is not held
 * against them.
 * @throws UsageError naming the first contradiction
 */
export function checkAgreement(wanted: WantedRun, begun: RunSettings): void {
  const { recipe, seed, threads, frames, targetPsnr, arithmetic, length } = wanted
  const steps = length !== undefined && 'steps' in length ? length.steps : undefined
  const pairs: [string, unknown, unknown][] = [
    ['the recipe', recipe, begun.recipe],
    ['--seed', seed, begun.seed],
    ['--threads', threads, begun.threads],
    ['--frames', frames, begun.frames],
    ['--target-psnr', targetPsnr, begun.targetPsnr],
    ['--arithmetic', arithmetic, begun.arithmetic ?? 'strict'],
    ['--steps', steps, begun.steps],
  ]
  for (const [name, said, was] of pairs)
    if (said !== undefined && JSON.stringify(said) !== JSON.stringify(was))
      throw new UsageError(
        `${name}: the run to be resumed was begun with ${JSON.stringify(was)}; leave it out, or start anew without --resume`,
      )
}

/** Likewise, of the net that is trained. @throws UsageError */
export function checkSameNet({ architecture }: WantedRun, begun: Architecture): void {
  if (architecture && JSON.stringify(architecture.layers) !== JSON.stringify(begun.layers))
    throw new UsageError(
      `--architecture: the run to be resumed was begun with ${printableName(begun.name)}; leave it out, or start anew without --resume`,
    )
}

async function wantedRecipe(texts: TrainOptionTexts): Promise<Recipe | undefined> {
  const { recipe: name, optimizer, rate, batch, firstLayer } = texts
  if ([name, optimizer, rate, batch, firstLayer].every(text => text === undefined)) return undefined
  const base =
    name === undefined ? DEFAULT_RECIPE : (RECIPES.find(recipe => recipe.name === name) ?? (await readRecipe(name)))
  const parsed = (flag: string, text: string | undefined, field: keyof Recipe, value: (text: string) => unknown) =>
    text === undefined
      ? {}
      : { [field]: optionValue(flag, text, given => parseRecipe({ ...base, [field]: value(given) })[field]) }
  const wantedOptimizer =
    optimizer === undefined ? base.optimizer : optionValue('--optimizer', optimizer, parseOptimizer)
  const chosen = withOptimizer(base, wantedOptimizer)
  return {
    ...chosen,
    ...parsed('--rate', rate, 'rate', parseNumber),
    ...parsed('--batch', batch, 'batch', text => (text === 'auto' ? text : parseBatch(parseNumber(text)))),
    ...parsed('--first-layer', firstLayer, 'firstLayer', text => (text === 'default' ? text : parseNumber(text))),
  }
}

/** @throws FormatError beginning with the path */
async function readRecipe(path: string): Promise<Recipe> {
  if (!/[./\\]/.test(path))
    throw new UsageError(`--recipe ${path}: expected ${RECIPES.map(({ name }) => name).join(', ')} or a JSON file`)
  const text = await readText(path)
  let json: unknown
  try {
    json = parseJson(text)
  } catch {
    throw new FormatError(`${path}: not JSON`)
  }
  try {
    const recipe = parseRecipe(json)
    return 'name' in (json as object) ? recipe : { ...recipe, name: printableName(basename(path)) }
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${path}: ${error.message}`)
    throw error
  }
}

function arithmeticOption(text: string | undefined): Arithmetic | undefined {
  if (text === undefined || text === 'strict' || text === 'relaxed') return text
  throw new UsageError(`--arithmetic ${text}: expected strict or relaxed`)
}

function real(flag: string, text: string | undefined, low: number, high: number): number | undefined {
  if (text === undefined) return undefined
  return optionValue(flag, text, given => {
    const value = parseNumber(given)
    if (!(value >= low && value <= high)) throw new FormatError(`expected a number from ${low} to ${high}`)
    return value
  })
}
