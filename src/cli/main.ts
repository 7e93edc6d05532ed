// The process around the command line: its arguments, streams and exit code.

import { EXIT } from './failure.js'
import { Terminal } from './terminal.js'
import { runVexel } from './vexel.js'

const terminal = new Terminal(process.stdin, process.stdout, process.stderr)

// A reader that closes early (`vexel sample ... | head`) is no failure; a full disk is.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok)
  terminal.tell(`vexel: stdout: cannot be written (${error.code})`)
  process.exit(EXIT.machine)
})

async function run(): Promise<void> {
  process.exitCode = await runVexel(process.argv.slice(2), terminal)
}

// Not awaited: what a command loads may share a built file with this module, and would wait for it to end.
void run()
