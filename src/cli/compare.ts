// vexel compare: how near a net's picture is to an image.

import { Command } from '@commander-js/extra-typings'
import { encode } from 'fast-png'
import { FormatError } from '../model/errors.js'
import { foldNetwork } from '../model/fold.js'
import type { StateDict } from '../model/state-dict.js'
import { parseColour } from '../train/colour.js'
import { drawComparison, ERROR_GAIN } from '../train/comparison-picture.js'
import { BAD_ERROR, type Comparison, compareImages } from '../train/metrics.js'
import { trainedSize } from '../train/metadata.js'
import { drawNetwork } from '../train/network-picture.js'
import { DEFAULT_TARGET_WIDTH, type ImageSize } from '../train/rgb-image.js'
import { optionValue, UsageError } from './failure.js'
import { addFrameOptions, resolveFrame } from './frame-options.js'
import { loadImage } from './image.js'
import { loadNetworkFile, writeWhole } from './input.js'

export const compareCommand = addFrameOptions(new Command('compare'))
  .description('say how near the flag is to an image: PSNR, SSIM, bad pixels')
  .argument('<file>', 'a .safetensors file')
  .argument('<image>', 'a PNG, JPEG, WebP, GIF or SVG')
  .option('--background <colour>', "under the image's transparent parts: #rgb or #rrggbb", '#ffffff')
  .option('--diff <png>', `write image, net and their difference, ${ERROR_GAIN} times as bright, side by side`)
  .option('--json', 'print JSON')
  .addHelpText(
    'after',
    `
Size: what the file says it was trained at, else the image's own (${DEFAULT_TARGET_WIDTH} wide for an SVG); the image is resampled to it.
psnr: in dB, over all pixels and channels of the outputs, clamped to [0, 1] and not rounded; null in JSON if nothing differs.
ssim: of Rec. 601 luma, 11 x 11 Gaussian window, sigma 1.5. maxError: largest difference of a channel, 1 is the whole range.
badShare: share of the pixels whose largest channel difference is above ${BAD_ERROR}.`,
  )
  .action(async (file, imagePath, options) => {
    const background = optionValue('--background', options.background, parseColour)
    if (options.diff === '-') throw new UsageError('--diff -: stdout has the result; name a file')
    const { stateDict, network } = await loadNetworkFile(file)
    const frame = resolveFrame(stateDict, options)
    const size = noteTrainedSize(stateDict)
    const { image, sourceName } = await loadImage(imagePath, { ...(size ?? { width: 'own' }), background })
    const picture = drawNetwork(foldNetwork(network), frame, image)
    if (!picture.data.every(Number.isFinite)) throw new FormatError(`${file}: the net overflows inside its frame`)
    const comparison = compareImages(picture, image)
    if (options.diff !== undefined) {
      const { data, ...size } = drawComparison(image, picture)
      await writeWhole(options.diff, encode({ ...size, data, channels: 3, depth: 8 }))
    }
    const result = { width: image.width, height: image.height, ...comparison }
    // JSON has no infinity, and writes null for it.
    process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : tell(file, sourceName, result))
  })

/** The size that the file states, null for none; a broken statement is a note on stderr. */
function noteTrainedSize(stateDict: StateDict): ImageSize | null {
  try {
    return trainedSize(stateDict.metadata)
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    process.stderr.write(`${error.message}; the image's own size is used\n`)
    return null
  }
}

function tell(file: string, sourceName: string, result: ImageSize & Comparison): string {
  const { width, height, psnr, ssim, maxError, badShare } = result
  return `${file} and ${sourceName}, ${width} x ${height}
PSNR        ${psnr === Number.POSITIVE_INFINITY ? 'infinite: nothing differs' : `${psnr.toFixed(2)} dB`}
SSIM        ${ssim.toFixed(4)}
max error   ${maxError.toFixed(4)}
bad pixels  ${(100 * badShare).toFixed(2)} %
`
}
