// The command line as a function of its arguments and its terminal: a folder a command, this file joins their definitions and
// turns failures into exit codes. What a command does, and the packages that it needs, is loaded when it is called.

import { Command } from '@commander-js/extra-typings'
import { version } from '../../package.json'
import { collageCommand } from './collage/collage-command.js'
import { compareCommand } from './compare/compare-command.js'
import { describeFailure } from './failure.js'
import { exportCommand } from './export/export-command.js'
import { galleryCommand } from './gallery/gallery-command.js'
import { infoCommand } from './info/info-command.js'
import { labCommand } from './lab/lab-command.js'
import { movieCommand } from './movie/movie-command.js'
import { parityCommand } from './parity/parity-command.js'
import { renderCommand } from './render/render-command.js'
import { sampleCommand } from './sample/sample-command.js'
import { solveCommand } from './solve/solve-command.js'
import { trainCommand } from './train/train-command.js'
import type { Terminal } from './terminal.js'

const COMMANDS = [
  infoCommand,
  sampleCommand,
  renderCommand,
  collageCommand,
  movieCommand,
  exportCommand,
  compareCommand,
  parityCommand,
  solveCommand,
  trainCommand,
  galleryCommand,
  labCommand,
]

/**
 * Runs one call of the command line, in this process and its working folder.
 * @param args without the name of the program: `['info', 'flag.safetensors']`
 * @returns the exit code; what went wrong has been said in one line. Never rejects
 */
export async function runVexel(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await createProgram(terminal).parseAsync(args, { from: 'user' })
    return terminal.exitCode
  } catch (error) {
    const { code, line } = describeFailure(error)
    if (line !== null) terminal.tell(`vexel: ${line}`)
    return code
  }
}

function createProgram(terminal: Terminal) {
  const program = new Command('vexel')
    .description('Open, prove and draw flag networks: small coordinate networks that are a picture.')
    .version(version)
    .addHelpText('after', '\nExit codes: 0 ok, 1 the input is bad, 2 the call is wrong, 3 the machine lacks something.')
    // commander throws instead of exiting, so that a wrong call ends with our code.
    .exitOverride()
    .configureOutput({
      writeOut: text => terminal.stdout.write(text),
      writeErr: text => terminal.stderr.write(text),
    })
  // These settings are copied only to commands that it makes itself.
  for (const create of COMMANDS) program.addCommand(create(terminal).copyInheritedSettings(program))
  return program
}
