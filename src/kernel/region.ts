// A region of a view: the rectangle of blocks of pixels that is drawn at once, be it a tile of the page or a band of rows
// of a file. Positions are counted from the view's centre, so that no digit is lost at any zoom.

import { INPUT_DIM, OUTPUT_DIM } from '../model/architecture.js'
import { applyDiverging, type DivergingTone, PLAIN_TONE } from '../model/diverging.js'
import type { Checks } from '../model/checks.js'
import type { Frame } from '../model/frame.js'
import type { PictureSpec } from '../model/picture.js'
import type { SampleCount } from '../model/samples.js'
import type { Tap } from '../model/tap.js'
import { applyTone, toneOf } from '../model/tone.js'
import { type Sampling, samplingOf } from '../model/view.js'
import { densityOf, MIN_COHERENT_DENSITY, STILL_TOLERANCE } from './density.js'
import type { PointEvaluator } from './point-evaluator.js'

export interface Region {
  readonly frame: Frame
  /** The unit that is drawn; null for the head. */
  readonly tap: Tap | null
  /** How the unit is coloured; null for the plain tone. */
  readonly tone: DivergingTone | null
  readonly sampling: Sampling
  /** The whole view, in pixels. */
  readonly viewport: { readonly width: number; readonly height: number }
  /** What is drawn, in blocks of step x step pixels counted from the view's top left corner. */
  readonly blocks: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  readonly step: number
  /** Samples a pixel; 1 wherever `step` is above 1: the block's centre. */
  readonly samples: SampleCount
  /**
   * How far, in levels, blocks may be from what their corners say to be put in between; `step` is 1 then. Absent where every pixel
   * is evaluated.
   */
  readonly tolerance?: number
  /** Of a transparent network what is seen through it; absent for white. */
  readonly checks?: Checks
}

/** A region as it was drawn. */
export interface DrawnRegion {
  /** [blocks, 4] RGBA8, opaque, row after row. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>
  /** How often the net was evaluated. */
  readonly evaluations: number
}

/**
 * Evaluates what a region shows, at points of it.
 * @param out [n, values a point], written and returned
 * @param inputs [n, 2] relative to the evaluator's centre
 */
export function evaluateRegion(
  evaluator: PointEvaluator,
  out: Float32Array,
  { tap }: Region,
  inputs: ArrayLike<number>,
): Float32Array {
  return tap ? evaluator.evaluateTap(out, tap, inputs) : evaluator.evaluate(out, inputs)
}

/** Values a point that are evaluated for a region: the head's three, or the unit's one. */
export function valuesPerPoint({ tap }: Region): number {
  return tap ? 1 : OUTPUT_DIM
}

/**
 * Turns raw values into the colours that a region shows.
 * @param rgb [n, 3], written and returned: sRGB-encoded in [0, 1]
 * @param values [n, {@link valuesPerPoint}]; may be `rgb` itself where there are three
 */
export function coloursOf<T extends Float32Array | Float64Array>(rgb: T, values: T, region: Region): T {
  if (region.tap) return applyDiverging(rgb, values, region.tone ?? PLAIN_TONE)
  if (rgb !== values) rgb.set(values)
  return applyTone(rgb, toneOf(region.frame))
}

/** The region of rows [firstRow, firstRow + rows) of a picture. */
export function regionOfRows(spec: PictureSpec, firstRow: number, rows: number): Region {
  const { frame, view, width, height, samples, isFast } = spec
  const sampling = samplingOf(frame, view, width, height)
  return {
    frame,
    tap: null,
    tone: null,
    sampling,
    viewport: { width, height },
    blocks: { x: 0, y: firstRow, width, height: rows },
    step: 1,
    samples,
    tolerance: isFast && densityOf(frame, sampling) >= MIN_COHERENT_DENSITY ? STILL_TOLERANCE : undefined,
  }
}

/**
 * Writes where the net is evaluated for every block of a region, in rows: plane offsets from the view's centre.
 * @param out [blocks, 2], written and returned: (first, second) in the frame's order
 * @param offsetX sample position in pixels from the block's centre
 */
export function offsetsOfBlocks<T extends Float32Array | Float64Array>(
  out: T,
  { frame, sampling, viewport, blocks, step }: Region,
  offsetX: number,
  offsetY: number,
): T {
  const first = frame.order === 'xy' ? 0 : 1
  let i = 0
  for (let row = blocks.y; row < blocks.y + blocks.height; row++) {
    const y = ((row + 0.5) * step - viewport.height / 2 + offsetY) * sampling.stepY
    for (let column = blocks.x; column < blocks.x + blocks.width; column++, i += INPUT_DIM) {
      out[i + first] = ((column + 0.5) * step - viewport.width / 2 + offsetX) * sampling.stepX
      out[i + 1 - first] = y
    }
  }
  return out
}

/** As {@link offsetsOfBlocks}, for some blocks: `chosen` counts them in rows. */
export function offsetsOfChosen<T extends Float32Array | Float64Array>(
  out: T,
  { frame, sampling, viewport, blocks, step }: Region,
  chosen: ArrayLike<number>,
  offsetX: number,
  offsetY: number,
): T {
  const first = frame.order === 'xy' ? 0 : 1
  for (let i = 0; i < chosen.length; i++) {
    const column = blocks.x + (chosen[i] % blocks.width)
    const row = blocks.y + Math.floor(chosen[i] / blocks.width)
    out[i * INPUT_DIM + first] = ((column + 0.5) * step - viewport.width / 2 + offsetX) * sampling.stepX
    out[i * INPUT_DIM + 1 - first] = ((row + 0.5) * step - viewport.height / 2 + offsetY) * sampling.stepY
  }
  return out
}

/** The view's centre as the net takes it: (first, second). */
export function centreOf({ frame, sampling }: Region): readonly [number, number] {
  return frame.order === 'xy' ? [sampling.x, sampling.y] : [sampling.y, sampling.x]
}
