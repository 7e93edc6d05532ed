// `vexel render` as commander knows it; what it does is loaded when it is called.

import { Command } from '@commander-js/extra-typings'
import { addFrameOptions } from '../options/frame-options.js'
import { AUTO_SAMPLES_RULE } from '../../model/samples.js'
import { DEFAULT_MAX_THREADS, FAST_DESCRIPTION } from '../drawing/drawing-team.js'
import type { Terminal } from '../terminal.js'

export const renderCommand = (terminal: Terminal) =>
  addFrameOptions(new Command('render'))
    .description('draw a view of the flag into a PNG')
    .argument('<file>', 'a .safetensors file')
    .requiredOption('-o, --out <png>', 'the PNG to write, - for stdout')
    .option('--width <pixels>', 'default 640, or what the height and the aspect give')
    .option('--height <pixels>', 'default: what the width and the aspect give')
    .option('--center <X,Y>', 'plane point in the middle of the picture, default the middle of the frame')
    .option('--zoom <factor>', '1 is the whole frame', '1')
    .option('--samples <count>', `samples a pixel: 1, 4, 8, 16, or auto: ${AUTO_SAMPLES_RULE}`, 'auto')
    .option('--fast', FAST_DESCRIPTION)
    .option('--threads <count>', `how many draw, default: the cores there are, at most ${DEFAULT_MAX_THREADS}`)
    .action(async (file, options) => await (await import('./render.js')).runRender(file, options, terminal))
