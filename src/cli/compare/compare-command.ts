// `vexel compare` as commander knows it; what it does is loaded when it is called.

import { Command } from '@commander-js/extra-typings'
import { addFrameOptions } from '../options/frame-options.js'
import { ERROR_GAIN } from '../../train/comparison-picture.js'
import { BAD_ERROR } from '../../train/metrics.js'
import { DEFAULT_TARGET_WIDTH } from '../../train/rgb-image.js'
import { SEEN_SAMPLES } from '../../train/target.js'
import { DEFAULT_DETAIL } from '../../train/target-size.js'
import type { Terminal } from '../terminal.js'

export const compareCommand = (terminal: Terminal) =>
  addFrameOptions(new Command('compare'))
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
    .action(
      async (file, image, options) => await (await import('./compare.js')).runCompare(file, image, options, terminal),
    )
