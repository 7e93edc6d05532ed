// vexel gallery: a folder of images becomes a wall of flag networks.

import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename, join } from 'node:path'
import { FormatError } from '../../model/errors.js'
import { SHEET_FILE } from '../../solve/catalogue.js'
import { EXIT, UsageError } from '../failure.js'
import { hasManifest, joinManifests, listParts, makeFolder, manifestPath, removeLeftoversOf } from './gallery-files.js'
import { type Lock, lockManifest } from './gallery-lock.js'
import { galleryJob, type GalleryJob, type GalleryOptionTexts } from './gallery-options.js'
import { createGalleryFollower } from './gallery-progress.js'
import { listSources } from './gallery-sources.js'
import { GalleryWork } from './gallery-work.js'
import { wholeOption } from '../options/numbers.js'
import { writePictures } from './pictures.js'
import { exitCodeOf, listenForInterrupts } from '../train/train-interrupt.js'
import type { Terminal } from '../terminal.js'

/** Texts as commander collects them. */
export type GalleryTexts = GalleryOptionTexts & {
  readonly threads?: string
  readonly merge?: true
  readonly names?: string
  readonly pictures?: true
  readonly json?: true
}

/** Trains a folder of images, joins the manifests of shards, or draws the solver's pictures. */
export async function runGallery(source: string | undefined, options: GalleryTexts, terminal: Terminal): Promise<void> {
  if (options.merge) return await merge(options.out, terminal)
  if (source === undefined) throw new UsageError('missing argument: the folder of the images')
  const job = await galleryJob(options, await listSources(source, options.names), terminal.stdin)
  if (options.pictures) return await drawPictures(job, terminal)
  const threads =
    options.threads === undefined ? availableParallelism() : wholeOption('--threads', options.threads, 1, 256)
  await makeFolder(job.folder)
  const lock = await holdManifest(job.manifest)
  try {
    await trainGallery(job, threads, options.json, terminal)
  } finally {
    await lock.release()
  }
}

async function trainGallery(
  job: GalleryJob,
  threads: number,
  isJson: true | undefined,
  terminal: Terminal,
): Promise<void> {
  const { folder, manifest, plan, shard } = job
  const style = isJson ? 'json' : terminal.stderr.isTTY ? 'bar' : 'plain'
  const follower = createGalleryFollower(style, plan.length, terminal)
  const interrupt = listenForInterrupts()
  try {
    const work = await GalleryWork.open(job, follower, () => interrupt.signal !== null)
    await work.train(threads)
    follower.close()
    if (shard) await joinManifests(folder, manifest, work.flags)
    const { finished, failed, total } = work
    if (interrupt.signal && finished + failed < total) {
      terminal.tell(`stopped with ${finished} of ${total} flags finished; the same call goes on`)
      terminal.exitCode = exitCodeOf(interrupt.signal)
      return
    }
    if (isJson) terminal.printJson({ event: 'done', out: folder, flags: total, finished, failed })
    else terminal.print(`${manifest}: ${finished} of ${total} flags finished`)
    if (failed > 0) terminal.exitCode = EXIT.badInput
  } finally {
    interrupt.stop()
    follower.close()
  }
}

/** Makes the catalogue that the solver compares with. */
async function drawPictures({ folder, sources, background }: GalleryJob, terminal: Terminal): Promise<void> {
  await makeFolder(folder)
  const onBroken = (line: string) => {
    terminal.tell(`left out: ${line}`)
    terminal.exitCode = EXIT.badInput
  }
  const { size, pictures } = await writePictures(folder, sources, background, onBroken)
  terminal.print(`${join(folder, SHEET_FILE)}: ${pictures.length} pictures of ${size} x ${size} pixels`)
}

/** Joins the parts that lie in a folder, and removes those whose shards are not at work. */
async function merge(folder: string, terminal: Terminal): Promise<void> {
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
      terminal.tell(`${join(folder, missing[0])}${more}: not there; flags of these shards may be missing`)
    }
    for (const part of parts) await removePart(folder, part, terminal)
    terminal.print(`${manifest}: ${count} flags`)
  } finally {
    await lock.release()
  }
}

async function removePart(folder: string, part: string, { tell }: Terminal): Promise<void> {
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
