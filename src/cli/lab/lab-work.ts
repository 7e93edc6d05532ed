// The runs of one process on a lab: those that are not done yet, one after the other or several at once.

import { createHash } from 'node:crypto'
import { rm, stat } from 'node:fs/promises'
import { FormatError } from '../../model/errors.js'
import type { LabPlan } from '../../train/lab/plan.js'
import { type LabResult, type LabRun, seenCurve, settingsOf } from '../../train/lab/runs.js'
import { type Candidate, trainRound } from '../gallery/gallery-round.js'
import type { Source } from '../gallery/gallery-sources.js'
import { writeWhole } from '../files/output.js'
import { type LoadedTarget, loadTarget } from '../image/image.js'
import { checkpointPath } from '../train/train-files.js'
import { pathsOf, readResult, writeResult } from './lab-files.js'

/** A picture of the plan. */
export interface LabFlag extends Source {
  /** Identifies its file and the sizes that it is trained and measured at. */
  readonly digest: string
}

export interface LabJob {
  readonly plan: LabPlan
  readonly folder: string
  readonly flags: ReadonlyMap<string, LabFlag>
  /** Those of this process. */
  readonly runs: readonly LabRun[]
  readonly threads: number
  readonly checkpointEveryMs: number
}

export interface LabFollower {
  readonly isStopped: () => boolean
  readonly onNote: (line: string) => void
  /** A run is done. @param finished of this process */
  readonly onResult: (result: LabResult, finished: number) => Promise<void>
}

/** Identifies all that decides what comes of a run. */
function keyOf({ plan, flags }: Pick<LabJob, 'plan' | 'flags'>, run: LabRun): string {
  const { layers } = run.variant.architecture
  const { recipe, ...settings } = settingsOf(run, plan.pixels)
  // What a recipe is called changes nothing.
  const said = { layers, settings, recipe: { ...recipe, name: '' }, target: flags.get(run.flag)?.digest }
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 16)
}

/** Reads the results of runs that are done. */
export async function readResults(
  job: Pick<LabJob, 'plan' | 'flags' | 'folder'>,
  runs: readonly LabRun[],
): Promise<LabResult[]> {
  const results: LabResult[] = []
  for (const run of runs) {
    const result = await readDone(job, run)
    if (result) results.push(result)
  }
  return results
}

/** A run whose net has been taken away is not done. */
async function readDone(job: Pick<LabJob, 'plan' | 'flags' | 'folder'>, run: LabRun): Promise<LabResult | null> {
  const result = await readResult(job.folder, run, keyOf(job, run))
  if (!result || result.psnr === null) return result
  const net = await stat(pathsOf(job.folder, run).net).catch(() => null)
  return net ? result : null
}

/**
 * Does the runs that are not done, until it is stopped.
 * @returns how many are done in the end
 * @throws UnsupportedError when a file cannot be written; FormatError when an image is none
 */
export async function doRuns(job: LabJob, follower: LabFollower): Promise<number> {
  const waiting: LabRun[] = []
  for (const run of job.runs) if (!(await readDone(job, run))) waiting.push(run)
  let finished = job.runs.length - waiting.length
  // What one thread throws ends all: the others stop at their next step and leave their checkpoints.
  const failure = new AbortController()
  const isStopped = () => failure.signal.aborted || follower.isStopped()
  const targets = new Targets(job)
  const work = async () => {
    for (let run = waiting.shift(); run && !isStopped(); run = waiting.shift()) {
      const result = await doRun(job, run, targets, { ...follower, isStopped })
      if (!result) return
      finished++
      await follower.onResult(result, finished)
    }
  }
  const guarded = () => work().catch((error: unknown) => failure.abort(error))
  await Promise.all(Array.from({ length: job.threads }, guarded))
  failure.signal.throwIfAborted()
  return finished
}

/** @returns null when it was stopped */
async function doRun(job: LabJob, run: LabRun, targets: Targets, follower: LabFollower): Promise<LabResult | null> {
  const { plan, folder, checkpointEveryMs, threads } = job
  const { architecture } = run.variant
  const { net } = pathsOf(folder, run)
  const settings = settingsOf(run, plan.pixels)
  const target = await targets.load(run.flag)
  const outcome = await trainRound(target, architecture, settings, checkpointPath(net), checkpointEveryMs, {
    onProgress: () => {},
    isStopped: follower.isStopped,
    onNote: follower.onNote,
    // What else the machine does is no time of the run. Of several runs at once the processor's time is not told apart.
    now: threads === 1 ? processorMs : undefined,
  })
  if (outcome === 'stopped') return null
  const candidate = outcome === 'diverged' ? null : outcome
  const result = resultOf(job, run, candidate)
  if (candidate) await writeWhole(net, candidate.bytes)
  else await rm(net, { force: true })
  // The result after the net: it tells only of what is there.
  await writeResult(folder, run, result)
  await rm(checkpointPath(net), { force: true })
  return result
}

function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function resultOf(job: LabJob, run: LabRun, candidate: Candidate | null): LabResult {
  const { variant, flag, seed } = run
  const settings = settingsOf(run, job.plan.pixels)
  const rounded = (value: number | undefined, digits: number) =>
    value === undefined ? null : Number(value.toFixed(digits))
  return {
    variant: variant.name,
    flag,
    seed,
    key: keyOf(job, run),
    parameters: variant.parameters,
    pixels: settings.steps * settings.batch,
    psnr: rounded(candidate?.psnr, 4),
    psnrDetail: rounded(candidate?.psnrDetail, 4),
    ssim: rounded(candidate?.ssim, 5),
    ssimDetail: rounded(candidate?.ssimDetail, 5),
    seconds: rounded(candidate?.seconds, 3) ?? 0,
    bytes: candidate?.bytes.length ?? 0,
    curve: candidate ? seenCurve(candidate.curve, settings, candidate.elsewhere) : [],
  }
}

/** The picture of the run before is mostly that of the next: the last one is kept. */
class Targets {
  #last: { flag: string; target: Promise<LoadedTarget> } | null = null

  constructor(private readonly job: LabJob) {}

  async load(flag: string): Promise<LoadedTarget> {
    const { width, detail } = this.job.plan
    const source = this.job.flags.get(flag)
    if (!source) throw new FormatError(`flags: there is no image "${flag}"`)
    if (this.#last?.flag !== flag) this.#last = { flag, target: loadTarget(source.path, { width, detail }) }
    return await this.#last.target
  }
}
