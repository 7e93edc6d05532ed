// vexel gallery: a folder of images becomes a wall of flag networks.

import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { rm } from 'node:fs/promises'
import { Command } from '@commander-js/extra-typings'
import { FormatError } from '../model/errors.js'
import { parseNumber } from '../model/frame.js'
import { type Rgb } from '../train/colour.js'
import { parseColour } from '../train/colour.js'
import { DEFAULT_PLAN, type GalleryPlan, nextRound, parsePlan, roundSettings } from '../train/gallery/plan.js'
import type { ManifestFlag } from '../train/gallery/manifest.js'
import { describeFailure, EXIT, optionValue, UsageError } from './failure.js'
import {
  identifyTarget,
  joinManifests,
  listSources,
  makeFolder,
  manifestPath,
  readManifests,
  removeParts,
  type Source,
  writeManifest,
} from './gallery-files.js'
import { createGalleryFollower, type GalleryFollower } from './gallery-progress.js'
import { trainRound } from './gallery-round.js'
import { loadImage } from './image.js'
import { readText, writeWhole } from './input.js'
import { pixelsOption } from './numbers.js'
import { listenForInterrupts } from './train-interrupt.js'
import { checkpointPath, filmPath, removeLeftovers } from './train-files.js'

export const galleryCommand = new Command('gallery')
  .description('train a folder of images into a wall of flag networks')
  .argument('[source]', 'a folder of images: SVG, PNG, JPEG, WebP, GIF')
  .requiredOption('-o, --out <folder>', 'where the networks and their manifest flags.json go')
  .option('--width <pixels>', 'of the targets; the height follows from the proportions', '320')
  .option('--background <colour>', 'under transparent parts: #rgb or #rrggbb', '#ffffff')
  .option('--plan <file>', 'the rounds, as JSON; see below')
  .option('--only <codes>', 'no others, with commas between: my,jp (the names of the images without their ending)')
  .option('--first <codes>', 'those before the others')
  .option('--films <codes>', 'keep the snapshots of these trainings, too: CODE.film.safetensors')
  .option('--frames <count>', 'snapshots a film', '32')
  .option('--shard <i/n>', 'only the I-th of N parts of the work, I from 1')
  .option('--threads <count>', 'flags that are trained at once, default: the cores there are')
  .option('--checkpoint-every <seconds>', 'how often a run under way is kept', '10')
  .option('--merge', 'only join the manifests of shards whose files lie in OUT, into flags.json')
  .option('--json', 'print a JSON line a round, and one at the end')
  .addHelpText(
    'after',
    `
Every flag gets the first round; those below a round's "below" (dB) get it next, with a seed of its own, and the best net is
kept. A plan: {"rounds": [{"steps": 6000}, {"steps": 24000, "below": 42, "recipe": {"batch": 4096}, "seed": 7}]}.
Stop it whenever you like, by Ctrl-C or by pulling the plug: the same call goes on, and the files are the same in the end.`,
  )
  .action(async (source, options) => {
    await makeFolder(options.out)
    if (options.merge) {
      const count = await joinManifests(options.out)
      await removeParts(options.out)
      process.stdout.write(`${manifestPath(options.out, null)}: ${count} flags\n`)
      return
    }
    if (source === undefined) throw new UsageError('missing argument: the folder of the images')
    const sources = await listSources(source)
    const shard = options.shard === undefined ? null : optionValue('--shard', options.shard, parseShard)
    const job: GalleryJob = {
      folder: options.out,
      sources: chosenSources(sources, options.only, shard),
      order: codesOption('--first', options.first, sources),
      plan: options.plan === undefined ? DEFAULT_PLAN : await readPlan(options.plan),
      films: new Set(codesOption('--films', options.films, sources)),
      frames: optionValue('--frames', options.frames, wholeFrom(2, 1000)),
      width: pixelsOption('--width', options.width) as number,
      background: optionValue('--background', options.background, parseColour),
      manifest: manifestPath(options.out, shard),
      checkpointEveryMs: 1000 * optionValue('--checkpoint-every', options.checkpointEvery, positive),
    }
    const threads =
      options.threads === undefined
        ? availableParallelism()
        : optionValue('--threads', options.threads, wholeFrom(1, 256))
    const style = options.json ? 'json' : process.stderr.isTTY ? 'bar' : 'plain'
    const follower = createGalleryFollower(style, job.plan.length)
    const interrupt = listenForInterrupts()
    try {
      const gallery = await Gallery.open(job, follower, () => interrupt.signal !== null)
      await gallery.train(threads)
      follower.close()
      if (shard) await joinManifests(options.out)
      const { finished, failed } = gallery
      if (interrupt.signal) {
        process.stderr.write(
          `stopped with ${finished} of ${job.sources.length} flags finished; the same call goes on\n`,
        )
        process.exitCode = interrupt.signal === 'SIGINT' ? 130 : 143
        return
      }
      const summary = { out: options.out, flags: job.sources.length, finished, failed }
      if (options.json) process.stdout.write(`${JSON.stringify({ event: 'done', ...summary })}\n`)
      else process.stdout.write(`${job.manifest}: ${finished} of ${job.sources.length} flags finished\n`)
      if (failed > 0) process.exitCode = EXIT.badInput
    } finally {
      interrupt.stop()
      follower.close()
    }
  })

interface GalleryJob {
  readonly folder: string
  readonly sources: readonly Source[]
  /** Codes that come before the others. */
  readonly order: readonly string[]
  readonly plan: GalleryPlan
  readonly films: ReadonlySet<string>
  readonly frames: number
  readonly width: number
  readonly background: Rgb
  /** The manifest that this process writes. */
  readonly manifest: string
  readonly checkpointEveryMs: number
}

/** A picture and how far it is. */
interface Place {
  readonly source: Source
  readonly target: string
  flag: ManifestFlag | null
  /** Rounds had or spared, also those that left no net. */
  rounds: number
  isFailed: boolean
}

/** The work of one process. */
class Gallery {
  readonly #waiting: Set<Place>

  private constructor(
    private readonly job: GalleryJob,
    private readonly places: readonly Place[],
    private readonly follower: GalleryFollower,
    private readonly isStopped: () => boolean,
  ) {
    this.#waiting = new Set(places)
  }

  /** Finds out what is done already. */
  static async open(job: GalleryJob, follower: GalleryFollower, isStopped: () => boolean): Promise<Gallery> {
    const known = await readManifests(job.folder)
    const rank = new Map(job.order.map((code, index) => [code, index]))
    const rankOf = ({ code }: Source) => rank.get(code) ?? rank.size
    const sources = [...job.sources].sort((a, b) => rankOf(a) - rankOf(b))
    const places: Place[] = []
    for (const source of sources) {
      const out = join(job.folder, `${source.code}.safetensors`)
      for (const path of [out, checkpointPath(out), filmPath(out)]) await removeLeftovers(path)
      const target = await identifyTarget(source.path, `${job.width} ${job.background}`)
      // Another picture under the same name is another flag.
      const flag = known.get(source.code)
      const own = flag?.target === target ? flag : null
      places.push({ source, target, flag: own, rounds: own?.rounds ?? 0, isFailed: false })
    }
    return new Gallery(job, places, follower, isStopped)
  }

  /** Trains until every picture has had all its rounds, or it is stopped. @param threads pictures at once */
  async train(threads: number): Promise<void> {
    // What one thread throws ends all: the others stop at their next step and leave their checkpoints.
    const failure = new AbortController()
    const isStopped = () => failure.signal.aborted || this.isStopped()
    const work = async () => {
      for (let place = this.#take(); place && !isStopped(); place = this.#take()) {
        await this.#train(place, isStopped).catch((error: unknown) => failure.abort(error))
        if (!place.isFailed) this.#waiting.add(place)
      }
    }
    await Promise.all(Array.from({ length: threads }, work))
    failure.signal.throwIfAborted()
  }

  get finished(): number {
    return this.places.filter(place => !place.isFailed && this.#nextRound(place) >= this.job.plan.length).length
  }

  get failed(): number {
    return this.places.filter(({ isFailed }) => isFailed).length
  }

  #nextRound({ rounds, flag }: Place): number {
    return nextRound(this.job.plan, rounds, flag?.psnr ?? null)
  }

  /** Breadth first: early rounds before late ones, so that a wall is complete soon; of a late round the worst flag first. */
  #take(): Place | null {
    let best: Place | null = null
    for (const place of this.#waiting) {
      const round = this.#nextRound(place)
      if (round >= this.job.plan.length) continue
      const bestRound = best ? this.#nextRound(best) : Number.POSITIVE_INFINITY
      const isWorse = (place.flag?.psnr ?? 0) < (best?.flag?.psnr ?? 0)
      if (round < bestRound || (round === bestRound && isWorse)) best = place
    }
    if (best) this.#waiting.delete(best)
    return best
  }

  async #train(place: Place, isStopped: () => boolean): Promise<void> {
    const { folder, plan, films, frames, width, background, checkpointEveryMs } = this.job
    const { code, name, path } = place.source
    const round = this.#nextRound(place)
    const out = join(folder, `${code}.safetensors`)
    const loaded = await loadImage(path, { width, background }).catch((error: unknown) => {
      if (!(error instanceof FormatError)) throw error
      // One picture that is none harms no other.
      place.isFailed = true
      this.follower.note(describeFailure(error).line as string)
    })
    if (!loaded) return
    const settings = roundSettings(plan[round], films.has(code) ? frames : 0)
    const candidate = await trainRound(loaded, settings, checkpointPath(out), checkpointEveryMs, {
      onProgress: progress => this.follower.progress(code, round + 1, progress),
      isStopped,
      onNote: line => this.follower.note(line),
    })
    if (candidate === 'stopped') return
    const before = place.flag
    place.rounds = round + 1
    if (candidate === 'diverged') {
      if (before) place.flag = { ...before, rounds: place.rounds }
    } else if (before && before.psnr >= candidate.psnr) {
      place.flag = { ...before, rounds: place.rounds, seconds: before.seconds + candidate.seconds }
    } else {
      const file = `${code}.safetensors`
      // The manifest last: it names only what is there. Killed before that, the round ends again, the same way.
      if (candidate.film) await writeWhole(filmPath(out), candidate.film)
      await writeWhole(out, candidate.bytes)
      place.flag = {
        code,
        name,
        file,
        width: loaded.image.width,
        height: loaded.image.height,
        psnr: rounded(candidate.psnr, 4),
        ssim: rounded(candidate.ssim, 5),
        bytes: candidate.bytes.length,
        seconds: (before?.seconds ?? 0) + candidate.seconds,
        seed: settings.seed,
        recipe: settings.recipe.name,
        steps: candidate.steps,
        rounds: place.rounds,
        target: place.target,
        ...(candidate.film ? { film: filmPath(file) } : {}),
      }
    }
    if (place.flag) place.flag = { ...place.flag, seconds: rounded(place.flag.seconds, 1) }
    await this.#writeManifest()
    await rm(checkpointPath(out), { force: true })
    const isDiverged = candidate === 'diverged'
    this.follower.finished(
      {
        code,
        name,
        round: round + 1,
        psnr: isDiverged ? null : rounded(candidate.psnr, 4),
        flag: place.flag,
        seconds: isDiverged ? 0 : candidate.seconds,
      },
      { finished: this.finished, total: this.places.length },
    )
  }

  #writing: Promise<void> = Promise.resolve()

  /** One after the other: each writes what is known when its turn comes. */
  async #writeManifest(): Promise<void> {
    const write = this.#writing.then(async () => {
      const own = this.places.flatMap(({ flag }) => flag ?? [])
      const known = await readManifests(this.job.folder)
      const codes = new Set(this.places.map(({ source }) => source.code))
      const isWhole = this.job.manifest === manifestPath(this.job.folder, null)
      // A call for some flags only leaves the lines of the others.
      const others = isWhole ? [...known.values()].filter(({ code }) => !codes.has(code)) : []
      await writeManifest(this.job.manifest, [...own, ...others])
    })
    this.#writing = write.catch(() => {})
    await write
  }
}

async function readPlan(path: string): Promise<GalleryPlan> {
  try {
    return parsePlan(JSON.parse(await readText(path)))
  } catch (error) {
    if (error instanceof SyntaxError) throw new FormatError(`${path}: expected JSON`)
    if (error instanceof FormatError && !error.message.startsWith(path))
      throw new FormatError(`${path}: ${error.message}`)
    throw error
  }
}

function chosenSources(
  sources: readonly Source[],
  only: string | undefined,
  shard: { index: number; count: number } | null,
): Source[] {
  const codes = only === undefined ? null : codesOption('--only', only, sources)
  const chosen = sources.filter(({ code }) => !codes || codes.includes(code))
  return chosen.filter((_, index) => !shard || index % shard.count === shard.index - 1)
}

function codesOption(flag: string, text: string | undefined, sources: readonly Source[]): string[] {
  if (text === undefined) return []
  const codes = text.split(',').map(code => code.trim())
  const unknown = codes.find(code => !sources.some(source => source.code === code))
  if (unknown !== undefined) throw new UsageError(`${flag} ${text}: there is no image "${unknown}"`)
  return codes
}

function parseShard(text: string): { index: number; count: number } {
  const [index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).slice(1).map(Number)
  if (!(index >= 1 && index <= count && count <= 100_000))
    throw new FormatError('expected I/N, I from 1 to N: 3/16 is the third of sixteen parts')
  return { index, count }
}

function wholeFrom(low: number, high: number): (text: string) => number {
  return text => {
    const value = parseNumber(text)
    if (!Number.isInteger(value) || value < low || value > high)
      throw new FormatError(`expected a whole number from ${low} to ${high}`)
    return value
  }
}

function positive(text: string): number {
  const value = parseNumber(text)
  if (!(value > 0 && value <= 86_400)) throw new FormatError('expected seconds from above 0 to 86400')
  return value
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
