// The recipe is data: how the picture is shown to the net over a run, what optimizer moves the weights, and how they begin.
// JSON on the command line, in checkpoints and in the page alike.

import { type Architecture, MYSTERY_NET } from '../model/architecture.js'
import { FormatError } from '../model/errors.js'
import { quoted } from '../model/safetensors/quoted.js'

/** A part of the run in which the picture is shown in one way. */
export interface RecipeStage {
  readonly name: string
  /** Part of the run's steps, in [0, 1]; the shares of all stages add up to 1. */
  readonly share: number
  /** Standard deviation of a Gaussian blur, in pixels of the picture as it is seen (target.ts); 0 is sharp. */
  readonly blur: number
  /** Standard deviation of fresh Gaussian noise on the target's colours, which lie in [0, 1]. */
  readonly noise: number
}

/** Adam on everything (Kingma and Ba), or Muon on the hidden matrices and Adam on the rest (Keller Jordan). */
export type OptimizerName = 'adam' | 'muon'

/** What happens in a training. */
export interface Recipe {
  readonly name: string
  readonly stages: readonly RecipeStage[]
  readonly optimizer: OptimizerName
  /** Learning rate at the start, of Adam or of Muon; it falls linearly to 0 over the whole run. */
  readonly rate: number
  /** Learning rate of the Adam that stands beside Muon. */
  readonly adamRate: number
  /** Pixels a step, all workers together; auto: more in longer runs (see RunLength). */
  readonly batch: number | 'auto'
  /** How pixels are drawn: each on its own, or so that consecutive batches cover the picture evenly (cover.ts). */
  readonly order: 'random' | 'cover'
  /** Part of the draws that goes where the net is wrong, in [0, 1] (error-map.ts). */
  readonly importance: number
  /** Whether Muon sees hidden layers' inputs whitened, and moves biases, too. */
  readonly whitening: boolean
  /** How the first layer is drawn: PyTorch's way, or wide: random directions of this length, zero crossings spread over the frame. */
  readonly firstLayer: number | 'default'
  /** Networks that are begun, of which the best goes on (trials.ts); auto: more in longer runs. */
  readonly starts: number | 'auto'
  /** Whether what lies beyond a target of 0 or 1, and is clamped when displayed, counts as an error. */
  readonly loss: 'displayed' | 'plain'
}

/** The rate of each optimizer when none is said: the best of those tried (bench/RESULTS.md). Muon's is far too high for Adam. */
const DEFAULT_RATES: Readonly<Record<OptimizerName, number>> = { adam: 0.005, muon: 0.02 }

const CLEAN: RecipeStage = { name: 'clean', share: 1, blur: 0, noise: 0 }

const DIRECT: Recipe = {
  name: 'direct',
  stages: [CLEAN],
  optimizer: 'muon',
  rate: DEFAULT_RATES.muon,
  adamRate: 0.003,
  batch: 2048,
  order: 'random',
  importance: 0,
  whitening: false,
  firstLayer: 3,
  starts: 1,
  loss: 'displayed',
}

/** Cover sampling where the net is wrong, Muon on whitened inputs: sharp edges, ten decibels more (bench/RESULTS.md). */
const SHARP: Recipe = {
  ...DIRECT,
  name: 'sharp',
  batch: 'auto',
  order: 'cover',
  importance: 0.5,
  whitening: true,
  firstLayer: 8,
  starts: 'auto',
}

/** The built-in recipes. `three-stage` is what the author of the first such files is reported to have done. */
export const RECIPES: readonly Recipe[] = [
  SHARP,
  DIRECT,
  {
    ...DIRECT,
    name: 'three-stage',
    stages: [
      { name: 'blurred', share: 0.25, blur: 3, noise: 0.1 },
      { name: 'sharp', share: 0.35, blur: 0, noise: 0.05 },
      { ...CLEAN, share: 0.4 },
    ],
  },
]

export const DEFAULT_RECIPE = SHARP

/** What a run trains that goes on from no network. */
export const DEFAULT_ARCHITECTURE: Architecture = MYSTERY_NET

/** How long a run is, how many pixels each step has, all workers together, and how many networks are begun. */
export interface RunLength {
  /** All starts together. */
  readonly steps: number
  readonly batch: number
  readonly starts: number
}

// Below some 20 megapixels smaller batches win, far above larger ones; and a tenth of them is too little to choose by.
const SHORT_RUN_STEPS = 20_000
const [SHORT_BATCH, LONG_BATCH] = [1024, 2048]
const LONG_RUN_STARTS = 4

/** A run of so many steps. */
export function lengthOfSteps({ batch, starts }: Recipe, steps: number): RunLength {
  const pixelsAStep = batch !== 'auto' ? batch : steps < SHORT_RUN_STEPS ? SHORT_BATCH : LONG_BATCH
  return { steps, batch: pixelsAStep, starts: startsOf(starts, steps * pixelsAStep) }
}

/** A run that sees so many pixels. */
export function lengthOfPixels({ batch, starts }: Recipe, pixels: number): RunLength {
  const pixelsAStep = batch !== 'auto' ? batch : pixels < SHORT_RUN_STEPS * SHORT_BATCH ? SHORT_BATCH : LONG_BATCH
  return {
    steps: Math.max(1, Math.round(pixels / pixelsAStep)),
    batch: pixelsAStep,
    starts: startsOf(starts, pixels),
  }
}

function startsOf(starts: Recipe['starts'], pixels: number): number {
  return starts !== 'auto' ? starts : pixels < SHORT_RUN_STEPS * SHORT_BATCH ? 1 : LONG_RUN_STARTS
}

/** The recipe with another optimizer: at that one's own rate, and of its own kind. */
export function withOptimizer(recipe: Recipe, optimizer: OptimizerName): Recipe {
  if (optimizer === recipe.optimizer) return recipe
  return { ...recipe, optimizer, rate: DEFAULT_RATES[optimizer], whitening: recipe.whitening && optimizer === 'muon' }
}

const KEYS = [
  'name',
  'stages',
  'optimizer',
  'rate',
  'adamRate',
  'batch',
  'order',
  'importance',
  'whitening',
  'firstLayer',
  'starts',
  'loss',
]
const STAGE_KEYS = ['name', 'share', 'blur', 'noise']
const MAX_STAGES = 64
const MAX_STARTS = 64
const SHARE_TOLERANCE = 1e-6

/**
 * Reads a recipe from JSON; what is left out is that of `direct`, the rate that of the optimizer.
 * @throws FormatError naming the field that is wrong
 */
export function parseRecipe(json: unknown): Recipe {
  const fields = record(json, 'recipe', KEYS)
  const optimizer = parseOptimizer(fields.optimizer ?? DIRECT.optimizer)
  return {
    name: fields.name === undefined ? 'own' : shortText(fields.name, 'name'),
    stages: fields.stages === undefined ? DIRECT.stages : parseStages(fields.stages),
    optimizer,
    rate: number(fields.rate ?? DEFAULT_RATES[optimizer], 'rate', 0, 10),
    adamRate: number(fields.adamRate ?? DIRECT.adamRate, 'adamRate', 0, 10),
    batch: parseBatch(fields.batch ?? DIRECT.batch),
    order: choice(fields.order ?? DIRECT.order, ['random', 'cover'] as const, 'order'),
    importance: number(fields.importance ?? DIRECT.importance, 'importance', 0, 1),
    whitening: parseWhitening(fields.whitening ?? DIRECT.whitening, optimizer),
    firstLayer: parseFirstLayer(fields.firstLayer ?? DIRECT.firstLayer),
    starts: parseStarts(fields.starts ?? DIRECT.starts),
    loss: choice(fields.loss ?? DIRECT.loss, ['displayed', 'plain'] as const, 'loss'),
  }
}

/** @throws FormatError */
export function parseOptimizer(value: unknown): OptimizerName {
  return choice(value, ['adam', 'muon'] as const, 'optimizer')
}

function parseWhitening(value: unknown, optimizer: OptimizerName): boolean {
  if (typeof value !== 'boolean') throw new FormatError('whitening: expected true or false')
  if (value && optimizer !== 'muon') throw new FormatError('whitening: expected false, which is all that adam can do')
  return value
}

/** A number of pixels a step, or auto. @throws FormatError as {@link parsePixelsAStep} */
export function parseBatch(value: unknown): Recipe['batch'] {
  return value === 'auto' ? value : parsePixelsAStep(value)
}

/** A number of pixels a step. @throws FormatError when it is no multiple of 16 from 16 to 1,048,576 */
export function parsePixelsAStep(value: unknown): number {
  const batch = number(value, 'batch', 16, 2 ** 20)
  if (batch % 16 !== 0) throw new FormatError(`batch: expected a multiple of 16, got ${batch}`)
  return batch
}

function parseStarts(value: unknown): Recipe['starts'] {
  return value === 'auto' ? value : parseStartCount(value)
}

/** How many networks are begun. @throws FormatError when it is no whole number from 1 to 64 */
export function parseStartCount(value: unknown): number {
  const starts = number(value, 'starts', 1, MAX_STARTS)
  if (!Number.isInteger(starts)) throw new FormatError(`starts: expected a whole number, got ${starts}`)
  return starts
}

function parseFirstLayer(value: unknown): Recipe['firstLayer'] {
  return value === 'default' ? value : number(value, 'firstLayer', 0, 1000)
}

function parseStages(value: unknown): RecipeStage[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_STAGES)
    throw new FormatError(`stages: expected a list of 1 to ${MAX_STAGES} stages`)
  const stages = value.map((item, index): RecipeStage => {
    const at = `stages[${index}]`
    const { name, share, blur = 0, noise = 0 } = record(item, at, STAGE_KEYS)
    return {
      name: name === undefined ? `stage ${index + 1}` : shortText(name, `${at}.name`),
      share: number(share, `${at}.share`, 0, 1),
      blur: number(blur, `${at}.blur`, 0, 100),
      noise: number(noise, `${at}.noise`, 0, 10),
    }
  })
  const sum = stages.reduce((total, { share }) => total + share, 0)
  if (Math.abs(sum - 1) > SHARE_TOLERANCE) throw new FormatError(`stages: expected shares that add up to 1, got ${sum}`)
  return stages
}

/** The index of the stage a step belongs to. @param progress part of the run that is done, in [0, 1] */
export function stageAt({ stages }: Recipe, progress: number): number {
  let end = 0
  for (let i = 0; i < stages.length; i++) {
    end += stages[i].share
    if (progress < end) return i
  }
  return stages.length - 1
}

function record(value: unknown, where: string, keys: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FormatError(`${where}: expected an object`)
  const unknown = Object.keys(value).find(key => !keys.includes(key))
  if (unknown !== undefined)
    throw new FormatError(`${where}: unknown field ${quoted(unknown)}, expected ${keys.join(', ')}`)
  return value as Record<string, unknown>
}

function number(value: unknown, where: string, low: number, high: number): number {
  if (typeof value !== 'number' || !(value >= low && value <= high))
    throw new FormatError(`${where}: expected a number from ${low} to ${high}, got ${quoted(String(value))}`)
  return value
}

function choice<T extends string>(value: unknown, choices: readonly T[], where: string): T {
  const found = choices.find(item => item === value)
  if (found === undefined)
    throw new FormatError(`${where}: expected one of ${choices.join(', ')}, got ${quoted(String(value))}`)
  return found
}

/** Names are shown while training: one line, nothing that moves the cursor. */
function shortText(value: unknown, where: string): string {
  if (typeof value !== 'string' || value.length > 100 || /[\p{C}\p{Zl}\p{Zp}]/u.test(value))
    throw new FormatError(`${where}: expected a short text`)
  return value
}
