// The reference picture: what the float64 reference shows for a frame and a view, row by row, so that a picture of any
// size never has to be held as floats.

import type { FoldedNetwork } from './fold.js'
import type { Frame } from './frame.js'
import { evaluateFolded } from './reference.js'
import { type SampleCount, sampleOffsets } from './samples.js'
import { applyTone, levelOf, toneOf } from './tone.js'
import { inputsOfPixels, samplingOf, type View } from './view.js'

/** A picture to be computed: the net, its frame, the view on it, size in pixels and samples a pixel. */
export interface PictureSpec {
  readonly folded: FoldedNetwork
  readonly frame: Frame
  readonly view: View
  readonly width: number
  readonly height: number
  readonly samples: SampleCount
  /** Whether most pixels may be put in between those that are evaluated, where that is worth it. */
  readonly isFast?: boolean
}

/**
 * Computes rows [firstRow, firstRow + rows) of a picture with the float64 reference.
 * @returns [rows * width, 3], clamped to [0, 1], the mean over the samples of each pixel
 */
export function referenceRows(spec: PictureSpec, firstRow: number, rows: number): Float64Array {
  const { folded, frame, view, width, height, samples } = spec
  const sampling = samplingOf(frame, view, width, height)
  const tone = toneOf(frame)
  const rect = { x: 0, y: firstRow, width, height: rows }
  const inputs = new Float64Array(width * rows * 2)
  const rgb = new Float64Array(width * rows * 3)
  const sum = new Float64Array(rgb.length)
  const offsets = sampleOffsets(samples)
  for (let s = 0; s < samples; s++) {
    inputsOfPixels(inputs, sampling, frame.order, spec, rect, 0.5 + offsets[2 * s], 0.5 + offsets[2 * s + 1])
    applyTone(evaluateFolded(rgb, folded, inputs), tone)
    for (let i = 0; i < sum.length; i++) sum[i] += rgb[i]
  }
  for (let i = 0; i < sum.length; i++) sum[i] /= samples
  return sum
}

/** Rounds displayed colours [n, 3] to RGBA8 [n, 4], opaque. */
export function levelsOf(rgb: ArrayLike<number>): Uint8ClampedArray<ArrayBuffer> {
  const count = rgb.length / 3
  const levels = new Uint8ClampedArray(count * 4)
  for (let i = 0; i < count; i++) {
    for (let channel = 0; channel < 3; channel++) levels[4 * i + channel] = levelOf(rgb[3 * i + channel])
    levels[4 * i + 3] = 255
  }
  return levels
}
