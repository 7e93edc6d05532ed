// vexel compare: how near a net's picture is to an image.

import { encode } from 'fast-png'
import { FormatError } from '../../model/errors.js'
import { foldNetwork } from '../../model/fold.js'
import type { StateDict } from '../../model/state-dict.js'
import { parseColour } from '../../train/colour.js'
import { drawComparison } from '../../train/comparison-picture.js'
import { type Comparison, compareImages } from '../../train/metrics.js'
import { trainedDetail, trainedSize } from '../../train/metadata.js'
import { compareDetail, drawSeen } from '../../train/quality.js'
import { type ImageSize, MAX_TARGET_EDGE } from '../../train/rgb-image.js'
import { SEEN_SAMPLES } from '../../train/target.js'
import { optionValue, UsageError } from '../failure.js'
import { type FrameOptionTexts, resolveFrame } from '../options/frame-options.js'
import { loadTarget } from '../image/image.js'
import { loadNetworkFile } from '../files/input.js'
import { refuseInputAsOutput, requirePngName, writeWhole } from '../files/output.js'
import { wholeOption } from '../options/numbers.js'
import { architectureOption } from '../options/architecture-option.js'
import type { Terminal } from '../terminal.js'

/** Texts as commander collects them. */
export type CompareOptionTexts = FrameOptionTexts & {
  readonly width?: string
  readonly detail?: string
  readonly background: string
  readonly diff?: string
  readonly json?: true
}

/** Prints how near the net's picture is to an image, and writes both with their difference where that is wanted. */
export async function runCompare(
  file: string,
  imagePath: string,
  options: CompareOptionTexts,
  terminal: Terminal,
): Promise<void> {
  const [width, detail] = [edgeOption('--width', options.width), edgeOption('--detail', options.detail)]
  const background = optionValue('--background', options.background, parseColour)
  if (options.diff === '-') throw new UsageError('--diff -: stdout has the result; name a file')
  if (options.diff !== undefined) {
    requirePngName('--diff', options.diff)
    await refuseInputAsOutput(options.diff, [file, imagePath])
  }
  const { stateDict, network } = await loadNetworkFile(file, terminal.stdin, await architectureOption(options))
  const frame = resolveFrame(stateDict, options, terminal.tell)
  const stated = noteTrainedSizes(stateDict, terminal)
  const { target, sourceName } = await loadTarget(imagePath, {
    ...(width === undefined ? (stated?.seen ?? { width: 'own' }) : { width }),
    detail: detail ?? stated?.detail,
    background,
  })
  const folded = foldNetwork(network)
  const picture = drawSeen(folded, frame, target.seen)
  const inDetail = compareDetail(folded, frame, target)
  if (!picture.data.every(Number.isFinite) || Number.isNaN(inDetail.psnr))
    throw new FormatError(`${file}: the net overflows inside its frame`)
  const comparison = compareImages(picture, target.seen)
  if (options.diff !== undefined) {
    const { data, ...size } = drawComparison(target.seen, picture)
    await writeWhole(options.diff, encode({ ...size, data, channels: 3, depth: 8 }))
  }
  const result: Result = {
    width: target.seen.width,
    height: target.seen.height,
    samples: SEEN_SAMPLES,
    ...comparison,
    detailWidth: target.detail.width,
    detailHeight: target.detail.height,
    psnrDetail: inDetail.psnr,
    ssimDetail: inDetail.ssim,
  }
  // JSON has no infinity, and writes null for it.
  if (options.json) terminal.printJson(result)
  else terminal.print(comparisonText(file, sourceName, result))
}

interface Result extends ImageSize, Comparison {
  readonly samples: number
  readonly detailWidth: number
  readonly detailHeight: number
  readonly psnrDetail: number
  readonly ssimDetail: number
}

function edgeOption(flag: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : wholeOption(flag, text, 1, MAX_TARGET_EDGE)
}

/** The sizes that the file states, null for none; a broken statement is a note on stderr. */
function noteTrainedSizes({ metadata }: StateDict, { tell }: Terminal): { seen: ImageSize; detail: ImageSize } | null {
  try {
    const [seen, detail] = [trainedSize(metadata), trainedDetail(metadata)]
    return seen && detail && { seen, detail }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    tell(`${error.message}; the image's own size is used`)
    return null
  }
}

function comparisonText(file: string, sourceName: string, result: Result): string {
  const { width, height, samples, psnr, ssim, maxError, badShare } = result
  return `${file} and ${sourceName}
${width} x ${height}, ${samples} samples a pixel
PSNR        ${decibels(psnr)}
SSIM        ${ssim.toFixed(4)}
max error   ${maxError.toFixed(4)}
bad pixels  ${(100 * badShare).toFixed(2)} %
${result.detailWidth} x ${result.detailHeight}, one sample a pixel
PSNR        ${decibels(result.psnrDetail)}
SSIM        ${result.ssimDetail.toFixed(4)}`
}

function decibels(psnr: number): string {
  return psnr === Number.POSITIVE_INFINITY ? 'infinite: nothing differs' : `${psnr.toFixed(2)} dB`
}
