// The command line: a folder a command, this one joins their definitions and turns failures into exit codes. What a command
// does, and the packages that it needs, is loaded when it is called.

import { Command } from '@commander-js/extra-typings'
import { version } from '../../package.json'
import { collageCommand } from './collage/collage-command.js'
import { compareCommand } from './compare/compare-command.js'
import { describeFailure, EXIT } from './failure.js'
import { galleryCommand } from './gallery/gallery-command.js'
import { infoCommand } from './info/info-command.js'
import { movieCommand } from './movie/movie-command.js'
import { parityCommand } from './parity/parity-command.js'
import { renderCommand } from './render/render-command.js'
import { sampleCommand } from './sample/sample-command.js'
import { solveCommand } from './solve/solve-command.js'
import { trainCommand } from './train/train-command.js'
import { tell } from './terminal.js'

const program = new Command('vexel')
  .description('Open, prove and draw flag networks: small coordinate networks that are a picture.')
  .version(version)
  .addHelpText('after', '\nExit codes: 0 ok, 1 the input is bad, 2 the call is wrong, 3 the machine lacks something.')

// exitOverride: commander throws instead of exiting, so that a wrong call ends with our code. It copies the setting only
// to commands that it makes itself.
program.exitOverride()
program.addCommand(infoCommand.exitOverride())
program.addCommand(sampleCommand.exitOverride())
program.addCommand(renderCommand.exitOverride())
program.addCommand(collageCommand.exitOverride())
program.addCommand(movieCommand.exitOverride())
program.addCommand(compareCommand.exitOverride())
program.addCommand(parityCommand.exitOverride())
program.addCommand(solveCommand.exitOverride())
program.addCommand(trainCommand.exitOverride())
program.addCommand(galleryCommand.exitOverride())

// A reader that closes early (`vexel sample ... | head`) is no failure; a full disk is.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok)
  tell(`vexel: stdout: cannot be written (${error.code})`)
  process.exit(EXIT.machine)
})

async function run(): Promise<void> {
  try {
    await program.parseAsync()
  } catch (error) {
    const { code, line } = describeFailure(error)
    if (line !== null) tell(`vexel: ${line}`)
    process.exitCode = code
  }
}

// Not awaited: what a command loads may share a built file with this module, and would wait for it to end.
void run()
