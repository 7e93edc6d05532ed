// How far a movie is, on stderr: always the same line on a terminal, now and then a line elsewhere.

import type { Terminal } from '../terminal.js'

const PLAIN_EVERY_MS = 5000

/** Hands frames on and tells how many there were. */
export async function* tellFrames<Frame>(
  frames: AsyncGenerator<Frame, void>,
  count: number,
  stderr: Terminal['stderr'],
): AsyncGenerator<Frame, void> {
  let drawn = 0
  let toldMs = performance.now()
  try {
    for await (const frame of frames) {
      yield frame
      drawn++
      if (stderr.isTTY) stderr.write(`\r${drawn} of ${count} frames`)
      else if (performance.now() - toldMs > PLAIN_EVERY_MS && drawn < count) {
        toldMs = performance.now()
        stderr.write(`${drawn} of ${count} frames\n`)
      }
    }
  } finally {
    if (stderr.isTTY) stderr.write('\r\x1b[K')
  }
}
