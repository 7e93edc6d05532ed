#!/usr/bin/env node
// Where the command line starts: it loads the rest, and is told where even that is too much.

import { tooFewOpenFiles } from './open-files.js'

try {
  await import('./main.js')
} catch (error) {
  const line = tooFewOpenFiles(error)
  if (line === null) throw error
  process.stderr.write(`vexel: ${line}\n`)
  // As EXIT.machine, which cannot be loaded any more.
  process.exitCode = 3
}
