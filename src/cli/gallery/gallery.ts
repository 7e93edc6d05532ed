// vexel gallery: a folder of images becomes a wall of flag networks.

import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename, join } from 'node:path'
import { Command } from '@commander-js/extra-typings'
import { FormatError } from '../../model/errors.js'
import { SHEET_FILE } from '../../solve/catalogue.js'
import { SEEN_SAMPLES } from '../../train/target.js'
import { DEFAULT_DETAIL } from '../../train/target-size.js'
import { EXIT, UsageError } from '../failure.js'
import { hasManifest, joinManifests, listParts, makeFolder, manifestPath, removeLeftoversOf } from './gallery-files.js'
import { type Lock, lockManifest } from './gallery-lock.js'
import { galleryJob, type GalleryJob } from './gallery-options.js'
import { createGalleryFollower } from './gallery-progress.js'
import { listSources } from './gallery-sources.js'
import { GalleryWork } from './gallery-work.js'
import { wholeOption } from '../options/numbers.js'
import { writePictures } from './pictures.js'
import { exitCodeOf, listenForInterrupts } from '../train/train-interrupt.js'
import { print, printJson, tell } from '../terminal.js'

export const galleryCommand = new Command('gallery')
  .description('train a folder of images into a wall of flag networks')
  .argument('[source]', 'a folder of images: SVG, PNG, JPEG, WebP, AVIF, GIF')
  .requiredOption('-o, --out <folder>', 'where the networks and their manifest flags.json go')
  .option('--width <pixels>', 'at which pictures are measured; the height follows from the proportions', '320')
  .option('--detail <pixels>', 'of the longer edge of what is trained on', String(DEFAULT_DETAIL))
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
  .option('--pictures', 'only draw the images small for `vexel solve`: pictures.png and pictures.json in OUT')
  .option('--json', 'print a JSON line a round, and one at the end')
  .addHelpText(
    'after',
    `
Every flag gets the first round; those below a round's "below" (dB) get it next, with a seed of its own, and the best net is
kept. A plan: {"rounds": [{"steps": 6000}, {"steps": 24000, "below": 42, "recipe": {"batch": 4096}, "seed": 7}]}.
"below" and the best are by psnr: in dB, the picture at --width with ${SEEN_SAMPLES} samples a pixel against what the image is there, each
pixel the mean of what it covers. psnrDetail: one sample at the centre of each pixel that was trained on (an SVG has as many
as --detail says, other images at most their own). A net is kept in float16 where that costs at most 0.2 dB of both.
Stop it whenever you like, by Ctrl-C or by pulling the plug: the same call goes on, and the files are the same in the end.`,
  )
  .action(async (source, options) => {
    if (options.merge) return await merge(options.out)
    if (source === undefined) throw new UsageError('missing argument: the folder of the images')
    const job = await galleryJob(options, await listSources(source))
    if (options.pictures) return await drawPictures(job)
    const threads =
      options.threads === undefined ? availableParallelism() : wholeOption('--threads', options.threads, 1, 256)
    await makeFolder(job.folder)
    const lock = await holdManifest(job.manifest)
    try {
      await trainGallery(job, threads, options.json)
    } finally {
      await lock.release()
    }
  })

async function trainGallery(job: GalleryJob, threads: number, isJson: true | undefined): Promise<void> {
  const { folder, manifest, plan, shard } = job
  const style = isJson ? 'json' : process.stderr.isTTY ? 'bar' : 'plain'
  const follower = createGalleryFollower(style, plan.length)
  const interrupt = listenForInterrupts()
  try {
    const work = await GalleryWork.open(job, follower, () => interrupt.signal !== null)
    await work.train(threads)
    follower.close()
    if (shard) await joinManifests(folder, manifest, work.flags)
    const { finished, failed, total } = work
    if (interrupt.signal && finished + failed < total) {
      tell(`stopped with ${finished} of ${total} flags finished; the same call goes on`)
      process.exitCode = exitCodeOf(interrupt.signal)
      return
    }
    if (isJson) printJson({ event: 'done', out: folder, flags: total, finished, failed })
    else print(`${manifest}: ${finished} of ${total} flags finished`)
    if (failed > 0) process.exitCode = EXIT.badInput
  } finally {
    interrupt.stop()
    follower.close()
  }
}

/** Makes the catalogue that the solver compares with. */
async function drawPictures({ folder, sources, background }: GalleryJob): Promise<void> {
  await makeFolder(folder)
  const onBroken = (line: string) => {
    tell(`left out: ${line}`)
    process.exitCode = EXIT.badInput
  }
  const { size, pictures } = await writePictures(folder, sources, background, onBroken)
  print(`${join(folder, SHEET_FILE)}: ${pictures.length} pictures of ${size} x ${size} pixels`)
}

/** Joins the parts that lie in a folder, and removes those whose shards are not at work. */
async function merge(folder: string): Promise<void> {
  if (!(await hasManifest(folder)))
    throw new FormatError(`${folder}: there is no manifest in it, neither flags.json nor flags.I-of-N.json`)
  const manifest = manifestPath(folder, null)
  const lock = await holdManifest(manifest)
  try {
    await removeLeftoversOf(folder, new Set([basename(manifest)]))
    const { parts, missing } = await listParts(folder)
    const count = await joinManifests(folder, manifest)
    if (missing.length > 0) {
      const more = missing.length > 1 ? ` and ${missing.length - 1} more` : ''
      tell(`${join(folder, missing[0])}${more}: not there; flags of these shards may be missing`)
    }
    for (const part of parts) await removePart(folder, part)
    print(`${manifest}: ${count} flags`)
  } finally {
    await lock.release()
  }
}

async function removePart(folder: string, part: string): Promise<void> {
  const lock = await lockManifest(join(folder, part))
  if (!lock) {
    tell(`${join(folder, part)}: its shard is at work; the part stays`)
    return
  }
  await rm(join(folder, part), { force: true })
  await removeLeftoversOf(folder, new Set([part]))
  await lock.release()
}

/** @throws UsageError when another process of this machine works on it */
async function holdManifest(manifest: string): Promise<Lock> {
  const lock = await lockManifest(manifest)
  if (!lock) throw new UsageError(`${manifest}: another process is at work on it; --shard splits the work`)
  return lock
}
