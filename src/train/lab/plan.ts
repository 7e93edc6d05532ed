// What a lab is to find out: which nets are trained, on which flags, how often, and which are compared. Pure data, from JSON.

import { type Architecture, countParameters } from '../../model/architecture.js'
import { FormatError } from '../../model/errors.js'
import { quoted } from '../../model/safetensors/quoted.js'
import { DEFAULT_ARCHITECTURE, DEFAULT_RECIPE, parseRecipe, type Recipe, RECIPES } from '../recipe.js'
import { MAX_TARGET_EDGE } from '../rgb-image.js'
import { DEFAULT_DETAIL } from '../target-size.js'
import { parseLabArchitecture } from './architecture.js'

/** A way to train a net, which is compared with others. */
export interface LabVariant {
  /** Of small letters, digits and hyphens: the name of a folder. Unique. */
  readonly name: string
  /** What people call it. */
  readonly label: string
  readonly architecture: Architecture
  /** Learnable numbers. */
  readonly parameters: number
  readonly recipe: Recipe
}

/** A conjecture, put to the test. */
export interface LabQuestion {
  /** In words, as in `blur helps`. */
  readonly claim: string
  /** The names of those that should be better. */
  readonly variants: readonly string[]
  /** The name of the one that they should be better than. */
  readonly base: string
}

export interface LabPlan {
  readonly title: string
  /** What is to be known of the plan besides: how far it can be trusted. */
  readonly note: string
  /** The folder of the flags' images, relative to the plan. */
  readonly images: string
  /** What the flags are called, by upper-case code: a file, relative to the plan; null for what lies beside the images. */
  readonly names: string | null
  /** Names of images without their ending, in the order of the table. */
  readonly flags: readonly string[]
  readonly seeds: readonly number[]
  /** Pixels that a run sees. */
  readonly pixels: number
  /** As a training has them: see vexel train. */
  readonly width: number
  readonly detail: number
  readonly variants: readonly LabVariant[]
  readonly questions: readonly LabQuestion[]
}

const KEYS = [
  'title',
  'note',
  'images',
  'names',
  'flags',
  'seeds',
  'pixels',
  'parameters',
  'width',
  'detail',
  'recipes',
  'variants',
  'questions',
]
const VARIANT_KEYS = ['name', 'label', 'architecture', 'recipe']
const QUESTION_KEYS = ['claim', 'variants', 'base']
const MAX_LIST = 1000
const MAX_PIXELS = 1e12
const MAX_PARAMETERS = 1e6
const MAX_TEXT = 2000
const DEFAULT_WIDTH = 320

/**
 * Reads a plan from JSON.
 * @throws FormatError naming the field that is wrong
 */
export function parseLabPlan(json: unknown): LabPlan {
  const fields = record(json, 'plan', KEYS)
  const recipes = parseRecipes(fields.recipes ?? {})
  const parameters = fields.parameters ?? null
  const count = parameters === null ? null : whole(parameters, 'parameters', 1, MAX_PARAMETERS)
  const variants = list(fields.variants, 'variants').map((value, index) =>
    parseVariant(value, `variants[${index}]`, recipes, count),
  )
  refuseTwins(
    variants.map(({ name }) => name),
    'variants',
  )
  const names = new Set(variants.map(({ name }) => name))
  const questions = list(fields.questions ?? [], 'questions', 0)
  return {
    title: text(fields.title ?? 'lab', 'title'),
    note: text(fields.note ?? '', 'note'),
    images: text(fields.images, 'images'),
    names: fields.names === undefined ? null : text(fields.names, 'names'),
    flags: unique(fields.flags, 'flags', text),
    seeds: unique(fields.seeds, 'seeds', (value, at) => whole(value, at, 0, Number.MAX_SAFE_INTEGER)),
    pixels: whole(fields.pixels, 'pixels', 1, MAX_PIXELS),
    width: whole(fields.width ?? DEFAULT_WIDTH, 'width', 1, MAX_TARGET_EDGE),
    detail: whole(fields.detail ?? DEFAULT_DETAIL, 'detail', 1, MAX_TARGET_EDGE),
    variants,
    questions: questions.map((value, index) => parseQuestion(value, `questions[${index}]`, names)),
  }
}

function parseRecipes(value: unknown): ReadonlyMap<string, Recipe> {
  const recipes = new Map(RECIPES.map(recipe => [recipe.name, recipe]))
  for (const [name, fields] of Object.entries(record(value, 'recipes', null)))
    recipes.set(
      name,
      at(`recipes.${name}`, () => parseRecipe({ name, ...record(fields, '', null) })),
    )
  return recipes
}

function parseVariant(
  value: unknown,
  where: string,
  recipes: ReadonlyMap<string, Recipe>,
  parameters: number | null,
): LabVariant {
  const fields = record(value, where, VARIANT_KEYS)
  const name = text(fields.name, `${where}.name`)
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) || name.length > 100)
    throw new FormatError(`${where}.name: expected small letters, digits and hyphens, got ${quoted(name)}`)
  const recipeName = fields.recipe === undefined ? DEFAULT_RECIPE.name : text(fields.recipe, `${where}.recipe`)
  const recipe = recipes.get(recipeName)
  if (!recipe)
    throw new FormatError(
      `${where}.recipe: expected one of ${[...recipes.keys()].join(', ')}, got ${quoted(recipeName)}`,
    )
  const architecture =
    fields.architecture === undefined
      ? DEFAULT_ARCHITECTURE
      : at(where, () => parseLabArchitecture(fields.architecture, parameters))
  return {
    name,
    label: text(fields.label ?? name, `${where}.label`),
    architecture,
    parameters: countParameters(architecture),
    recipe,
  }
}

function parseQuestion(value: unknown, where: string, names: ReadonlySet<string>): LabQuestion {
  const fields = record(value, where, QUESTION_KEYS)
  const known = (given: unknown, at: string) => {
    const name = text(given, at)
    if (!names.has(name)) throw new FormatError(`${at}: there is no variant ${quoted(name)}`)
    return name
  }
  const base = known(fields.base, `${where}.base`)
  const variants = unique(fields.variants, `${where}.variants`, known)
  if (variants.includes(base))
    throw new FormatError(`${where}.variants: ${quoted(base)} cannot be compared with itself`)
  return { claim: text(fields.claim, `${where}.claim`), variants, base }
}

/** Puts a field's name before what is wrong inside it. */
function at<T>(where: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${where}: ${error.message}`)
    throw error
  }
}

function record(value: unknown, where: string, keys: readonly string[] | null): Record<string, unknown> {
  const prefix = where === '' ? '' : `${where}: `
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FormatError(`${prefix}expected an object`)
  const unknown = keys && Object.keys(value).find(key => !keys.includes(key))
  if (unknown !== null && unknown !== undefined)
    throw new FormatError(`${prefix}unknown field ${quoted(unknown)}, expected ${keys?.join(', ')}`)
  return value as Record<string, unknown>
}

function list(value: unknown, where: string, least = 1): readonly unknown[] {
  if (!Array.isArray(value) || value.length < least || value.length > MAX_LIST)
    throw new FormatError(`${where}: expected a list of ${least} to ${MAX_LIST}`)
  return value
}

function unique<T extends string | number>(
  value: unknown,
  where: string,
  parse: (value: unknown, where: string) => T,
): readonly T[] {
  const values = list(value, where).map((item, index) => parse(item, `${where}[${index}]`))
  refuseTwins(values, where)
  return values
}

function refuseTwins(values: readonly (string | number)[], where: string): void {
  const twin = values.find((value, index) => values.indexOf(value) < index)
  if (twin !== undefined) throw new FormatError(`${where}: ${quoted(String(twin))} is there twice`)
}

function whole(value: unknown, where: string, low: number, high: number): number {
  if (!Number.isInteger(value) || (value as number) < low || (value as number) > high)
    throw new FormatError(`${where}: expected a whole number from ${low} to ${high}`)
  return value as number
}

function text(value: unknown, where: string): string {
  if (typeof value !== 'string' || value.length > MAX_TEXT) throw new FormatError(`${where}: expected a text`)
  return value
}
