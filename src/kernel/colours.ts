// What the kernel shows of a region, in float32. Regions come by the thousand, so what is written on the way is kept.

import { INPUT_DIM, OUTPUT_DIM } from '../model/architecture.js'
import { levelsOf } from '../model/picture.js'
import { sampleOffsets } from '../model/samples.js'
import { CoherentDrawer } from './coherent.js'
import type { PointEvaluator } from './point-evaluator.js'
import { centreOf, coloursOf, type DrawnRegion, evaluateRegion, offsetsOfBlocks, type Region } from './region.js'

export class ColourDrawer {
  #inputs = new Float32Array()
  #values = new Float32Array()
  #colours = new Float32Array()
  #sum = new Float32Array()
  /** Made when it is first asked for: its lattice is two megabytes. */
  #coherent: CoherentDrawer | null = null

  constructor(readonly evaluator: PointEvaluator) {}

  /** Draws a region as pixels, the coherent way where it says so. */
  drawPixels(region: Region): DrawnRegion {
    if (region.tolerance !== undefined) return (this.#coherent ??= new CoherentDrawer(this.evaluator)).draw(region)
    const { blocks, samples } = region
    return { rgba: levelsOf(this.draw(region)), evaluations: blocks.width * blocks.height * samples }
  }

  /**
   * Draws a region, every pixel by the net.
   * @returns [blocks, 3] displayed colours in [0, 1], row after row, the mean over the samples of each pixel; good until
   *   the next region is drawn
   */
  draw(region: Region): Float32Array {
    const { blocks, samples } = region
    const count = blocks.width * blocks.height
    if (this.#colours.length < count * OUTPUT_DIM) {
      this.#inputs = new Float32Array(count * INPUT_DIM)
      this.#values = new Float32Array(count)
      this.#colours = new Float32Array(count * OUTPUT_DIM)
      this.#sum = new Float32Array(samples > 1 ? count * OUTPUT_DIM : 0)
    }
    const inputs = this.#inputs.subarray(0, count * INPUT_DIM)
    const colours = this.#colours.subarray(0, count * OUTPUT_DIM)
    this.evaluator.setCentre(...centreOf(region))
    if (samples === 1) {
      return this.#drawOnce(colours, region, offsetsOfBlocks(inputs, region, 0, 0))
    }
    if (this.#sum.length < colours.length) this.#sum = new Float32Array(colours.length)
    const sum = this.#sum.subarray(0, colours.length).fill(0)
    const offsets = sampleOffsets(samples)
    for (let s = 0; s < samples; s++) {
      offsetsOfBlocks(inputs, region, offsets[2 * s], offsets[2 * s + 1])
      this.#drawOnce(colours, region, inputs)
      for (let i = 0; i < sum.length; i++) sum[i] += colours[i]
    }
    for (let i = 0; i < sum.length; i++) sum[i] /= samples
    return sum
  }

  #drawOnce(colours: Float32Array, region: Region, inputs: Float32Array): Float32Array {
    const values = region.tap ? this.#values.subarray(0, inputs.length / INPUT_DIM) : colours
    return coloursOf(colours, evaluateRegion(this.evaluator, values, region, inputs), region)
  }
}
