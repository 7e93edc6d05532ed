// vexel lab: conjectures about nets and recipes, put to the test.

import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { FormatError } from '../../model/errors.js'
import { WHITE } from '../../train/colour.js'
import { type LabPlan, parseLabPlan } from '../../train/lab/plan.js'
import { type LabResult, runsOf } from '../../train/lab/runs.js'
import { UsageError } from '../failure.js'
import { readJson } from '../files/input.js'
import { lockManifest } from '../gallery/gallery-lock.js'
import { identifyTarget, listSources } from '../gallery/gallery-sources.js'
import { targetSettings } from '../gallery/gallery-work.js'
import { checkpointEveryOption, partOf, type Shard, shardOption } from '../options/long-work.js'
import { wholeOption } from '../options/numbers.js'
import { exitCodeOf, listenForInterrupts } from '../train/train-interrupt.js'
import type { Terminal } from '../terminal.js'
import { makeLabFolders, removeRunLeftovers } from './lab-files.js'
import { writeTables } from './lab-tables.js'
import { doRuns, type LabFlag, type LabJob } from './lab-work.js'

// The page is some megabytes: written now and then, not after each run.
const TABLES_EVERY_MS = 60_000

/** Texts as commander collects them. */
export type LabTexts = {
  readonly out: string
  readonly list?: true
  readonly merge?: true
  readonly shard?: string
  readonly threads?: string
  readonly checkpointEvery: string
  readonly json?: true
}

/** Does the runs of a plan, and writes the tables and the page. */
export async function runLab(planPath: string, options: LabTexts, terminal: Terminal): Promise<void> {
  const plan = await readJson(planPath, terminal.stdin, parseLabPlan)
  if (options.list) return list(plan, terminal, options.json === true)
  const folder = options.out
  const shard = shardOption(options.shard)
  const threads =
    options.threads === undefined ? availableParallelism() : wholeOption('--threads', options.threads, 1, 256)
  const checkpointEveryMs = checkpointEveryOption(options.checkpointEvery)
  const flags = await findFlags(plan, planPath)
  const runs = options.merge ? [] : partOf(runsOf(plan), shard)
  const job: LabJob = { plan, folder, flags, runs, threads, checkpointEveryMs }
  await makeLabFolders(folder, plan.variants)
  // Tables can be made while others train.
  const lock = await lockManifest(options.merge ? join(folder, 'lab.tables') : lockPath(folder, shard))
  if (!lock) throw new UsageError(`${folder}: another process is at work on it; --shard splits the work`)
  try {
    await work(job, options.json === true, terminal)
  } finally {
    await lock.release()
  }
}

/** What a plan comes to, before a night of computing. */
function list(plan: LabPlan, { print, printJson }: Terminal, isJson: boolean): void {
  const { variants, flags, seeds } = plan
  const runs = runsOf(plan).length
  const kinds = variants.map(({ name, label, architecture, parameters, recipe }) => ({
    name,
    label,
    architecture: architecture.name,
    parameters,
    recipe: recipe.name,
  }))
  if (isJson) printJson({ variants: kinds, flags, seeds, runs })
  else {
    for (const { name, architecture, parameters, recipe } of kinds)
      print(`${name}: ${architecture}, ${parameters.toLocaleString('en')} parameters, ${recipe}`)
    print(`${runs} runs: ${variants.length} variants, ${flags.length} flags, ${seeds.length} seeds`)
  }
}

async function work(job: LabJob, isJson: boolean, terminal: Terminal): Promise<void> {
  const { folder, runs } = job
  await removeRunLeftovers(folder, runs)
  const interrupt = listenForInterrupts()
  let writtenMs = performance.now()
  try {
    // Before the first step: a folder that cannot be written to, and a site that is not built, are better known now.
    await writeTables(job)
    const finished = await doRuns(job, {
      isStopped: () => interrupt.signal !== null,
      onNote: terminal.tell,
      onResult: async (result, finished) => {
        tellResult(result, { finished, total: runs.length }, isJson, terminal)
        if (performance.now() - writtenMs < TABLES_EVERY_MS) return
        writtenMs = performance.now()
        await writeTables(job)
      },
    })
    const report = await writeTables(job)
    if (interrupt.signal && finished < runs.length) {
      terminal.tell(`stopped with ${finished} of ${runs.length} runs finished; the same call goes on`)
      terminal.exitCode = exitCodeOf(interrupt.signal)
    } else if (isJson) terminal.printJson({ event: 'done', out: folder, ...report.runs })
    else terminal.print(`${join(folder, 'lab.html')}: ${report.runs.finished} of ${report.runs.total} runs finished`)
  } finally {
    interrupt.stop()
  }
}

function tellResult(
  result: LabResult,
  state: { readonly finished: number; readonly total: number },
  isJson: boolean,
  { tell, printJson }: Terminal,
): void {
  const { curve: _, ...told } = result
  if (isJson) return printJson({ event: 'run', ...told, ...state })
  const { variant, flag, seed, psnr, psnrDetail, seconds } = result
  const reached =
    psnr === null || psnrDetail === null ? 'diverged' : `${psnr.toFixed(2)} dB (${psnrDetail.toFixed(2)} in detail)`
  tell(
    `${variant} | ${flag} | seed ${seed} | ${reached} | ${seconds.toFixed(1)} s | ${state.finished} of ${state.total} runs finished`,
  )
}

function lockPath(folder: string, shard: Shard | null): string {
  return join(folder, shard ? `lab.${shard.index}-of-${shard.count}` : 'lab')
}

/** @throws FormatError when one is not there */
async function findFlags(plan: LabPlan, planPath: string): Promise<Map<string, LabFlag>> {
  const beside = (path: string) => join(planPath === '-' ? '.' : dirname(planPath), path)
  const folder = beside(plan.images)
  const names = plan.names === null ? undefined : beside(plan.names)
  const sources = new Map((await listSources(folder, names)).map(source => [source.code, source]))
  const settings = targetSettings({ ...plan, background: WHITE })
  const flags = new Map<string, LabFlag>()
  for (const code of plan.flags) {
    const source = sources.get(code)
    if (!source) throw new FormatError(`${planPath}: flags: there is no image "${code}" in ${folder}`)
    flags.set(code, { ...source, digest: await identifyTarget(source.path, settings) })
  }
  return flags
}
