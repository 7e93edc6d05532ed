// How a gallery is trained: round after round. Every picture gets the first round; what is not good enough after a round gets
// the next, longer one, with a seed of its own, and the better net is kept. Whether a picture gets a round depends on its own
// results alone, so that any split of the work over machines, and any interruption, ends with the same files.

import type { Architecture } from '../../model/architecture.js'
import { parseBlueprint } from '../../model/blueprint.js'
import { FormatError } from '../../model/errors.js'
import { quoted } from '../../model/safetensors/quoted.js'
import { DEFAULT_RECIPE, lengthOfSteps, parseRecipe, type Recipe } from '../recipe.js'
import type { RunSettings } from '../trainer.js'

/** One training of those pictures that are not good enough yet. */
export interface GalleryRound {
  /** What is trained; absent: MysteryNet. */
  readonly architecture?: Architecture
  readonly recipe: Recipe
  readonly steps: number
  readonly seed: number
  /** Only pictures whose best net is below this, dB, get the round; null: all. */
  readonly below: number | null
}

export type GalleryPlan = readonly GalleryRound[]

const round = (steps: number, seed: number, below: number | null): GalleryRound => ({
  recipe: DEFAULT_RECIPE,
  steps,
  seed,
  below,
})

/** 12, 48, 96 and twice 200 million pixels, half a minute of one core to seven minutes: from the second round on of four starts each. */
export const DEFAULT_PLAN: GalleryPlan = [
  round(11_720, 1, null),
  round(23_440, 2, 40),
  round(46_880, 3, 34),
  round(97_660, 4, 30),
  round(97_660, 5, 27),
]

const KEYS = ['architecture', 'recipe', 'steps', 'seed', 'below']
const MAX_ROUNDS = 100
/** As long as a single training may be. */
const MAX_STEPS = 1e9

/**
 * Reads a plan from JSON: `{"rounds": [{"steps", "architecture"?, "recipe"?, "seed"?, "below"?}]}`; an architecture as
 * {@link parseBlueprint} takes it.
 * @throws FormatError naming the field that is wrong
 */
export function parsePlan(json: unknown): GalleryPlan {
  const { rounds } = record(json, 'plan', ['rounds'])
  if (!Array.isArray(rounds) || rounds.length === 0 || rounds.length > MAX_ROUNDS)
    throw new FormatError(`rounds: expected a list of 1 to ${MAX_ROUNDS} rounds`)
  return rounds.map((value: unknown, index) => parseRound(value, index))
}

function parseRound(value: unknown, index: number): GalleryRound {
  const at = `rounds[${index}]`
  const fields = record(value, at, KEYS)
  const whole = (key: string, number: unknown, low: number, high: number) => {
    if (!Number.isInteger(number) || (number as number) < low || (number as number) > high)
      throw new FormatError(`${at}.${key}: expected a whole number from ${low} to ${high}`)
    return number as number
  }
  const { below = null } = fields
  if (below !== null && typeof below !== 'number') throw new FormatError(`${at}.below: expected decibels or null`)
  const { architecture } = fields
  return {
    ...(architecture === undefined ? {} : { architecture: within(at, () => parseBlueprint(architecture)) }),
    recipe: fields.recipe === undefined ? DEFAULT_RECIPE : within(`${at}.recipe`, () => parseRecipe(fields.recipe)),
    steps: whole('steps', fields.steps, 1, MAX_STEPS),
    seed: whole('seed', fields.seed ?? index + 1, 0, Number.MAX_SAFE_INTEGER),
    below,
  }
}

/** Says of what was refused where it stands. */
function within<T>(at: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${at}: ${error.message}`)
    throw error
  }
}

function record(value: unknown, at: string, keys: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FormatError(`${at}: expected an object`)
  const unknown = Object.keys(value).find(key => !keys.includes(key))
  if (unknown !== undefined)
    throw new FormatError(`${at}: unknown field ${quoted(unknown)}, expected ${keys.join(', ')}`)
  return value as Record<string, unknown>
}

/**
 * The round that a picture gets next.
 * @param done rounds that it has had or been spared @param psnr of its best net, dB; null before the first
 * @returns its index; the plan's length when the picture is finished
 */
export function nextRound(plan: GalleryPlan, done: number, psnr: number | null): number {
  const isWanted = ({ below }: GalleryRound) => psnr === null || below === null || psnr < below
  const next = plan.findIndex((round, index) => index >= done && isWanted(round))
  return next < 0 ? plan.length : next
}

/** The settings of a round for one picture. One thread a picture: more pictures at once use more cores. */
export function roundSettings({ recipe, steps, seed }: GalleryRound, frames: number): RunSettings {
  return { recipe, seed, frames, threads: 1, targetPsnr: null, ...lengthOfSteps(recipe, steps) }
}
