// `vexel sample` as commander knows it; what it does is loaded when it is called.

import { Command } from '@commander-js/extra-typings'
import { ARCHITECTURE_FLAG, ARCHITECTURE_HELP } from '../options/architecture-option.js'
import type { Terminal } from '../terminal.js'

export const sampleCommand = (terminal: Terminal) =>
  new Command('sample')
    .description('evaluate the net: a JSON array of [first, second] in, a JSON array of raw [r, g, b] out')
    .argument('<file>', 'a .safetensors file')
    .requiredOption('--points <file>', 'JSON array of inputs, - for stdin; they go to the net as they are')
    .option('--precision <precision>', 'f64 (the reference) or f32 (the CPU kernel)', 'f64')
    .option(ARCHITECTURE_FLAG, ARCHITECTURE_HELP)
    .option('--json', 'print JSON (it is JSON in any case)')
    .action(async (file, options) => await (await import('./sample.js')).runSample(file, options, terminal))
