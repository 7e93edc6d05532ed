// The work of one process on a gallery: which picture gets which round, and what becomes of the net.

import { rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { FormatError } from '../../model/errors.js'
import { type ManifestFlag, mergeManifests } from '../../train/gallery/manifest.js'
import { nextRound, roundSettings } from '../../train/gallery/plan.js'
import { DEFAULT_ARCHITECTURE } from '../../train/recipe.js'
import { readNamesOf, readManifests, removeLeftoversOf, settleManifests, writeManifest } from './gallery-files.js'
import type { GalleryJob } from './gallery-options.js'
import type { GalleryFollower } from './gallery-progress.js'
import { type Candidate, trainRound } from './gallery-round.js'
import { identifyTarget, type Source } from './gallery-sources.js'
import { type LoadedTarget, loadTarget } from '../image/image.js'
import { writeWhole } from '../files/output.js'
import { checkpointPath, filmPath, refuseFolder } from '../train/train-files.js'

/** A picture and how far it is. */
interface Place {
  readonly source: Source
  /** The file of its net. */
  readonly out: string
  /** Null when the picture cannot be read. */
  readonly target: string | null
  /** The line of its net; null before the first. */
  flag: ManifestFlag | null
  /** A line of the same name for another picture: it stays until there is a net of this one. */
  readonly former: ManifestFlag | null
  /** Rounds had or spared, also those that left no net. */
  rounds: number
  isFailed: boolean
}

export class GalleryWork {
  readonly #job: GalleryJob
  readonly #places: readonly Place[]
  readonly #follower: GalleryFollower
  readonly #isStopped: () => boolean
  readonly #waiting: Set<Place>
  #writing: Promise<void> = Promise.resolve()

  private constructor(
    job: GalleryJob,
    places: readonly Place[],
    follower: GalleryFollower,
    isStopped: () => boolean,
    private others: readonly ManifestFlag[],
  ) {
    this.#job = job
    this.#places = places
    this.#follower = follower
    this.#isStopped = isStopped
    this.#waiting = new Set(places.filter(({ isFailed }) => !isFailed))
  }

  /**
   * Finds out what is done already, and tidies up after a killed process.
   * @throws FormatError when a manifest is broken
   */
  static async open(job: GalleryJob, follower: GalleryFollower, isStopped: () => boolean): Promise<GalleryWork> {
    const { folder } = job
    const outs = new Map(job.sources.map(source => [source, join(folder, `${source.code}.safetensors`)]))
    const written = [...outs.values()].flatMap(out => [out, checkpointPath(out), filmPath(out)])
    await removeLeftoversOf(folder, new Set([...written, job.manifest].map(path => basename(path))))
    const manifests = await readManifests(folder)
    const settled = await settleManifests(folder, manifests)
    const targets = new Map<string, string | null>()
    for (const { code, path } of job.sources)
      targets.set(code, await identify(path, targetSettings(job), line => follower.note(line)))
    const merged = mergeManifests(manifests, ({ code, target }) => target === targets.get(code))
    const rank = new Map(job.order.map((code, index) => [code, index]))
    const rankOf = ({ code }: Source) => rank.get(code) ?? rank.size
    const places: Place[] = []
    for (const [source, out] of [...outs].sort(([a], [b]) => rankOf(a) - rankOf(b))) {
      await refuseFolder(out)
      // Work whose file has been taken away is not done; nor is that on another picture of the same name.
      const isThere = (await stat(out).catch(() => null)) !== null
      const target = targets.get(source.code) ?? null
      const line = merged.get(source.code)
      const flag = isThere && line?.target === target ? line : null
      const former = (isThere && settled.get(source.code)) || null
      places.push({ source, out, target, flag, former, rounds: flag?.rounds ?? 0, isFailed: target === null })
    }
    const codes = new Set(job.sources.map(({ code }) => code))
    const others = [...settled.values()].filter(({ code }) => !codes.has(code))
    const work = new GalleryWork(job, places, follower, isStopped, others)
    await work.#removeOldCheckpoints()
    return work
  }

  /**
   * Trains until every picture has had all its rounds, or it is stopped.
   * @param threads pictures at once
   * @throws UnsupportedError when a file cannot be written
   */
  async train(threads: number): Promise<void> {
    // Before the first step: a folder that cannot be written to is better known now.
    await this.#writeManifest()
    // What one thread throws ends all: the others stop at their next step and leave their checkpoints.
    const failure = new AbortController()
    const isStopped = () => failure.signal.aborted || this.#isStopped()
    const work = async () => {
      for (let place = this.#take(); place && !isStopped(); place = this.#take()) {
        await this.#train(place, isStopped).catch((error: unknown) => failure.abort(error))
        if (!place.isFailed) this.#waiting.add(place)
      }
    }
    await Promise.all(Array.from({ length: threads }, work))
    failure.signal.throwIfAborted()
  }

  get total(): number {
    return this.#places.length
  }

  get finished(): number {
    return this.#places.filter(place => this.#isFinished(place)).length
  }

  get failed(): number {
    return this.#places.filter(({ isFailed }) => isFailed).length
  }

  /** The lines of the manifest for the pictures of this process. */
  get flags(): ManifestFlag[] {
    return this.#places.flatMap(({ flag, former }) => flag ?? former ?? [])
  }

  #nextRound({ rounds, flag }: Place): number {
    return nextRound(this.#job.plan, rounds, flag?.psnr ?? null)
  }

  #isFinished(place: Place): boolean {
    return !place.isFailed && this.#nextRound(place) >= this.#job.plan.length
  }

  /** Breadth first: early rounds before late ones, so that a wall is complete soon; of a late round the worst flag first. */
  #take(): Place | null {
    let best: Place | null = null
    for (const place of this.#waiting) {
      const round = this.#nextRound(place)
      if (round >= this.#job.plan.length) continue
      const bestRound = best ? this.#nextRound(best) : Number.POSITIVE_INFINITY
      const isWorse = (place.flag?.psnr ?? 0) < (best?.flag?.psnr ?? 0)
      if (round < bestRound || (round === bestRound && isWorse)) best = place
    }
    if (best) this.#waiting.delete(best)
    return best
  }

  async #train(place: Place, isStopped: () => boolean): Promise<void> {
    const { plan, films, frames, width, detail, background, checkpointEveryMs } = this.#job
    const { source, out } = place
    const { code, name } = source
    const loaded = await loadTarget(source.path, { width, detail, background }).catch((error: unknown) => {
      if (!(error instanceof FormatError)) throw error
      this.#fail(place, error.message)
      return null
    })
    if (!loaded) return
    const round = this.#nextRound(place)
    const { architecture } = plan[round]
    const settings = roundSettings(plan[round], films.has(code) ? frames : 0)
    const result = await trainRound(
      loaded,
      architecture ?? DEFAULT_ARCHITECTURE,
      settings,
      checkpointPath(out),
      checkpointEveryMs,
      {
        onProgress: progress => this.#follower.progress(code, round + 1, progress),
        isStopped,
        onNote: line => this.#follower.note(line),
      },
    )
    if (result === 'stopped') return
    place.rounds = round + 1
    const candidate = result === 'diverged' ? null : result
    await this.#judge(place, candidate, loaded, round)
    // The manifest after the files: it names only what is there. Killed before that, the round ends again, the same way.
    await this.#writeManifest()
    await rm(checkpointPath(out), { force: true })
    if (!place.flag && this.#isFinished(place)) this.#fail(place, `${source.path}: every round diverged`)
    const { flag } = place
    const psnr = candidate && rounded(candidate.psnr, 4)
    const psnrDetail = candidate && rounded(candidate.psnrDetail, 4)
    this.#follower.finished(
      { code, name, round: round + 1, psnr, psnrDetail, flag, seconds: candidate?.seconds ?? 0 },
      { finished: this.finished, total: this.total },
    )
  }

  /** Keeps the better net, the one before or the candidate; none when the round diverged. */
  async #judge(place: Place, candidate: Candidate | null, loaded: LoadedTarget, round: number): Promise<void> {
    const { source, out, rounds, target, flag: before } = place
    const seconds = rounded((before?.seconds ?? 0) + (candidate?.seconds ?? 0), 1)
    if (!candidate || (before && before.psnr >= candidate.psnr)) {
      place.flag = before && { ...before, rounds, seconds }
      return
    }
    const { seed, recipe } = this.#job.plan[round]
    const { seen, detail } = loaded.target
    if (candidate.film) await writeWhole(filmPath(out), candidate.film)
    await writeWhole(out, candidate.bytes)
    // A film that does not end with this net is not its film.
    if (!candidate.film) await rm(filmPath(out), { force: true })
    place.flag = {
      code: source.code,
      name: source.name,
      file: basename(out),
      width: seen.width,
      height: seen.height,
      psnr: rounded(candidate.psnr, 4),
      ssim: rounded(candidate.ssim, 5),
      detailWidth: detail.width,
      detailHeight: detail.height,
      psnrDetail: rounded(candidate.psnrDetail, 4),
      ssimDetail: rounded(candidate.ssimDetail, 5),
      bytes: candidate.bytes.length,
      seconds,
      seed,
      recipe: recipe.name,
      steps: candidate.steps,
      rounds,
      target: target as string,
      ...(candidate.film ? { film: basename(filmPath(out)) } : {}),
    }
  }

  /** One picture that is none harms no other. */
  #fail(place: Place, line: string): void {
    place.isFailed = true
    this.#follower.note(line)
  }

  /** One after the other: each writes what is known when its turn comes. */
  async #writeManifest(): Promise<void> {
    const write = this.#writing.then(async () => {
      const { folder, manifest, shard } = this.#job
      if (!shard) await this.#lookAtOthers(folder)
      await writeManifest(manifest, shard ? this.flags : [...this.flags, ...this.others])
    })
    this.#writing = write.catch(() => {})
    await write
  }

  /** A call for some flags only leaves the lines of the others. */
  async #lookAtOthers(folder: string): Promise<void> {
    const codes = new Set(this.#places.map(({ source }) => source.code))
    try {
      const settled = await settleManifests(folder, await readManifests(folder))
      this.others = [...settled.values()].filter(({ code }) => !codes.has(code))
    } catch (error) {
      // Somebody has broken a manifest in the meantime: what it said before counts.
      if (!(error instanceof FormatError)) throw error
    }
  }

  /** Killed between its last line in the manifest and its tidying up, a process leaves the checkpoint of a finished flag. */
  async #removeOldCheckpoints(): Promise<void> {
    const names = new Set(await readNamesOf(this.#job.folder))
    for (const place of this.#places) {
      const path = checkpointPath(place.out)
      if (this.#isFinished(place) && names.has(basename(path))) await rm(path, { force: true })
    }
  }
}

/** All that, besides a picture's file, decides what its target is. */
export function targetSettings({
  width,
  detail,
  background,
}: Pick<GalleryJob, 'width' | 'detail' | 'background'>): string {
  return `${width} ${detail} ${background}`
}

/** @returns null for a picture that cannot be read, which is told */
async function identify(path: string, settings: string, tell: (line: string) => void): Promise<string | null> {
  try {
    return await identifyTarget(path, settings)
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    tell(error.message)
    return null
  }
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
