// vexel collage: many flags as one picture, drawn by the kernel on all cores, strip after strip.

import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { FormatError } from '../../model/errors.js'
import { foldNetwork } from '../../model/fold.js'
import { frameAspect } from '../../model/frame.js'
import { printableName } from '../../model/printable.js'
import { loadCaptionFont } from './caption.js'
import { listFlags, type WantedFlag } from './collage-files.js'
import { shareFolded } from './collage-piece.js'
import { type CollagePlan, planCollage, type PlanOptions } from './collage-plan.js'
import { type CollageFlag, drawCollage } from './collage-strips.js'
import { parseColour } from './colour.js'
import { tellProgress } from '../drawing/drawing-progress.js'
import { threadsOption } from '../drawing/drawing-team.js'
import { optionValue, UsageError } from '../failure.js'
import { type FrameOptionTexts, resolveFrame } from '../options/frame-options.js'
import { loadNetworkFile } from '../files/input.js'
import { refuseInputAsOutput, requirePngName, writeWhole } from '../files/output.js'
import { interruptible } from '../interrupt.js'
import { pixelsOption, pointOption, samplesOption, tellSamples, wholeIfGiven, zoomOption } from '../options/numbers.js'
import { encodePng } from '../../export/png/png-stream.js'
import { architectureOption } from '../options/architecture-option.js'
import type { Terminal } from '../terminal.js'

const MAX_COLUMNS = 10_000
const MAX_GAP = 10_000

/** Texts as commander collects them. */
export type CollageOptionTexts = FrameOptionTexts & {
  readonly out: string
  readonly width: string
  readonly columns?: string
  readonly labels?: true
  readonly gap?: string
  readonly background: string
  readonly center?: string
  readonly zoom: string
  readonly samples: string
  /** Whether somebody asked for the number of samples. */
  readonly areSamplesSaid: boolean
  readonly fast?: true
  readonly threads?: string
  readonly skipBroken?: true
}

/** Draws many nets into one PNG. */
export async function runCollage(
  files: readonly string[],
  options: CollageOptionTexts,
  terminal: Terminal,
): Promise<void> {
  const width = pixelsOption('--width', options.width) as number
  const columns = wholeIfGiven('--columns', options.columns, 1, MAX_COLUMNS) ?? null
  const gap = wholeIfGiven('--gap', options.gap, 0, MAX_GAP) ?? null
  const background = optionValue('--background', options.background, parseColour)
  const zoom = zoomOption('--zoom', options.zoom)
  const centre = options.center === undefined ? null : pointOption('--center', options.center)
  const samples = samplesOption('--samples', options.samples)
  const threads = threadsOption(options.threads)
  const onBroken = (line: string) => {
    if (!options.skipBroken) throw new FormatError(`${line} (--skip-broken leaves it out)`)
    terminal.tell(`left out: ${line}`)
  }
  requirePngName('--out', options.out)
  const wanted = await listFlags(files, onBroken)
  await refuseInputAsOutput(options.out, [...files, ...wanted.map(({ path }) => path)])
  const flags = await loadFlags(wanted, options, terminal, onBroken)
  const aspects = flags.map(({ frame }) => frameAspect(frame))
  const plan = planOrRefuse(aspects, { width, columns, gap, hasCaptions: options.labels === true })
  noteUnknownAspects(flags, terminal)
  if (!options.areSamplesSaid) tellSamples(samples, terminal.tell)
  const font = options.labels ? await loadCaptionFont() : null
  await interruptible(async signal => {
    const look = { centre, zoom, samples, isFast: options.fast === true, background, font }
    const scanlines = drawCollage(flags, plan, look, threads, signal)
    const png = encodePng(plan, tellProgress(scanlines, plan, terminal.stderr))
    if (options.out === '-') await pipeline(Readable.from(png), terminal.stdout, { end: false })
    else await writeWhole(options.out, png)
  })
}

async function loadFlags(
  wanted: readonly WantedFlag[],
  texts: FrameOptionTexts,
  { stdin, tell }: Terminal,
  onBroken: (line: string) => void,
): Promise<CollageFlag[]> {
  const flags: CollageFlag[] = []
  const wiring = await architectureOption(texts)
  for (const { path, name, aspect } of wanted) {
    try {
      const { stateDict, network } = await loadNetworkFile(path, stdin, wiring)
      const stated = resolveFrame(stateDict, texts, tell, path)
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

function noteUnknownAspects(flags: readonly CollageFlag[], { tell }: Terminal): void {
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
