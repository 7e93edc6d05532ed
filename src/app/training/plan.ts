// What a training is to be: the fields of the panel and the options of `vexel.train`, checked. A plan is always valid; what
// was typed wrong changes nothing.

import { FormatError } from '../../model/errors.js'
import { parseJson } from '../../model/json.js'
import { parseNumber } from '../../model/frame.js'
import { parseColour } from '../../train/colour.js'
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
import { DEFAULT_TARGET_WIDTH, MAX_TARGET_EDGE } from '../../train/rgb-image.js'
import { DEFAULT_DETAIL } from '../../train/target-size.js'
import type { RunSettings } from '../../train/trainer.js'
import { DEFAULT_NET, type NetOfFile, parseWantedNet, type WantedNet, wantedLike } from './wanted-net.js'

export interface RunPlan {
  /** What learns. */
  readonly net: WantedNet
  readonly recipe: Recipe
  readonly seed: number
  readonly threads: number
  readonly length: { readonly unit: 'seconds' | 'steps'; readonly count: number }
  /** At which the picture is measured, pixels. */
  readonly width: number
  /** Of the longer edge of what is trained on, pixels. */
  readonly detail: number
  /** Under transparent parts, #rgb or #rrggbb. */
  readonly background: string
  /** Snapshots that are kept for the film. */
  readonly frames: number
  /** The run may end early where this is reached, dB. */
  readonly targetPsnr: number | null
}

/** What may be said of a training; the rest stays. Numbers may be texts. */
export interface TrainOptions {
  /** What net learns: a name as of --architecture, an object, or its JSON. */
  readonly architecture?: unknown
  /** A net with the names, widths and layers of a file's. */
  readonly like?: NetOfFile
  /** `sharp`, `direct`, `three-stage`, or a recipe of your own: an object, or its JSON. */
  readonly recipe?: unknown
  readonly optimizer?: string
  /** Learning rate at the start; it falls linearly to 0. */
  readonly rate?: number | string
  /** Pixels a step, a multiple of 16. */
  readonly batch?: number | string
  readonly seed?: number | string
  readonly threads?: number | string
  /** Length of the run: say one of the two. */
  readonly steps?: number | string
  readonly seconds?: number | string
  readonly width?: number | string
  readonly detail?: number | string
  readonly background?: string
  readonly frames?: number | string
  /** '' or null for none. */
  readonly targetPsnr?: number | string | null
}

const KEYS: readonly (keyof TrainOptions)[] = [
  'architecture',
  'like',
  'recipe',
  'optimizer',
  'rate',
  'batch',
  'seed',
  'threads',
  'steps',
  'seconds',
  'width',
  'detail',
  'background',
  'frames',
  'targetPsnr',
]

const DEFAULT_SECONDS = 60
const DEFAULT_FRAMES = 60
const MAX_STEPS = 1e9
const MAX_SECONDS = 1e7
const MAX_THREADS = 256
const MAX_FRAMES = 1000

/** The plan when nothing is said. */
export function defaultPlan(threads: number): RunPlan {
  return {
    net: DEFAULT_NET,
    recipe: DEFAULT_RECIPE,
    seed: 1,
    threads,
    length: { unit: 'seconds', count: DEFAULT_SECONDS },
    width: DEFAULT_TARGET_WIDTH,
    detail: DEFAULT_DETAIL,
    background: '#ffffff',
    frames: DEFAULT_FRAMES,
    targetPsnr: null,
  }
}

/**
 * Changes what is said in the options.
 * @throws FormatError naming the first field that is wrong; UnsupportedError naming what of a net cannot be trained
 */
export function changePlan(plan: RunPlan, options: TrainOptions): RunPlan {
  const unknown = Object.keys(options).find(key => !(KEYS as readonly string[]).includes(key))
  if (unknown !== undefined) throw new FormatError(`unknown option, expected one of ${KEYS.join(', ')}`)
  const { seed, threads, steps, seconds, width, detail, background, frames, targetPsnr } = options
  if (steps !== undefined && seconds !== undefined) throw new FormatError('steps and seconds: say one of them')
  if (background !== undefined) named('background', () => parseColour(background))
  return {
    net: changeNet(plan.net, options),
    recipe: changeRecipe(plan.recipe, options),
    seed: whole('seed', seed, 0, Number.MAX_SAFE_INTEGER) ?? plan.seed,
    threads: whole('threads', threads, 1, MAX_THREADS) ?? plan.threads,
    length:
      steps !== undefined
        ? { unit: 'steps', count: whole('steps', steps, 1, MAX_STEPS) as number }
        : seconds !== undefined
          ? { unit: 'seconds', count: real('seconds', seconds, 1, MAX_SECONDS) as number }
          : plan.length,
    width: whole('width', width, 1, MAX_TARGET_EDGE) ?? plan.width,
    detail: whole('detail', detail, 1, MAX_TARGET_EDGE) ?? plan.detail,
    background: background ?? plan.background,
    frames: whole('snapshots', frames, 2, MAX_FRAMES) ?? plan.frames,
    targetPsnr:
      targetPsnr === null || targetPsnr === ''
        ? null
        : (real('PSNR to stop at', targetPsnr, 1, 200) ?? plan.targetPsnr),
  }
}

/** Whether two plans make the same target of an image. */
export function isSameTarget(a: RunPlan, b: RunPlan): boolean {
  return a.width === b.width && a.detail === b.detail && a.background === b.background
}

/** Whether two plans begin with the same net at the same target. */
export function isSameStart(a: RunPlan, b: RunPlan): boolean {
  return isSameTarget(a, b) && a.seed === b.seed && a.recipe === b.recipe && a.net === b.net
}

/** What the trainer needs of a plan. */
export function runSettings({ recipe, seed, threads, frames, targetPsnr }: RunPlan, length: RunLength): RunSettings {
  return { recipe, seed, threads, frames, targetPsnr, ...length }
}

/** A recipe of one's own, as text to be edited. */
export function recipeText(recipe: Recipe): string {
  return JSON.stringify(recipe, null, 2)
}

function changeNet(before: WantedNet, { architecture, like }: TrainOptions): WantedNet {
  if (architecture !== undefined && like) throw new FormatError('architecture and like: say one of them')
  if (like) return wantedLike(like)
  return architecture === undefined ? before : parseWantedNet(architecture)
}

function changeRecipe(before: Recipe, options: TrainOptions): Recipe {
  let recipe = options.recipe === undefined ? before : readRecipe(options.recipe)
  const { optimizer, rate, batch } = options
  if (optimizer !== undefined && optimizer !== recipe.optimizer) {
    recipe = withOptimizer(
      recipe,
      named('optimizer', () => parseOptimizer(optimizer)),
    )
  }
  if (rate !== undefined) recipe = parseRecipe({ ...recipe, rate: numberOf(rate) })
  if (batch !== undefined) recipe = { ...recipe, batch: parseBatch(batch === 'auto' ? batch : numberOf(batch)) }
  return recipe
}

function readRecipe(value: unknown): Recipe {
  if (typeof value !== 'string') return named('recipe', () => parseRecipe(value))
  const builtIn = RECIPES.find(({ name }) => name === value)
  if (builtIn) return builtIn
  let json: unknown
  try {
    json = parseJson(value)
  } catch {
    throw new FormatError(`recipe: expected ${RECIPES.map(({ name }) => name).join(', ')} or JSON`)
  }
  return named('recipe', () => parseRecipe(json))
}

function named<T>(name: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${name}: ${error.message}`)
    throw error
  }
}

function numberOf(value: number | string): number {
  return typeof value === 'number' ? value : parseNumber(value)
}

function whole(name: string, value: number | string | undefined, low: number, high: number): number | undefined {
  if (value === undefined) return undefined
  const number = numberOf(value)
  if (!Number.isInteger(number) || number < low || number > high)
    throw new FormatError(`${name}: expected a whole number from ${low} to ${high}`)
  return number
}

function real(name: string, value: number | string | undefined, low: number, high: number): number | undefined {
  if (value === undefined) return undefined
  const number = numberOf(value)
  if (!(number >= low && number <= high)) throw new FormatError(`${name}: expected a number from ${low} to ${high}`)
  return number
}
