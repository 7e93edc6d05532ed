// `vexel export` as commander knows it; what it does is loaded when it is called.

import { Command } from '@commander-js/extra-typings'
import { addFrameOptions } from '../options/frame-options.js'
import type { Terminal } from '../terminal.js'
import { ENDINGS, HOSTS } from './export-hosts.js'

export const exportCommand = (terminal: Terminal) =>
  addFrameOptions(new Command('export'))
    .description('write the flag as a text that draws it without vexel: a shader, a script')
    .argument('<file>', 'a .safetensors file')
    .requiredOption('-o, --out <file>', 'the file to write, - for stdout')
    .option('--for <host>', `${HOSTS.join(', ')}; default: what the ending says (${Object.keys(ENDINGS).join(', ')})`)
    .option('--title <text>', "what the flag is called, default: the file's name")
    .option('--digits <count>', 'significant digits a constant, default: the fewest that keep the picture')
    .option('--json', 'print what was written as JSON')
    .action(async (file, options) => await (await import('./export.js')).runExport(file, options, terminal))
