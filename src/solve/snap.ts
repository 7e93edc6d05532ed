// From measured ranges to those that people write: -1 to 1, 0 to 1, pixels, one axis scaled by the aspect. A range is only
// moved as far as the measurement may be off.

import type { Box } from './statistics.js'

type Range = readonly [number, number]

const HALF_WIDTHS = [0.5, 1, 2, 3, 4, 5, 10, Math.PI / 2, Math.PI, Math.sqrt(3)]
const LENGTHS = [1, 2, 3, 4, 5, 10, 100, Math.PI, 2 * Math.PI]
const NICE: readonly Range[] = [
  ...HALF_WIDTHS.map((half): Range => [-half, half]),
  ...LENGTHS.map((length): Range => [0, length]),
]

// Ends are found within 0.6 % on nets whose statistics are settled, and so much worse as those are noisy.
const LEAST_TOLERANCE = 0.012
const MOST_TOLERANCE = 0.13
const TOLERANCE_OF_DIVERGENCE = 1.5

/**
 * How far an end may be off, as a share of the range's length.
 * @param divergence of the box: that of the statistics' noise, when it is the right one
 */
export function toleranceOf(divergence: number): number {
  return Math.min(MOST_TOLERANCE, Math.max(LEAST_TOLERANCE, TOLERANCE_OF_DIVERGENCE * Math.sqrt(divergence)))
}

/**
 * Ranges that people write near a measured box, the likeliest first; the measured one, rounded, is the last.
 * @param aspects proportions the picture may have, width / height, and so may the box's sides
 */
export function likelyBoxes(box: Box, aspects: readonly number[], tolerance: number): Box[] {
  const ranges: readonly [Range, Range] = [
    [box[0], box[1]],
    [box[2], box[3]],
  ]
  const pixels = pixelBox(ranges, aspects, tolerance)
  if (pixels) return [pixels, roundedBox(box)]
  const nice = ranges.map(range => nearest(range, NICE, tolerance)) as [Range | null, Range | null]
  const proportions = aspects.flatMap(aspect => [aspect, 1 / aspect])
  const scaled = (other: Range | null, range: Range): Range | null =>
    other &&
    nearest(
      range,
      proportions.map((factor): Range => [other[0] * factor, other[1] * factor]),
      tolerance,
    )
  const first = nice[0] ?? scaled(nice[1], ranges[0])
  const second = nice[1] ?? scaled(nice[0], ranges[1])
  const rounded = roundedBox(box)
  const joined = (a: Range | null, b: Range | null): Box => [
    ...(a ?? ([rounded[0], rounded[1]] as const)),
    ...(b ?? ([rounded[2], rounded[3]] as const)),
  ]
  const boxes: Box[] = []
  if (first && second) boxes.push([...first, ...second])
  if (first) boxes.push(joined(first, null))
  if (second) boxes.push(joined(null, second))
  return [...boxes, rounded]
}

function nearest(range: Range, candidates: readonly Range[], tolerance: number): Range | null {
  let best: Range | null = null
  let least = tolerance
  for (const candidate of candidates) {
    const off = distance(range, candidate)
    if (off > least) continue
    least = off
    best = candidate
  }
  return best
}

/** How far the farther end is off, as a share of the candidate's length. */
function distance([from, to]: Range, [a, b]: Range): number {
  return Math.max(Math.abs(from - a), Math.abs(to - b)) / (b - a)
}

const LEAST_PIXELS = 24

/** Both ranges count pixels from 0: whole numbers, from 0 or half a pixel before it. */
function pixelBox(ranges: readonly [Range, Range], aspects: readonly number[], tolerance: number): Box | null {
  const isPixels = ranges.every(
    ([from, to]) => to - from >= LEAST_PIXELS && Math.abs(from + 0.25) < Math.max(0.8, tolerance * (to - from)),
  )
  if (!isPixels) return null
  const [width, height] = ranges.map(([from, to]) => to - from)
  // All edges together tell whether pixels are counted from their edges or their middles, as well as that can be told.
  const start = ranges[0][0] / width + ranges[1][0] / height < -0.25 / width - 0.25 / height ? -0.5 : 0
  const whole = wholeSize(width, height, aspects, tolerance)
  return [start, start + whole[0], start, start + whole[1]]
}

/** The size in pixels that is nearest to the measured one, and, where several are as near as that can be told, the roundest. */
function wholeSize(width: number, height: number, aspects: readonly number[], tolerance: number): [number, number] {
  let best: [number, number] = [Math.round(width), Math.round(height)]
  let least = Number.POSITIVE_INFINITY
  const close = tolerance / 2
  for (const aspect of aspects.flatMap(a => [a, 1 / a]))
    for (let w = Math.ceil(width * (1 - close)); w <= width * (1 + close); w++) {
      const h = Math.round(w / aspect)
      if (Math.abs(h - height) > close * height) continue
      // The longer edge is the one that people choose.
      const off = Math.abs(w - width) / width + Math.abs(h - height) / height + 0.5 * close * oddness(Math.max(w, h))
      if (off < least) [least, best] = [off, [w, h]]
    }
  return best
}

/** 0 for the roundest numbers of pixels, up to 1. */
function oddness(pixels: number): number {
  return [160, 100, 64, 50, 32, 20, 10, 8].findIndex(step => pixels % step === 0) < 0
    ? 1
    : [160, 100, 64, 50, 32, 20, 10, 8].findIndex(step => pixels % step === 0) / 8
}

/** Four digits of each range's length. */
function roundedBox(box: Box): Box {
  const round = (value: number, length: number) => {
    const step = 10 ** (Math.floor(Math.log10(length)) - 3)
    return Number((Math.round(value / step) * step).toPrecision(12))
  }
  const [x, y] = [box[1] - box[0], box[3] - box[2]]
  return [round(box[0], x), round(box[1], x), round(box[2], y), round(box[3], y)]
}
