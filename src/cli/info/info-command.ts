// `vexel info` as commander knows it; what it does is loaded when it is called.

import { Command } from '@commander-js/extra-typings'
import { ARCHITECTURE_FLAG, ARCHITECTURE_HELP } from '../options/architecture-option.js'
import type { Terminal } from '../terminal.js'

export const infoCommand = (terminal: Terminal) =>
  new Command('info')
    .description('say what is in a file: tensors, parameters, ranges, metadata')
    .argument('<file>', 'a .safetensors file, - for stdin')
    .option(ARCHITECTURE_FLAG, ARCHITECTURE_HELP)
    .option('--json', 'print JSON')
    .action(async (file, options) => await (await import('./info.js')).runInfo(file, options, terminal))
