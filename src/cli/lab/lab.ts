// vexel lab: conjectures about nets and recipes, put to the test.

import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { FormatError } from '../../model/errors.js'
import { parseJson } from '../../model/json.js'
import { type LabPlan, parseLabPlan } from '../../train/lab/plan.js'
import { runsOf } from '../../train/lab/runs.js'
import { UsageError } from '../failure.js'
import { readText } from '../files/input.js'
import { lockManifest } from '../gallery/gallery-lock.js'
import { identifyTarget, listSources } from '../gallery/gallery-sources.js'
import { targetSettings } from '../gallery/gallery-work.js'
import { checkpointEveryOption, partOf, type Shard, shardOption } from '../options/long-work.js'
import { wholeOption } from '../options/numbers.js'
import { exitCodeOf, listenForInterrupts } from '../train/train-interrupt.js'
import type { Terminal } from '../terminal.js'
import { makeLabFolders, removeRunLeftovers } from './lab-files.js'
import { doRuns, type LabFlag, type LabJob } from './lab-work.js'
import { WHITE } from '../../train/colour.js'

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
  const plan = await readPlan(planPath, terminal.stdin)
  const folder = options.out
  const shard = shardOption(options.shard)
  const threads =
    options.threads === undefined ? availableParallelism() : wholeOption('--threads', options.threads, 1, 256)
  const checkpointEveryMs = checkpointEveryOption(options.checkpointEvery)
  const flags = await findFlags(plan, planPath)
  const all = runsOf(plan)
  const job: LabJob = { plan, folder, flags, runs: partOf(all, shard), threads, checkpointEveryMs }
  await makeLabFolders(folder, plan.variants)
  const lock = await lockManifest(lockPath(folder, shard))
  if (!lock) throw new UsageError(`${folder}: another process is at work on it; --shard splits the work`)
  try {
    await work(job, options.json === true, terminal)
  } finally {
    await lock.release()
  }
}

async function work(job: LabJob, isJson: boolean, terminal: Terminal): Promise<void> {
  const { folder, runs } = job
  await removeRunLeftovers(folder, runs)
  const interrupt = listenForInterrupts()
  try {
    const finished = await doRuns(job, {
      isStopped: () => interrupt.signal !== null,
      onNote: terminal.tell,
      onResult: async (result, finished) => {
        const { curve: _, ...told } = result
        if (isJson) terminal.printJson({ event: 'run', ...told, finished, total: runs.length })
        else
          terminal.tell(
            `${result.variant} | ${result.flag} | seed ${result.seed} | ${result.psnr === null ? 'diverged' : `${result.psnr.toFixed(2)} dB`} | ${result.seconds.toFixed(1)} s | ${finished} of ${runs.length} runs finished`,
          )
      },
    })
    if (interrupt.signal && finished < runs.length) {
      terminal.tell(`stopped with ${finished} of ${runs.length} runs finished; the same call goes on`)
      terminal.exitCode = exitCodeOf(interrupt.signal)
    }
  } finally {
    interrupt.stop()
  }
}

function lockPath(folder: string, shard: Shard | null): string {
  return join(folder, shard ? `lab.${shard.index}-of-${shard.count}` : 'lab')
}

async function readPlan(path: string, stdin: AsyncIterable<Uint8Array>): Promise<LabPlan> {
  const text = await readText(path, stdin)
  try {
    return parseLabPlan(parseJson(text))
  } catch (error) {
    if (error instanceof SyntaxError) throw new FormatError(`${path}: expected JSON`)
    if (error instanceof FormatError) throw new FormatError(`${path}: ${error.message}`)
    throw error
  }
}

/** @throws FormatError when one is not there */
async function findFlags(plan: LabPlan, planPath: string): Promise<Map<string, LabFlag>> {
  const folder = join(planPath === '-' ? '.' : dirname(planPath), plan.images)
  const sources = new Map((await listSources(folder)).map(source => [source.code, source]))
  const settings = targetSettings({ ...plan, background: WHITE })
  const flags = new Map<string, LabFlag>()
  for (const code of plan.flags) {
    const source = sources.get(code)
    if (!source) throw new FormatError(`${planPath}: flags: there is no image "${code}" in ${folder}`)
    flags.set(code, { ...source, digest: await identifyTarget(source.path, settings) })
  }
  return flags
}
