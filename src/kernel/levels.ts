// The 8-bit picture as the float64 reference has it, for little more than the kernel's time. float32 puts a value on the
// wrong side where it lies next to the boundary of two levels, so those values are looked at again:
//
// - A value within DOUBT of a boundary (2 % of the pixels of a flag) is evaluated twice more, from other centres. Its
//   rounding errors are others then, and the differences tell how large they are at this place.
// - Where the boundary lies within reach of that, the reference decides (0.6 %).
//
// The kernel differs from the reference by 1e-7 in the median, by up to 7e-5 next to the sharpest edges of the nets in
// tests/oracle. Without this some twenty values of such a picture are one level off, with it none. It is a measure and no
// proof: of half a million pixels of each of three flags it left two values one level off.

import { INPUT_DIM, OUTPUT_DIM } from '../model/architecture.js'
import type { FoldedNetwork } from '../model/fold.js'
import { evaluateFolded } from '../model/reference.js'
import { sampleOffsets } from '../model/samples.js'
import { evaluateTap } from '../model/tap.js'
import { levelOf } from '../model/tone.js'
import { ColourDrawer } from './colours.js'
import type { PointEvaluator } from './point-evaluator.js'
import { centreOf, coloursOf, evaluateRegion, offsetsOfChosen, type Region, valuesPerPoint } from './region.js'

/** As a share of the colour range: PyTorch's own float32 differs from its float64 by as much. */
const DOUBT = 2e-5
/** What two evaluations may have in common: the rounding of the weights. */
const COMMON_ERROR = 2e-6
/** How much larger an error may be than what three evaluations differ. */
const ERROR_FACTOR = 8
/** The other centres, in views from the first. No round numbers: those would round alike. */
const OTHER_CENTRES = [
  [0.18537, -0.10731],
  [-0.27113, 0.16341],
] as const

export class LevelDrawer {
  readonly #drawer: ColourDrawer | null

  /** @param evaluator of the same network; null draws everything with the reference */
  constructor(
    private folded: FoldedNetwork,
    evaluator: PointEvaluator | null,
  ) {
    this.#drawer = evaluator && new ColourDrawer(evaluator)
  }

  /**
   * Replaces the network by another of the same architecture.
   * @throws UnsupportedError when a weight of it is beyond float32; the one before stays
   */
  setNetwork(folded: FoldedNetwork): void {
    this.#drawer?.evaluator.setNetwork(folded)
    this.folded = folded
  }

  /**
   * Draws a region, the coherent way where it says so and there is a kernel.
   * @returns [blocks, 3] levels, row after row
   */
  draw(region: Region): Uint8Array<ArrayBuffer> {
    const count = region.blocks.width * region.blocks.height
    const levels = new Uint8Array(count * OUTPUT_DIM)
    if (this.#drawer && region.tolerance !== undefined) {
      const { rgba } = this.#drawer.drawPixels(region)
      for (let i = 0; i < levels.length; i++) levels[i] = rgba[i + Math.floor(i / OUTPUT_DIM)]
      return levels
    }
    if (!this.#drawer) {
      this.#refer(
        levels,
        region,
        Array.from({ length: count }, (_, block) => block),
      )
      return levels
    }
    const colours = this.#drawer.draw(region)
    for (let i = 0; i < levels.length; i++) levels[i] = levelOf(colours[i])
    const doubtful = blocksNear(colours, () => DOUBT)
    if (doubtful.length > 0) this.#refer(levels, region, this.#mistakable(this.#drawer, region, colours, doubtful))
    return levels
  }

  /** Of the doubtful blocks those whose error reaches the boundary, by what the other evaluations differ. */
  #mistakable(
    { evaluator }: ColourDrawer,
    region: Region,
    colours: Float32Array,
    doubtful: readonly number[],
  ): number[] {
    const { frame, sampling, viewport } = region
    const [first, second] = centreOf(region)
    const seen = doubtful.flatMap(block => [...colours.subarray(block * OUTPUT_DIM, (block + 1) * OUTPUT_DIM)])
    const limits = new Float64Array(doubtful.length).fill(COMMON_ERROR)
    for (const [x, y] of OTHER_CENTRES) {
      const shift = [x * viewport.width * sampling.stepX, y * viewport.height * sampling.stepY]
      if (frame.order === 'yx') shift.reverse()
      evaluator.setCentre(first + shift[0], second + shift[1])
      const again = meanColours(region, doubtful, offsets => {
        const inputs = offsets.map((offset, i) => offset - shift[i & 1])
        const values = new Float32Array(doubtful.length * valuesPerPoint(region))
        return evaluateRegion(evaluator, values, region, inputs)
      })
      again.forEach((colour, i) => {
        const block = Math.floor(i / OUTPUT_DIM)
        limits[block] = Math.max(limits[block], COMMON_ERROR + ERROR_FACTOR * Math.abs(seen[i] - colour))
      })
    }
    return blocksNear(seen, i => limits[i]).map(i => doubtful[i])
  }

  /** Sets the levels of some blocks to the reference's. */
  #refer(levels: Uint8Array, region: Region, chosen: readonly number[]): void {
    const [first, second] = centreOf(region)
    const { tap } = region
    const values = new Float64Array(chosen.length * valuesPerPoint(region))
    const colours = meanColours(region, chosen, offsets => {
      const inputs = offsets.map((offset, i) => offset + (i & 1 ? second : first))
      return tap ? evaluateTap(values, this.folded, tap, inputs) : evaluateFolded(values, this.folded, inputs)
    })
    chosen.forEach((block, i) => {
      for (let channel = 0; channel < OUTPUT_DIM; channel++)
        levels[block * OUTPUT_DIM + channel] = levelOf(colours[i * OUTPUT_DIM + channel])
    })
  }
}

/** Lists the blocks with a channel that is no farther from a boundary than a limit, which may depend on the block. */
function blocksNear(colours: ArrayLike<number>, limitOf: (block: number) => number): number[] {
  const near: number[] = []
  for (let block = 0, i = 0; i < colours.length; block++) {
    let distance = 1
    for (const end = i + OUTPUT_DIM; i < end; i++) {
      const position = colours[i] * 255 + 0.5
      distance = Math.min(distance, Math.abs(position - Math.round(position)))
    }
    // Written so that NaN is near.
    if (!(distance > 255 * limitOf(block))) near.push(block)
  }
  return near
}

/**
 * Colours of some blocks: the mean over the samples of what `evaluate` gives.
 * @param evaluate raw values [blocks, values a point] at offsets [blocks, 2] from the view's centre
 */
function meanColours(
  region: Region,
  chosen: readonly number[],
  evaluate: (offsets: Float64Array) => Float32Array | Float64Array,
): Float64Array {
  const { samples } = region
  const sum = new Float64Array(chosen.length * OUTPUT_DIM)
  const offsets = new Float64Array(chosen.length * INPUT_DIM)
  const positions = sampleOffsets(samples)
  for (let s = 0; s < samples; s++) {
    offsetsOfChosen(offsets, region, chosen, positions[2 * s], positions[2 * s + 1])
    const values = evaluate(offsets)
    const colours = coloursOf(region.tap ? new Float64Array(sum.length) : values, values, region)
    for (let i = 0; i < sum.length; i++) sum[i] += colours[i]
  }
  return sum.map(value => value / samples)
}
