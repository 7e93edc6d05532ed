// vexel collage: many flags as one picture, drawn by the kernel on all cores, strip after strip.

import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Command } from '@commander-js/extra-typings'
import { FormatError } from '../../model/errors.js'
import { foldNetwork } from '../../model/fold.js'
import { frameAspect, parseNumber } from '../../model/frame.js'
import { printableName } from '../../model/printable.js'
import { loadCaptionFont } from './caption.js'
import { listFlags, type WantedFlag } from './collage-files.js'
import { shareFolded } from './collage-piece.js'
import { type CollagePlan, planCollage, type PlanOptions } from './collage-plan.js'
import { type CollageFlag, drawCollage } from './collage-strips.js'
import { parseColour } from './colour.js'
import { tellProgress } from '../drawing/drawing-progress.js'
import { DEFAULT_MAX_THREADS, threadsOption } from '../drawing/drawing-team.js'
import { optionValue, UsageError } from '../failure.js'
import { addFrameOptions, type FrameOptionTexts, resolveFrame } from '../options/frame-options.js'
import { loadNetworkFile } from '../files/input.js'
import { refuseInputAsOutput, requirePngName, writeWhole } from '../files/output.js'
import { interruptible } from '../interrupt.js'
import { pixelsOption, pointOption, samplesOption, tellSamples, zoomOption } from '../options/numbers.js'
import { encodePng } from '../drawing/png-stream.js'
import { tell } from '../terminal.js'

const DEFAULT_WIDTH = '1920'
/** The page's ground: white flags and black ones stand out from it alike. */
const DEFAULT_BACKGROUND = '#14161a'
const MAX_COLUMNS = 10_000
const MAX_GAP = 10_000

export const collageCommand = addFrameOptions(new Command('collage'))
  .description('draw many flags into one PNG: rows in true proportions, as wide as each other')
  .argument(
    '<files...>',
    '.safetensors files, manifests (flags.json), or folders: of one its flags.json, else all its .safetensors files',
  )
  .requiredOption('-o, --out <png>', 'the PNG to write, - for stdout')
  .option('--width <pixels>', 'of the whole picture; its height follows', DEFAULT_WIDTH)
  .option('--columns <count>', 'a grid of equal cells with so many columns, instead of rows that fill the width')
  .option('--labels', 'names beneath the flags: those of the manifest, else of the files')
  .option('--gap <pixels>', 'between flags and around them all, default: a twelfth of their height')
  .option('--background <colour>', '#rrggbb, #rgb, black, white, grey', DEFAULT_BACKGROUND)
  .option('--center <X,Y>', 'plane point in the middle of every flag, default the middle of its frame')
  .option('--zoom <factor>', 'of every flag; 1 is the whole frame', '1')
  .option('--samples <count>', 'samples a pixel: 1, 4, 8, 16', '4')
  .option('--threads <count>', `how many draw, default: the cores there are, at most ${DEFAULT_MAX_THREADS}`)
  .option(
    '--skip-broken',
    'leave out files that cannot be read, with a line on stderr; without this the first one ends it',
  )
  .action(async (files, options, command) => {
    const width = pixelsOption('--width', options.width) as number
    const columns = wholeOption('--columns', options.columns, 1, MAX_COLUMNS)
    const gap = wholeOption('--gap', options.gap, 0, MAX_GAP)
    const background = optionValue('--background', options.background, parseColour)
    const zoom = zoomOption('--zoom', options.zoom)
    const centre = options.center === undefined ? null : pointOption('--center', options.center)
    const samples = samplesOption('--samples', options.samples)
    const threads = threadsOption(options.threads)
    const onBroken = (line: string) => {
      if (!options.skipBroken) throw new FormatError(`${line} (--skip-broken leaves it out)`)
      tell(`left out: ${line}`)
    }
    requirePngName('--out', options.out)
    const wanted = await listFlags(files, onBroken)
    await refuseInputAsOutput(options.out, [...files, ...wanted.map(({ path }) => path)])
    const flags = await loadFlags(wanted, options, onBroken)
    const aspects = flags.map(({ frame }) => frameAspect(frame))
    const plan = planOrRefuse(aspects, { width, columns, gap, hasCaptions: options.labels === true })
    noteUnknownAspects(flags)
    if (command.getOptionValueSource('samples') === 'default') tellSamples(samples)
    const font = options.labels ? await loadCaptionFont() : null
    await interruptible(async signal => {
      const scanlines = drawCollage(flags, plan, { centre, zoom, samples, background, font }, threads, signal)
      const png = encodePng(plan, tellProgress(scanlines, plan))
      if (options.out === '-') await pipeline(Readable.from(png), process.stdout, { end: false })
      else await writeWhole(options.out, png)
    })
  })

async function loadFlags(
  wanted: readonly WantedFlag[],
  texts: FrameOptionTexts,
  onBroken: (line: string) => void,
): Promise<CollageFlag[]> {
  const flags: CollageFlag[] = []
  for (const { path, name, aspect } of wanted) {
    try {
      const { stateDict, network } = await loadNetworkFile(path)
      const stated = resolveFrame(stateDict, texts, path)
      const frame = texts.aspect === undefined ? { ...stated, aspect: stated.aspect ?? aspect } : stated
      flags.push({ name: printableName(name), folded: shareFolded(foldNetwork(network)), frame })
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      onBroken(error.message)
    }
  }
  if (flags.length === 0) throw new FormatError('no flags are left to draw')
  return flags
}

function noteUnknownAspects(flags: readonly CollageFlag[]): void {
  const unknown = flags.filter(({ frame }) => frame.aspect === null).length
  if (unknown > 0) tell(`the aspect of ${unknown} of ${flags.length} is unknown: drawn as 3:2 (say --aspect)`)
}

/** What does not fit is the call's fault: the files are what they are. */
function planOrRefuse(aspects: readonly number[], options: PlanOptions): CollagePlan {
  try {
    return planCollage(aspects, options)
  } catch (error) {
    if (error instanceof FormatError) throw new UsageError(error.message)
    throw error
  }
}

function wholeOption(flag: string, text: string | undefined, least: number, most: number): number | null {
  if (text === undefined) return null
  return optionValue(flag, text, value => {
    const number = parseNumber(value)
    if (!Number.isInteger(number) || number < least || number > most)
      throw new FormatError(`expected a whole number from ${least} to ${most}`)
    return number
  })
}
