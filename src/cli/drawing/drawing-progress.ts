// How far a picture is, on a terminal.

import type { ImageSize } from '../../train/rgb-image.js'
import type { Terminal } from '../terminal.js'

/** Hands scanlines on and says on a terminal how far they are. */
export async function* tellProgress(
  scanlines: AsyncIterable<Uint8Array>,
  { width, height }: ImageSize,
  stderr: Terminal['stderr'],
): AsyncGenerator<Uint8Array, void> {
  let bytes = 0
  try {
    for await (const band of scanlines) {
      yield band
      bytes += band.length
      if (stderr.isTTY) stderr.write(`\r${Math.round((100 * bytes) / ((3 * width + 1) * height))} %`)
    }
  } finally {
    if (stderr.isTTY) stderr.write('\r\x1b[K')
  }
}
