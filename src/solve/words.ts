// A reading in words, for people: the same on the command line and in the page.

import type { Frame } from '../model/frame.js'
import type { Reading } from './solution.js'

/** A proportion as flags have theirs, 3:2 or 1.43:1; null in words. */
export function aspectText(aspect: number | null): string {
  if (aspect === null) return 'proportions unknown'
  for (let height = 1; height <= MAX_TERM; height++) {
    const width = Math.round(aspect * height)
    if (width >= 1 && Math.abs(width / height / aspect - 1) < ASPECT_TOLERANCE) return `${width}:${height}`
  }
  return `${Number(aspect.toPrecision(4))}:1`
}

// Flags are 10:19 or 11:28 at the finest; beyond, a proportion is a decimal number in disguise.
const MAX_TERM = 30
const ASPECT_TOLERANCE = 5e-4

/** A confidence in percent. What is below certainty never rounds to it. */
export function confidenceText(confidence: number): string {
  if (confidence >= 1) return '100 %'
  const percent = Math.min(99, 100 * confidence)
  return percent < 1 ? 'below 1 %' : `${Math.round(percent)} %`
}

/** What a reading is called: the flag, or that it is none that is known. */
export function nameOf({ flag, frame }: Pick<Reading, 'flag' | 'frame'>): string {
  if (flag) return flag.name
  return frame ? 'unknown picture' : 'nothing'
}

/** What tells a frame from others, short: `2:1 · x first · y upwards · -1 to 1 by 0 to 1`. */
export function frameLabel(frame: Frame): string {
  const [x, y] = [frame.x, frame.y].map(range => span([...range].sort((a, b) => a - b)))
  const parts = [aspectText(frame.aspect), `${frame.order === 'xy' ? 'x' : 'y'} first`]
  if (frame.x[0] > frame.x[1]) parts.push('x leftwards')
  if (frame.y[0] > frame.y[1]) parts.push('y upwards')
  parts.push(x === y ? x : `${x} by ${y}`)
  if (frame.output !== 'rgb01') parts.push(OUTPUT_WORDS[frame.output])
  if (frame.channels === 'bgr') parts.push('blue first')
  return parts.join(' · ')
}

/** A frame in full, a line each. */
export function frameLines(frame: Frame): string[] {
  return [
    `x ${span(frame.x)} from left to right, y ${span(frame.y)} from top to bottom`,
    `${frame.order === 'xy' ? 'x goes into the net first, then y' : 'y goes into the net first, then x'}`,
    `width : height ${frame.aspect === null ? 'unknown' : aspectText(frame.aspect)}`,
    `outputs are ${OUTPUT_WORDS[frame.output]}, ${frame.channels === 'rgb' ? 'red, green, blue' : 'blue, green, red'}`,
  ]
}

const OUTPUT_WORDS: Readonly<Record<Frame['output'], string>> = {
  rgb01: 'colours 0 to 1',
  rgb255: 'colours 0 to 255',
  rgb11: 'colours -1 to 1',
  logit: 'logits',
}

function span([from, to]: readonly number[]): string {
  return `${numberText(from)} to ${numberText(to)}`
}

/** Digits enough to tell one pixel of a large picture from the next. */
function numberText(value: number): string {
  return String(Number(value.toPrecision(6)))
}
