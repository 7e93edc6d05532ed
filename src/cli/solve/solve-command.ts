// `vexel solve` as commander knows it; what it does is loaded when it is called.

import { Command } from '@commander-js/extra-typings'
import { ARCHITECTURE_FLAG, ARCHITECTURE_HELP } from '../options/architecture-option.js'
import type { Terminal } from '../terminal.js'

export const solveCommand = (terminal: Terminal) =>
  new Command('solve')
    .description('find out what a net draws: the frame of its picture, and which flag it is')
    .argument('<file>', 'a .safetensors file')
    .option(ARCHITECTURE_FLAG, ARCHITECTURE_HELP)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Only the weights count; what the metadata says is reported and not used. The frame is the one over which the net's batch
norms see the inputs that they remember; order, flips and proportions come from the flag that is recognised in it.
When it cannot tell it says so, and the exit code is 0 all the same. --json: {"frame": the frame or null, "flag": {"code", "name",
"confidence"} or null, "confidence": 0 to 1, "reason": a text or null, "candidates": [the same without candidates]}.`,
    )
    .action(async (file, options) => await (await import('./solve.js')).runSolve(file, options, terminal))
