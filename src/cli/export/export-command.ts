// `vexel export` as commander knows it; what it does is loaded when it is called.

import { Command } from '@commander-js/extra-typings'
import { HOST_NAMES } from '../../export/hosts.js'
import { addFrameOptions } from '../options/frame-options.js'
import type { Terminal } from '../terminal.js'
import { ENDINGS } from './export-hosts.js'

export const exportCommand = (terminal: Terminal) =>
  addFrameOptions(new Command('export'))
    .description('write the flag as something that draws it without vexel: a page, a shader, a script, a model')
    .argument('<file>', 'a .safetensors file, or the film of a training')
    .requiredOption('-o, --out <file>', 'the file to write, - for stdout')
    .option(
      '--for <host>',
      `${HOST_NAMES.join(', ')}; default: what the ending says (${Object.keys(ENDINGS).join(', ')})`,
    )
    .option('--title <text>', "what the flag is called, default: the file's name")
    .option('--digits <count>', 'significant digits a constant of a text, default: the fewest that keep the picture')
    .option('--film [file]', 'html: the film of its training plays in the page; default: the one in <file>')
    .option('--opset <version>', 'onnx: 20 with Gelu, 13 with Erf for older programs', '20')
    .option('--json', 'print what was written as JSON')
    .action(async (file, options) => await (await import('./export.js')).runExport(file, options, terminal))
