// What the kernel shows of a region, in float32.

import { INPUT_DIM, OUTPUT_DIM } from '../model/architecture.js'
import { sampleOffsets } from '../model/samples.js'
import { applyTone, toneOf } from '../model/tone.js'
import type { Evaluator } from './evaluator.js'
import { centreOf, offsetsOfBlocks, type Region } from './region.js'

/**
 * Draws a region.
 * @returns [blocks, 3] displayed colours in [0, 1], row after row, the mean over the samples of each pixel
 */
export function drawColours(evaluator: Evaluator, region: Region): Float32Array<ArrayBuffer> {
  const { frame, blocks, samples } = region
  const tone = toneOf(frame)
  const count = blocks.width * blocks.height
  const inputs = new Float32Array(count * INPUT_DIM)
  const colours = new Float32Array(count * OUTPUT_DIM)
  evaluator.setCentre(...centreOf(region))
  if (samples === 1) return applyTone(evaluator.evaluate(colours, offsetsOfBlocks(inputs, region, 0, 0)), tone)
  const offsets = sampleOffsets(samples)
  const one = new Float32Array(colours.length)
  for (let s = 0; s < samples; s++) {
    applyTone(evaluator.evaluate(one, offsetsOfBlocks(inputs, region, offsets[2 * s], offsets[2 * s + 1])), tone)
    for (let i = 0; i < colours.length; i++) colours[i] += one[i]
  }
  for (let i = 0; i < colours.length; i++) colours[i] /= samples
  return colours
}
