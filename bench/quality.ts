// What helps training and what does not: many runs that differ in one thing each, at the same number of pixels seen, so
// that neither the machine nor its load matters. Results are kept, a JSON line a run, in node_modules/.cache of this folder:
// a stopped bench goes on where it was. `node bench/run.js quality [--only word] [--megapixels n] [--seeds n]`.

import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { Command } from '@commander-js/extra-typings'
import { MYSTERY_NET } from '../src/model/architecture.js'
import { loadImage } from '../src/cli/image.js'
import { DEFAULT_RECIPE, type Recipe, RECIPES } from '../src/train/recipe.js'
import { plainTarget } from '../src/train/target.js'
import { LocalTeam } from '../src/train/team.js'
import { initialState } from '../src/train/trainer.js'
import { median } from './contender.js'

interface Variant {
  readonly name: string
  readonly change: Partial<Recipe>
}

const THREE_STAGE = RECIPES.find(({ name }) => name === 'three-stage')?.stages ?? []
const staged = (keep: (stage: Recipe['stages'][number]) => object): Partial<Recipe> => ({
  stages: THREE_STAGE.map(stage => ({ ...stage, ...keep(stage) })),
})

/** All differ from the default recipe in what they name. */
const VARIANTS: readonly Variant[] = [
  { name: 'default', change: {} },
  { name: 'three-stage', change: { stages: THREE_STAGE } },
  { name: 'three-stage without noise', change: staged(() => ({ noise: 0 })) },
  { name: 'three-stage without blur', change: staged(() => ({ blur: 0 })) },
  { name: "first layer as PyTorch's", change: { firstLayer: 'default' } },
  ...[1, 2, 4, 6, 12].map(firstLayer => ({ name: `first layer ${firstLayer}`, change: { firstLayer } })),
  { name: 'Adam 0.005', change: { optimizer: 'adam', rate: 0.005 } },
  { name: 'Adam 0.01', change: { optimizer: 'adam', rate: 0.01 } },
  ...[0.01, 0.03, 0.04].map(rate => ({ name: `Muon ${rate}`, change: { rate } })),
  ...[0.001, 0.01].map(adamRate => ({ name: `Adam beside Muon ${adamRate}`, change: { adamRate } })),
  ...[1024, 4096, 8192, 16384].map(batch => ({ name: `batch ${batch}`, change: { batch } })),
  { name: 'plain loss', change: { loss: 'plain' } },
]

const FLAGS = ['japan', 'malaysia', 'nepal', 'usa', 'iran'] as const
const LOG = 'bench/node_modules/.cache/quality.jsonl'

interface Run {
  readonly flag: string
  readonly variant: string
  readonly megapixels: number
  readonly seed: number
  /** Of the whole recipe: a default that has changed asks for new runs. */
  readonly recipe: string
  readonly psnr: number
}

await new Command('quality')
  .option('--only <word>', 'only the variants that have the word in their name', '')
  .option('--flags <names>', `comma-separated, of ${FLAGS.join(', ')}`, 'malaysia')
  .option('--megapixels <count>', 'length of a run', '16')
  .option('--seeds <count>', 'runs of each', '3')
  .action(async ({ only, flags, megapixels, seeds }) => {
    const wanted = VARIANTS.filter(({ name }) => name.includes(only))
    const length = Number(megapixels)
    for (let seed = 1; seed <= Number(seeds); seed++)
      for (const flag of flags.split(',')) for (const variant of wanted) await ensure(flag, variant, length, seed)
    for (const flag of flags.split(',')) process.stdout.write(tableOf(flag, wanted, length))
  })
  .parseAsync()

/** Does a run unless it is done. */
async function ensure(flag: string, { name, change }: Variant, megapixels: number, seed: number): Promise<void> {
  const { name: _, ...settings } = { ...DEFAULT_RECIPE, ...change }
  const recipe = JSON.stringify(settings)
  if (runsDone().some(run => isSame(run, { flag, megapixels, seed, recipe }))) return
  const psnr = await train(flag, { ...DEFAULT_RECIPE, ...change }, megapixels, seed)
  appendFileSync(LOG, `${JSON.stringify({ flag, variant: name, megapixels, seed, recipe, psnr } satisfies Run)}\n`)
  process.stderr.write(`${flag}, ${name}, seed ${seed}: ${psnr.toFixed(2)} dB\n`)
}

async function train(flag: string, recipe: Recipe, megapixels: number, seed: number): Promise<number> {
  const { image } = await loadImage(`tests/oracle/${flag}.source.png`)
  const steps = Math.round((megapixels * 1e6) / recipe.batch)
  const settings = { recipe, seed, threads: 1, steps, targetPsnr: null, frames: 0 }
  const { replicas, schedule } = initialState(MYSTERY_NET, settings)
  const team = new LocalTeam({ architecture: MYSTERY_NET, recipe, target: plainTarget(image), threads: 1 }, replicas)
  await team.run(schedule, 0, steps)
  return (await team.measure(Number.POSITIVE_INFINITY)).psnrDetail
}

function runsDone(): Run[] {
  if (!existsSync(LOG)) return []
  const lines = readFileSync(LOG, 'utf8').trim().split('\n')
  return lines.filter(line => line !== '').map(line => JSON.parse(line) as Run)
}

function isSame(run: Run, key: Pick<Run, 'flag' | 'megapixels' | 'seed' | 'recipe'>): boolean {
  return (
    run.flag === key.flag && run.megapixels === key.megapixels && run.seed === key.seed && run.recipe === key.recipe
  )
}

function tableOf(flag: string, variants: readonly Variant[], megapixels: number): string {
  const rows = variants.flatMap(({ name, change }) => {
    const { name: _, ...settings } = { ...DEFAULT_RECIPE, ...change }
    const recipe = JSON.stringify(settings)
    const values = runsDone()
      .filter(run => run.flag === flag && run.megapixels === megapixels && run.recipe === recipe)
      .map(({ psnr }) => psnr)
    if (values.length === 0) return []
    const [low, high] = [Math.min(...values), Math.max(...values)].map(value => value.toFixed(1))
    return [`| ${name} | ${median(values).toFixed(1)} | ${low} to ${high} | ${values.length} |`]
  })
  const head = `\n${flag}, ${megapixels} Mpx:\n\n| what is different | median dB | from, to | seeds |\n| --- | --- | --- | --- |`
  return `${[head, ...rows].join('\n')}\n`
}
