// The slider's track: the curve of the run over film time, and what it says of a moment.

import type { Film } from '../../film/film.js'
import { decibels, decibelText } from '../figures.js'

/** The box that the curve is drawn in. */
export const TRACK = { width: 400, height: 100 } as const
/** Kept free above and beneath the curve, of its height. */
const PADDING = 0.1

/** The loss over film time. */
export interface Track {
  /** Path data of the line, within {@link TRACK}; null where the film has no curve. */
  readonly line: string | null
  /** Of the area beneath it. */
  readonly area: string | null
  /** Steps to be written along it, and where in film time they stand. */
  readonly ticks: readonly { readonly step: number; readonly position: number }[]
}

/** What is known of a moment. */
export interface Moment {
  readonly step: number
  /** dB, infinite for an exact picture; null where the film has no curve. */
  readonly psnr: number | null
  /** Null also where the film knows of one measure only. */
  readonly psnrDetail: number | null
  readonly loss: number | null
}

/** Draws the curve: the logarithm of the loss, the mean of what falls on the same place. */
export function createTrack(film: Film): Track {
  const { width, height } = TRACK
  const sums = new Float64Array(width + 1)
  const counts = new Uint32Array(width + 1)
  const [first, last] = [film.steps[0], film.steps[film.steps.length - 1]]
  for (const { step, loss } of film.curve) {
    if (step < first || step > last || !(loss > 0)) continue
    const column = Math.round(film.positionOf(step) * width)
    sums[column] += Math.log(loss)
    counts[column]++
  }
  const columns = [...counts.keys()].filter(column => counts[column] > 0)
  const values = columns.map(column => sums[column] / counts[column])
  const ticks = ticksOf(film)
  if (columns.length < 2) return { line: null, area: null, ticks }
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const yOf = (value: number) => {
    const share = high > low ? (value - low) / (high - low) : 0.5
    return (height * (1 - PADDING - share * (1 - 2 * PADDING))).toFixed(1)
  }
  const points = columns.map((column, i) => `${column} ${yOf(values[i])}`)
  // The curve begins with the first step that was taken: until then nothing is learned.
  const line = `M0 ${yOf(values[0])}L${points.join('L')}L${width} ${yOf(values[values.length - 1])}`
  return { line, area: `${line}V${height}H0Z`, ticks }
}

/** Nearer than this their texts would touch. */
const TICK_GAP = 0.13

function ticksOf(film: Film): Track['ticks'] {
  const [first, last] = [film.steps[0], film.steps[film.steps.length - 1]]
  const powers = Array.from({ length: 13 }, (_, i) => 10 ** i).filter(step => step > first && step < last)
  const ticks = [first, ...powers].map(step => ({ step, position: film.positionOf(step) }))
  return ticks.filter(({ position }, i) => i === 0 || (position > TICK_GAP && position < 1 - TICK_GAP / 2))
}

/** The step of a position, and loss and PSNR there: in a straight line of film time between the points of the curve. */
export function momentAt(film: Film, position: number): Moment {
  const { curve } = film
  const step = Math.round(film.stepAt(position))
  if (curve.length === 0) return { step, psnr: null, psnrDetail: null, loss: null }
  const exact = film.stepAt(position)
  let low = 0
  let high = curve.length - 1
  // The last point that is not behind it, and the one after.
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (curve[middle].step <= exact) low = middle
    else high = middle - 1
  }
  const [before, after] = [curve[low], curve[Math.min(low + 1, curve.length - 1)]]
  const [from, to] = [before, after].map(point => Math.log1p(point.step))
  const share = to > from ? Math.min(1, Math.max(0, (Math.log1p(exact) - from) / (to - from))) : 0
  const between = (a: number, b: number) => (a === b || share === 0 ? a : (1 - share) * a + share * b)
  const details = [before.psnrDetail, after.psnrDetail]
  return {
    step,
    psnr: between(before.psnr, after.psnr),
    psnrDetail: details[0] === null || details[1] === null ? null : between(details[0], details[1]),
    loss: between(before.loss, after.loss),
  }
}

/** 1 k for a thousand. */
export function shortStep(step: number): string {
  if (step >= 1e6) return `${step / 1e6} M`
  return step >= 1000 ? `${step / 1000} k` : String(step)
}

/** What a screen reader is told of a position. */
export function momentText({ step, psnr, psnrDetail }: Moment): string {
  const measures =
    psnr === null ? [] : [decibelText(psnr), ...(psnrDetail === null ? [] : [`${decibels(psnrDetail)} in detail`])]
  return [`step ${step.toLocaleString('en')}`, ...measures].join(', ')
}
