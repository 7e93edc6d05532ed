// `vexel parity` as commander knows it; what it does is loaded when it is called.

import { Command } from '@commander-js/extra-typings'
import { addFrameOptions } from '../options/frame-options.js'
import type { Terminal } from '../terminal.js'

export const parityCommand = (terminal: Terminal) =>
  addFrameOptions(new Command('parity'))
    .description('hold the shader, in a headless browser, against the float64 reference over the whole frame')
    .argument('<file>', 'a .safetensors file')
    .option('--width <pixels>', 'width of the picture to compare', '320')
    .option('--height <pixels>', 'default: what the width and the aspect give')
    .option('--json', 'print JSON')
    .action(async (file, options) => await (await import('./parity.js')).runParity(file, options, terminal))
