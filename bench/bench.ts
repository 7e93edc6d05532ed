// The bench: all timings in turns, a table a contest, and how the page feels. bench/run.js builds and starts it.

import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Command, Option } from '@commander-js/extra-typings'
import { glRenderer } from '../src/cli/browser/launch.js'
import { describeFailure } from '../src/cli/failure.js'
import { serveSite } from '../src/cli/site/site.js'
import { type Place, withBrowser } from './browser.js'
import { measureBudgets } from './budgets.js'
import { measureCoherent } from './coherent.js'
import { measureExplain } from './explain.js'
import { createInference } from './inference.js'
import { measureIsa } from './isa/isa.js'
import { measureContests } from './measure.js'
import { measureNeurons } from './neurons.js'
import { loadWorkload } from './points.js'
import { measureRender } from './render.js'
import { measureResponsiveness } from './responsiveness.js'
import { measureSolve } from './solve.js'
import { measureScrub } from './scrub.js'
import { type BenchReport, headline, reportText } from './table.js'
import { measureSteps } from './steps.js'
import { createTraining } from './training.js'
import { measureWall } from './wall.js'

const RESPONSIVENESS_NAME = 'responsiveness'
const RENDER_NAME = 'render'
const WALL_NAME = 'wall'
const EXPLAIN_NAME = 'explain'
const NEURONS_NAME = 'neurons'
const SOLVE_NAME = 'solve'
const SCRUB_NAME = 'scrub'
const STEPS_NAME = 'steps'
const ISA_NAME = 'isa'
const COHERENT_NAME = 'coherent'
const BUDGETS_NAME = 'budgets'

const program = new Command('bench')
  .exitOverride()
  .description(
    'Megapixels a second of everything that evaluates or trains a flag network here, and how the page feels meanwhile.',
  )
  .addOption(
    new Option('--gl <backend>', 'what WebGL draws with')
      .choices(['swiftshader', 'llvmpipe', 'vulkan', 'hardware'] as const)
      .default('swiftshader' as const),
  )
  .option(
    '--only <word>',
    `only what has the word in 'table: name', and baselines; '${RENDER_NAME}', '${RESPONSIVENESS_NAME}', '${WALL_NAME}', '${EXPLAIN_NAME}', '${NEURONS_NAME}', '${SOLVE_NAME}', '${SCRUB_NAME}', '${STEPS_NAME}', '${ISA_NAME}', '${COHERENT_NAME}' and '${BUDGETS_NAME}' are such, too`,
    '',
  )
  .option('--nets <folder>', `more nets for '${COHERENT_NAME}', by the names of public/flags`)
  .option('--json', 'print JSON; the table goes to stderr')
  .action(async ({ gl, only, nets, json }) => {
    const log = (line: string) => void process.stderr.write(`${line}\n`)
    const site = await serveSite(fileURLToPath(new URL('../dist/', import.meta.url)))
    try {
      const place: Place = { gl, siteUrl: site.url, log }
      const machine = {
        renderer: await withBrowser(place, glRenderer),
        cpu: cpus()[0]?.model.trim() ?? 'unknown CPU',
        cores: cpus().length,
        node: process.version,
        load: loadavg()[0],
      }
      if (!json) process.stdout.write(`${headline(machine)}\n`)
      const workload = await loadWorkload()
      const contests = [createInference(place, workload), createTraining(workload)]
      const { peak, tables } = await measureContests(contests, only, log)
      const begin = (name: string) => {
        if (!name.includes(only)) return false
        log(name)
        return true
      }
      const render = begin(RENDER_NAME) ? await measureRender() : null
      const responsiveness = begin(RESPONSIVENESS_NAME) ? await measureResponsiveness(place) : null
      const wall = begin(WALL_NAME) ? await measureWall(place) : null
      const explain = begin(EXPLAIN_NAME) ? await measureExplain() : null
      const neurons = begin(NEURONS_NAME) ? await measureNeurons() : null
      const solved = begin(SOLVE_NAME) ? await measureSolve() : null
      const scrub = begin(SCRUB_NAME) ? await measureScrub(place) : null
      const steps = begin(STEPS_NAME) ? measureSteps() : null
      const isa = begin(ISA_NAME) ? await measureIsa(log) : null
      const coherent = begin(COHERENT_NAME) ? await measureCoherent(place, nets ?? null) : null
      const budgets = begin(BUDGETS_NAME) ? await measureBudgets(place) : null
      const report: BenchReport = {
        machine,
        peak,
        tables,
        render,
        responsiveness,
        wall,
        explain,
        neurons,
        solved,
        scrub,
        steps,
        isa,
        coherent,
        budgets,
      }
      process.stdout.write(json ? `${JSON.stringify(report)}\n` : reportText(report))
      if (json) log(`${headline(machine)}\n${reportText(report)}`)
    } finally {
      await site.close()
    }
  })

try {
  await program.parseAsync()
} catch (error) {
  const { code, line } = describeFailure(error)
  if (line !== null) process.stderr.write(`bench: ${line}\n`)
  process.exitCode = code
}
