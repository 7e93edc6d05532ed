// vexel compare: how near a net's picture is to an image.

import { Command } from '@commander-js/extra-typings'
import { encode } from 'fast-png'
import { FormatError } from '../../model/errors.js'
import { foldNetwork } from '../../model/fold.js'
import type { StateDict } from '../../model/state-dict.js'
import { parseColour } from '../../train/colour.js'
import { drawComparison, ERROR_GAIN } from '../../train/comparison-picture.js'
import { BAD_ERROR, type Comparison, compareImages } from '../../train/metrics.js'
import { trainedDetail, trainedSize } from '../../train/metadata.js'
import { compareDetail, drawSeen } from '../../train/quality.js'
import { DEFAULT_TARGET_WIDTH, type ImageSize, MAX_TARGET_EDGE } from '../../train/rgb-image.js'
import { SEEN_SAMPLES } from '../../train/target.js'
import { DEFAULT_DETAIL } from '../../train/target-size.js'
import { optionValue, UsageError } from '../failure.js'
import { addFrameOptions, resolveFrame } from '../options/frame-options.js'
import { loadTarget } from '../image/image.js'
import { loadNetworkFile } from '../files/input.js'
import { refuseInputAsOutput, requirePngName, writeWhole } from '../files/output.js'
import { wholeOption } from '../options/numbers.js'
import { print, printJson, tell } from '../terminal.js'

export const compareCommand = addFrameOptions(new Command('compare'))
  .description('say how near the flag is to an image, as it is seen and in detail: PSNR, SSIM, bad pixels')
  .argument('<file>', 'a .safetensors file')
  .argument('<image>', 'a PNG, JPEG, WebP, AVIF, GIF or SVG')
  .option('--width <pixels>', 'at which the picture is seen, other than the file says')
  .option('--detail <pixels>', 'of the longer edge at which its detail is measured, other than the file says')
  .option('--background <colour>', "under the image's transparent parts: #rgb or #rrggbb", '#ffffff')
  .option('--diff <png>', `write image, net and their difference, ${ERROR_GAIN} times as bright, side by side`)
  .option('--json', 'print JSON')
  .addHelpText(
    'after',
    `
Two measures. As it is seen: ${SEEN_SAMPLES} samples a pixel of the net against what the image is there, each pixel the mean of what it
covers. In detail (psnrDetail, ssimDetail): one sample at the centre of each pixel of the raster that was trained on.
Sizes: those that the file says, else the image's own (${DEFAULT_TARGET_WIDTH} wide for an SVG, its detail ${DEFAULT_DETAIL} along the longer edge). An
image of pixels has no more detail than pixels.
psnr: in dB, over all pixels and channels of the outputs, clamped to [0, 1] and not rounded; null in JSON if nothing differs.
ssim: of Rec. 601 luma, 11 x 11 Gaussian window, sigma 1.5. maxError: largest difference of a channel, 1 is the whole range.
badShare: share of the pixels whose largest channel difference is above ${BAD_ERROR}. These two, and --diff, are as it is seen.`,
  )
  .action(async (file, imagePath, options) => {
    const [width, detail] = [edgeOption('--width', options.width), edgeOption('--detail', options.detail)]
    const background = optionValue('--background', options.background, parseColour)
    if (options.diff === '-') throw new UsageError('--diff -: stdout has the result; name a file')
    if (options.diff !== undefined) {
      requirePngName('--diff', options.diff)
      await refuseInputAsOutput(options.diff, [file, imagePath])
    }
    const { stateDict, network } = await loadNetworkFile(file)
    const frame = resolveFrame(stateDict, options)
    const stated = noteTrainedSizes(stateDict)
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
    if (options.json) printJson(result)
    else print(comparisonText(file, sourceName, result))
  })

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
function noteTrainedSizes({ metadata }: StateDict): { seen: ImageSize; detail: ImageSize } | null {
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
