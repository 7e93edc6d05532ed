// Which moment of a film each frame of a movie shows, and when: frame-exact, from the length and the rate alone.

import { FormatError } from '../model/errors.js'

/** How a movie runs through its film. */
export interface TimelineOptions {
  /** Length of the movie. */
  readonly seconds: number
  /** Frames a second. */
  readonly fps: number
  /** How long, within the length, the last snapshot stays: who watches wants to see what came of it. Default: none. */
  readonly holdSeconds?: number
  /** Runs back to the beginning, so that a repeated movie has no jump; the last snapshot is in its middle then. */
  readonly bounce?: boolean
}

/** Which moment of a film each frame of a movie shows. */
export interface Timeline {
  readonly fps: number
  /** Film time of every frame, from 0 to 1, see {@link Film}. The first frame shows the first snapshot. */
  readonly positions: readonly number[]
}

/** An hour at 30 frames a second. */
const MAX_FRAMES = 108_000

/**
 * Makes the timeline of a movie of exactly round(seconds * fps) frames, one at least. Without bounce the last frame is the
 * last snapshot. With it the last snapshot is the middle of what moves, and the last frame is the one before the first:
 * repeated, none is shown twice.
 * @throws FormatError when a number is out of its range, or nothing is left beside the hold
 */
export function createTimeline({ seconds, fps, holdSeconds = 0, bounce = false }: TimelineOptions): Timeline {
  const count = Math.max(1, Math.round(seconds * fps))
  if (!(seconds > 0 && fps > 0 && count <= MAX_FRAMES))
    throw new FormatError(
      `expected a length and a rate above 0, of at most ${MAX_FRAMES} frames, got ${seconds} s at ${fps}`,
    )
  const hold = Math.round(holdSeconds * fps)
  if (!(hold >= 0 && (hold === 0 || hold < count)))
    throw new FormatError(`expected a hold that is shorter than the ${seconds} s of the movie, got ${holdSeconds} s`)
  // To and fro takes an even number: what is left over stays at the top.
  const moving = bounce ? 2 * Math.floor((count - hold) / 2) : count - hold
  const top = bounce ? moving / 2 : moving - 1
  const positions = Array.from({ length: count }, (_, i) => {
    if (top <= 0) return count === 1 || i > 0 ? 1 : 0
    if (i <= top) return i / top
    const sinceTop = i - (count - moving)
    return bounce && sinceTop > top ? (moving - sinceTop) / top : 1
  })
  return { fps, positions }
}

/**
 * How long each frame is shown, in whole units of a second, so that frame i begins at i / fps, rounded: no error adds up, and
 * the sum is that of the movie.
 * @param unitsPerSecond 100 for a GIF
 */
export function frameDurations(count: number, fps: number, unitsPerSecond: number): number[] {
  const begin = (i: number) => Math.round((i * unitsPerSecond) / fps)
  return Array.from({ length: count }, (_, i) => begin(i + 1) - begin(i))
}
