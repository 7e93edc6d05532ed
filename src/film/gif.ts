// A film as an animated GIF, frame after frame, by gifenc. The same frames give the same bytes.

import { GIFEncoder } from 'gifenc'
import { indexFrame } from './gif-colours.js'
import { frameDurations } from './timeline.js'

/** How a GIF is shown. */
export interface GifSpec {
  readonly width: number
  readonly height: number
  readonly frameCount: number
  /** At most {@link MAX_GIF_FPS}. */
  readonly fps: number
  /** How often it is played, 0 without end. */
  readonly plays: number
}

/** Browsers take a frame shorter than two hundredths of a second for one of ten. */
export const MAX_GIF_FPS = 50
/** The most a GIF can ask for. */
export const MAX_GIF_PLAYS = 65_536

const HUNDREDTHS = 100

/**
 * Encodes frames. The whole length is exact to a hundredth of a second, and every frame begins within half of one of its
 * time: GIF counts in hundredths.
 * @param frames [height, width, 4] opaque levels each, `frameCount` of them
 * @returns the file, a piece a frame
 */
export async function* encodeGif(
  { width, height, frameCount, fps, plays }: GifSpec,
  frames: AsyncIterable<Uint8ClampedArray>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const encoder = GIFEncoder({ auto: false })
  const durations = frameDurations(frameCount, fps, HUNDREDTHS)
  const shown = new Uint32Array(width * height)
  let count = 0
  encoder.writeHeader()
  for await (const rgba of frames) {
    const first = count === 0
    const { palette, indices } = indexFrame(rgba, width, shown, first)
    encoder.writeFrame(indices, width, height, {
      palette: first ? palette : [...palette, [0, 0, 0]],
      first,
      delay: durations[count] * 10,
      // The file says how often it is repeated, 0 for ever; once is said by saying nothing.
      repeat: plays === 0 ? 0 : plays === 1 ? -1 : plays - 1,
      transparent: !first,
      transparentIndex: palette.length,
      dispose: 1,
    })
    count++
    yield encoder.bytes()
    encoder.stream.reset()
  }
  encoder.finish()
  yield encoder.bytes()
}
