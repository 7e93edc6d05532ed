// What helps training and what does not: many runs that differ in one thing each, at the same number of pixels seen, so
// that neither the machine nor its load matters. Results are kept, a JSON line a run, in node_modules/.cache of this folder:
// a stopped bench goes on where it was.
// `node bench/run.js quality [--set name] [--only word] [--flags us,ir] [--megapixels n] [--seeds n] [--detail n]`.

import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { Command } from '@commander-js/extra-typings'
import { MYSTERY_NET } from '../src/model/architecture.js'
import { loadImage } from '../src/cli/image/image.js'
import { DEFAULT_RECIPE, lengthOfPixels, type Recipe, RECIPES } from '../src/train/recipe.js'
import type { Target } from '../src/train/target.js'
import { LocalTeam } from '../src/train/team.js'
import { Trainer } from '../src/train/trainer.js'
import { median } from './contender.js'

interface Variant {
  readonly name: string
  readonly recipe: Recipe
}

const recipeOf = (name: string) => RECIPES.find(recipe => recipe.name === name) ?? DEFAULT_RECIPE
const [SHARP, DIRECT] = ['sharp', 'direct'].map(recipeOf)
const THREE_STAGE = recipeOf('three-stage').stages
const changed = (base: Recipe, changes: Readonly<Record<string, Partial<Recipe>>>): Variant[] =>
  Object.entries(changes).map(([name, change]) => ({ name, recipe: { ...base, ...change } }))
const staged = (keep: (stage: Recipe['stages'][number]) => object): Partial<Recipe> => ({
  stages: THREE_STAGE.map(stage => ({ ...stage, ...keep(stage) })),
})

const SETS: Readonly<Record<string, readonly Variant[]>> = {
  parts: [
    { name: 'sharp', recipe: SHARP },
    ...changed(SHARP, {
      'sharp without importance': { importance: 0 },
      'sharp without cover order': { order: 'random' },
      'sharp without both: random pixels': { order: 'random', importance: 0 },
      'sharp without whitening': { whitening: false },
      'sharp, first layer 3': { firstLayer: 3 },
      'sharp, batch 2048': { batch: 2048 },
    }),
    { name: 'direct', recipe: DIRECT },
    ...changed(DIRECT, {
      'direct with cover order': { order: 'cover' },
      'direct with importance': { importance: 0.5 },
      'direct with both': { order: 'cover', importance: 0.5 },
      'direct with whitening': { whitening: true },
      'direct, first layer 8': { firstLayer: 8 },
      'direct, batch 1024': { batch: 1024 },
    }),
  ],
  tuning: [
    { name: 'sharp', recipe: SHARP },
    ...changed(SHARP, {
      ...Object.fromEntries([5, 12, 16].map(firstLayer => [`first layer ${firstLayer}`, { firstLayer }])),
      ...Object.fromEntries([0.3, 0.7].map(importance => [`importance ${importance}`, { importance }])),
      ...Object.fromEntries([0.014, 0.028].map(rate => [`Muon ${rate}`, { rate }])),
      ...Object.fromEntries([0.0015, 0.006].map(adamRate => [`Adam beside Muon ${adamRate}`, { adamRate }])),
    }),
  ],
  direct: [
    { name: 'default', recipe: DIRECT },
    ...changed(DIRECT, {
      'three-stage': { stages: THREE_STAGE },
      'three-stage without noise': staged(() => ({ noise: 0 })),
      'three-stage without blur': staged(() => ({ blur: 0 })),
      "first layer as PyTorch's": { firstLayer: 'default' },
      ...Object.fromEntries([1, 2, 4, 6, 12].map(firstLayer => [`first layer ${firstLayer}`, { firstLayer }])),
      'Adam 0.005': { optimizer: 'adam', rate: 0.005 },
      'Adam 0.01': { optimizer: 'adam', rate: 0.01 },
      ...Object.fromEntries([0.01, 0.03, 0.04].map(rate => [`Muon ${rate}`, { rate }])),
      ...Object.fromEntries([0.001, 0.01].map(adamRate => [`Adam beside Muon ${adamRate}`, { adamRate }])),
      ...Object.fromEntries([1024, 4096, 8192, 16384].map(batch => [`batch ${batch}`, { batch }])),
      'plain loss': { loss: 'plain' },
    }),
  ],
}

const LOG = 'bench/node_modules/.cache/quality.jsonl'

interface Key {
  readonly flag: string
  readonly megapixels: number
  readonly detail: number
  readonly seed: number
  /** Of the whole recipe: a default that has changed asks for new runs. */
  readonly recipe: string
}

interface Run extends Key {
  readonly variant: string
  readonly psnr: number
  readonly psnrDetail: number
  readonly seconds: number
}

await new Command('quality')
  .option('--set <name>', `${Object.keys(SETS).join(', ')}`, 'parts')
  .option('--only <word>', 'only the variants that have the word in their name, or the one of that name', '')
  .option('--flags <codes>', 'comma-separated, of svg-country-flags', 'us,ir')
  .option('--megapixels <count>', 'length of a run', '12')
  .option('--detail <pixels>', "the raster's longer edge", '1280')
  .option('--seeds <count>', 'runs of each', '3')
  .action(async ({ set, only, flags, megapixels, detail, seeds }) => {
    const variants = SETS[set] ?? []
    const exact = variants.filter(({ name }) => name === only)
    const wanted = exact.length > 0 ? exact : variants.filter(({ name }) => name.includes(only))
    const codes = flags.split(',')
    const keyOf = (flag: string, { recipe }: Variant, seed: number): Key => ({
      flag,
      megapixels: Number(megapixels),
      detail: Number(detail),
      seed,
      // What it is called does not matter.
      recipe: JSON.stringify({ ...recipe, name: '' }),
    })
    for (let seed = 1; seed <= Number(seeds); seed++)
      for (const flag of codes) for (const variant of wanted) await ensure(variant, keyOf(flag, variant, seed))
    for (const flag of codes)
      process.stdout.write(tableOf(flag, wanted, variant => keyOf(flag, variant, 0), Number(megapixels)))
  })
  .parseAsync()

/** Does a run unless it is done. */
async function ensure({ name, recipe }: Variant, key: Key): Promise<void> {
  if (runsDone().some(run => isSame(run, key) && run.seed === key.seed)) return
  const startMs = performance.now()
  const result = await train(recipe, key)
  const seconds = (performance.now() - startMs) / 1000
  appendFileSync(LOG, `${JSON.stringify({ ...key, variant: name, ...result, seconds } satisfies Run)}\n`)
  const { psnr, psnrDetail } = result
  process.stderr.write(
    `${key.flag}, ${name}, seed ${key.seed}: ${psnr.toFixed(2)} / ${psnrDetail.toFixed(2)} dB, ${seconds.toFixed(1)} s\n`,
  )
}

async function train(recipe: Recipe, { flag, megapixels, seed, detail }: Key) {
  const target = await targetOf(flag, detail)
  const settings = {
    recipe,
    seed,
    threads: 1,
    targetPsnr: null,
    frames: 0,
    ...lengthOfPixels(recipe, megapixels * 1e6),
  }
  const startTeam = async (...begun: ConstructorParameters<typeof LocalTeam>) => new LocalTeam(...begun)
  const trainer = await Trainer.start(MYSTERY_NET, settings, target, startTeam)
  while (!trainer.progress.isDone) await trainer.advance(Number.POSITIVE_INFINITY)
  const { psnr, psnrDetail } = trainer.progress
  if (psnr === null || psnrDetail === null) throw new Error(`${flag}, seed ${seed}: diverged`)
  return { psnr, psnrDetail }
}

async function targetOf(flag: string, detail: number): Promise<Target> {
  const path = `node_modules/svg-country-flags/svg/${flag}.svg`
  const { image: seen } = await loadImage(path, { width: 320 })
  const factor = detail / 320
  const { image } = await loadImage(path, { width: detail, height: seen.height * factor })
  return { detail: image, seen }
}

function runsDone(): Run[] {
  if (!existsSync(LOG)) return []
  const lines = readFileSync(LOG, 'utf8').trim().split('\n')
  return lines.filter(line => line !== '').map(line => JSON.parse(line) as Run)
}

function isSame(run: Run, key: Key): boolean {
  return (
    run.flag === key.flag && run.megapixels === key.megapixels && run.detail === key.detail && run.recipe === key.recipe
  )
}

function tableOf(flag: string, variants: readonly Variant[], keyOf: (variant: Variant) => Key, megapixels: number) {
  const figure = (values: readonly number[]) => {
    const [low, high] = [Math.min(...values), Math.max(...values)].map(value => value.toFixed(1))
    return `${median(values).toFixed(1)} (${low} to ${high})`
  }
  const rows = variants.flatMap(variant => {
    const runs = runsDone().filter(run => isSame(run, keyOf(variant)))
    if (runs.length === 0) return []
    const psnr = figure(runs.map(run => run.psnr))
    return [`| ${variant.name} | ${psnr} | ${figure(runs.map(run => run.psnrDetail))} | ${runs.length} |`]
  })
  const head = `\n${flag}, ${megapixels} Mpx, medians (from, to), dB:\n\n| recipe | psnr | psnrDetail | seeds |\n| --- | --- | --- | --- |`
  return `${[head, ...rows].join('\n')}\n`
}
