// The bench: all timings in turns, one table, and how the page feels. bench/run.js builds and starts it.

import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Command, Option } from '@commander-js/extra-typings'
import { glRenderer } from '../src/cli/browser/launch.js'
import { describeFailure } from '../src/cli/failure.js'
import { serveSite } from '../src/cli/site.js'
import { type Place, withBrowser } from './browser.js'
import { type Contender, median, type Round } from './contender.js'
import { createGpuVariants } from './gpu-page.js'
import { createOnnxRuntime } from './onnxruntime.js'
import { loadWorkload } from './points.js'
import { createReference, REFERENCE_NAME } from './reference.js'
import { measureResponsiveness } from './responsiveness.js'
import { type BenchReport, headline, reportText, type Row } from './table.js'

const ROUNDS = 3
const RESPONSIVENESS_NAME = 'responsiveness'

const program = new Command('bench')
  .exitOverride()
  .description(
    'Megapixels a second of everything that evaluates a flag network here, and how the page feels meanwhile.',
  )
  .addOption(
    new Option('--gl <backend>', 'what WebGL draws with')
      .choices(['swiftshader', 'llvmpipe', 'vulkan', 'hardware'] as const)
      .default('swiftshader' as const),
  )
  .option('--only <word>', `only what has the word in its name; '${RESPONSIVENESS_NAME}' is one, too`, '')
  .option('--json', 'print JSON; the table goes to stderr')
  .action(async ({ gl, only, json }) => {
    const log = (line: string) => void process.stderr.write(`${line}\n`)
    const site = await serveSite(fileURLToPath(new URL('../site/', import.meta.url)))
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
      const rows = await measureAll(await createContenders(place, only), log)
      const isWanted = RESPONSIVENESS_NAME.includes(only)
      if (isWanted) log(RESPONSIVENESS_NAME)
      const responsiveness = isWanted ? await measureResponsiveness(place) : null
      const report: BenchReport = { machine, rows, responsiveness }
      process.stdout.write(json ? `${JSON.stringify(report)}\n` : reportText(report))
      if (json) log(`${headline(machine)}\n${reportText(report)}`)
    } finally {
      await site.close()
    }
  })

/** The reference is always there: the others are multiples of it. */
async function createContenders(place: Place, only: string): Promise<Contender[]> {
  const workload = await loadWorkload()
  const others = [await createOnnxRuntime(workload), ...createGpuVariants(place)]
  const wanted = others.filter(({ name }) => name.includes(only))
  return wanted.length > 0 || REFERENCE_NAME.includes(only) ? [createReference(workload), ...wanted] : []
}

/** Runs the rounds in turns and takes medians. */
async function measureAll(contenders: readonly Contender[], log: (line: string) => void): Promise<Row[]> {
  const rounds = new Map<Contender, Round[]>(contenders.map(contender => [contender, []]))
  for (let round = 1; round <= ROUNDS; round++)
    for (const [contender, done] of rounds) {
      if (done.some(({ megapixelsPerSecond }) => megapixelsPerSecond === null)) continue
      log(`round ${round} of ${ROUNDS}: ${contender.name}`)
      done.push(await contender.round())
    }
  for (const contender of contenders) await contender.dispose?.()
  const rateOf = (done: readonly Round[]): number | null => {
    const rates = done.map(({ megapixelsPerSecond }) => megapixelsPerSecond).filter(rate => rate !== null)
    return rates.length === done.length ? median(rates) : null
  }
  const [reference] = [...rounds.values()].map(rateOf)
  return [...rounds].map(([{ name }, done]) => {
    const rate = rateOf(done)
    const ratio = rate !== null && reference ? rate / reference : null
    return { name, megapixelsPerSecond: rate, ratio, note: done[done.length - 1].note }
  })
}

try {
  await program.parseAsync()
} catch (error) {
  const { code, line } = describeFailure(error)
  if (line !== null) process.stderr.write(`bench: ${line}\n`)
  process.exitCode = code
}
