// The 8-bit picture as the float64 reference has it, for little more than the kernel's time. float32 puts a value on the
// wrong side where it lies next to the boundary of two levels, so those values are looked at again:
//
// - A value within DOUBT of a boundary (2 % of the pixels of a flag) is evaluated once more from another centre. Its
//   rounding errors are others then, and the difference tells how large they are at this place.
// - Where the boundary lies within that, the reference decides (0.5 %).
//
// The kernel differs from the reference by 1e-7 in the median, by up to 4e-5 next to a sharp edge of the nets in
// tests/oracle; without this some twenty values of such a picture are one level off, with it none. It is a measure and no
// proof: a value that is wrong by more than DOUBT is not seen, and stays one level off.

import { INPUT_DIM, OUTPUT_DIM } from '../model/architecture.js'
import type { FoldedNetwork } from '../model/fold.js'
import { evaluateFolded } from '../model/reference.js'
import { sampleOffsets } from '../model/samples.js'
import { applyTone, levelOf, toneOf } from '../model/tone.js'
import { drawColours } from './colours.js'
import type { Evaluator } from './evaluator.js'
import { centreOf, offsetsOfBlocks, type Region } from './region.js'

/** As a share of the colour range: PyTorch's own float32 differs from its float64 by as much. */
const DOUBT = 2e-5
/** What two evaluations may have in common: the rounding of the weights. */
const COMMON_ERROR = 2e-6
/** How much larger an error may be than the difference of two. */
const ERROR_FACTOR = 4
/** The other centre, in views from the first. No round numbers: those would round alike. */
const OTHER_CENTRE = [0.18537, -0.10731] as const

/**
 * Draws a region.
 * @param evaluator of the same network; null draws everything with the reference
 * @returns [blocks, 3] levels, row after row
 */
export function drawLevels(
  evaluator: Evaluator | null,
  folded: FoldedNetwork,
  region: Region,
): Uint8Array<ArrayBuffer> {
  const { width, height } = region.blocks
  const levels = new Uint8Array(width * height * OUTPUT_DIM)
  if (!evaluator) {
    referColours(levels, folded, region, Array.from({ length: width * height }, (_, block) => block))
    return levels
  }
  const colours = drawColours(evaluator, region)
  for (let i = 0; i < levels.length; i++) levels[i] = levelOf(colours[i])
  const doubtful = blocksNearer(colours, () => DOUBT)
  if (doubtful.length > 0) referColours(levels, folded, region, mistakable(evaluator, region, colours, doubtful))
  return levels
}

/** Lists the blocks that have a channel nearer to a boundary than a distance that may depend on the block; NaN is near. */
function blocksNearer(colours: Float32Array, limitOf: (block: number) => number): number[] {
  const near: number[] = []
  for (let i = 0; i < colours.length; i++) {
    const position = colours[i] * 255 + 0.5
    // Written so that NaN is near.
    if (Math.abs(position - Math.round(position)) > 255 * limitOf(Math.floor(i / OUTPUT_DIM))) continue
    const block = Math.floor(i / OUTPUT_DIM)
    if (near[near.length - 1] !== block) near.push(block)
  }
  return near
}

/** Of the doubtful blocks those whose error reaches the boundary, by what a second evaluation differs. */
function mistakable(
  evaluator: Evaluator,
  region: Region,
  colours: Float32Array,
  doubtful: readonly number[],
): readonly number[] {
  const { sampling, viewport } = region
  const shiftX = OTHER_CENTRE[0] * viewport.width * sampling.stepX
  const shiftY = OTHER_CENTRE[1] * viewport.height * sampling.stepY
  const shift = region.frame.order === 'xy' ? [shiftX, shiftY] : [shiftY, shiftX]
  const [first, second] = centreOf(region)
  evaluator.setCentre(first + shift[0], second + shift[1])
  const again = meanColours(region, doubtful, offsets => {
    const inputs = Float32Array.from(offsets, (offset, i) => offset - shift[i & 1])
    return evaluator.evaluate(new Float32Array(doubtful.length * OUTPUT_DIM), inputs)
  })
  const seen = new Float32Array(again.length)
  doubtful.forEach((block, i) =>
    seen.set(colours.subarray(block * OUTPUT_DIM, (block + 1) * OUTPUT_DIM), i * OUTPUT_DIM),
  )
  const errorOf = (i: number) => {
    let difference = 0
    for (let at = i * OUTPUT_DIM; at < (i + 1) * OUTPUT_DIM; at++)
      difference = Math.max(difference, Math.abs(seen[at] - again[at]))
    return COMMON_ERROR + ERROR_FACTOR * difference
  }
  return blocksNearer(seen, errorOf).map(i => doubtful[i])
}

/** Sets the levels of some blocks to the reference's. */
function referColours(levels: Uint8Array, folded: FoldedNetwork, region: Region, chosen: readonly number[]): void {
  const [first, second] = centreOf(region)
  const colours = meanColours(region, chosen, offsets => {
    const inputs = offsets.map((offset, i) => offset + (i & 1 ? second : first))
    return evaluateFolded(new Float64Array(chosen.length * OUTPUT_DIM), folded, inputs)
  })
  chosen.forEach((block, i) => {
    for (let channel = 0; channel < OUTPUT_DIM; channel++)
      levels[block * OUTPUT_DIM + channel] = levelOf(colours[i * OUTPUT_DIM + channel])
  })
}

/**
 * Colours of some blocks: the mean over the samples of what `evaluate` gives.
 * @param evaluate raw outputs [blocks, 3] at offsets [blocks, 2] from the view's centre
 */
function meanColours(
  region: Region,
  chosen: readonly number[],
  evaluate: (offsets: Float64Array) => Float32Array | Float64Array,
): Float64Array {
  const { frame, blocks, samples } = region
  const tone = toneOf(frame)
  const sum = new Float64Array(chosen.length * OUTPUT_DIM)
  const all = new Float64Array(blocks.width * blocks.height * INPUT_DIM)
  const positions = sampleOffsets(samples)
  for (let s = 0; s < samples; s++) {
    offsetsOfBlocks(all, region, positions[2 * s], positions[2 * s + 1])
    const offsets = new Float64Array(chosen.length * INPUT_DIM)
    chosen.forEach((block, i) => {
      offsets[i * INPUT_DIM] = all[block * INPUT_DIM]
      offsets[i * INPUT_DIM + 1] = all[block * INPUT_DIM + 1]
    })
    const colours = applyTone(evaluate(offsets), tone)
    for (let i = 0; i < sum.length; i++) sum[i] += colours[i] / samples
  }
  return sum
}
