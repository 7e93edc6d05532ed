// How far a net in training is, in inference mode, while it goes on: both measures of a Target, on all pixels or on as many
// as there is time for. Those that are taken are spread over the picture and always the same.

import type { Architecture } from '../model/architecture.js'
import { DEFAULT_FRAME } from '../model/frame.js'
import { samplingOf, wholeFrame } from '../model/view.js'
import type { Evaluator } from '../kernel/evaluator.js'
import type { Tensors } from '../kernel/training.js'
import { TrainingEvaluator } from './inference.js'
import { psnrOfMeanSquare } from './metrics.js'
import type { RgbImage } from './rgb-image.js'
import { type Psnrs, SEEN_OFFSETS, type Target } from './target.js'

// Points that are evaluated at a time.
const CHUNK = 4096
// Roberts' R2 sequence: 1 / g and 1 / g^2 with g the plastic number.
const R2 = [0.7548776662466927, 0.5698402909980532] as const

const NO_NUMBER: Psnrs = { psnr: Number.NaN, psnrDetail: Number.NaN }

export class Gauge {
  readonly #evaluator: TrainingEvaluator
  readonly #target: Target
  readonly #inputs = new Float64Array(CHUNK * 2)
  readonly #rgb = new Float32Array(CHUNK * 3)

  constructor(architecture: Architecture, target: Target) {
    this.#evaluator = new TrainingEvaluator(architecture)
    this.#target = target
  }

  /**
   * Measures a network.
   * @param evaluations about as many as it may take; Infinity takes every pixel
   * @returns NaN in both when a weight, folded, or an output is no finite float32
   */
  measure(tensors: Tensors, evaluations: number): Psnrs {
    const evaluator = this.#evaluator.load(tensors)
    if (!evaluator) return NO_NUMBER
    const { seen, detail } = this.#target
    return {
      psnr: this.#psnrOf(evaluator, seen, SEEN_OFFSETS, evaluations / SEEN_OFFSETS.length),
      psnrDetail: this.#psnrOf(evaluator, detail, [0, 0], evaluations / 2),
    }
  }

  /** @param offsets of the samples from a pixel's centre, x y x y ..., in pixels */
  #psnrOf(evaluator: Evaluator, image: RgbImage, offsets: readonly number[], wanted: number): number {
    const { width, height, data } = image
    const all = width * height
    const count = Math.min(all, Math.max(1, Math.ceil(wanted)))
    const samples = offsets.length / 2
    const perChunk = Math.floor(CHUNK / samples)
    const sampling = samplingOf(DEFAULT_FRAME, wholeFrame(DEFAULT_FRAME), width, height)
    const pixels = new Int32Array(perChunk)
    let squares = 0
    for (let start = 0; start < count; start += perChunk) {
      const taken = Math.min(perChunk, count - start)
      for (let i = 0; i < taken; i++) {
        const pixel = count === all ? start + i : spreadPixel(start + i, width, height)
        pixels[i] = pixel
        const column = (pixel % width) + 0.5 - width / 2
        const row = Math.floor(pixel / width) + 0.5 - height / 2
        for (let s = 0; s < samples; s++) {
          this.#inputs[2 * (i * samples + s)] = sampling.x + (column + offsets[2 * s]) * sampling.stepX
          this.#inputs[2 * (i * samples + s) + 1] = sampling.y + (row + offsets[2 * s + 1]) * sampling.stepY
        }
      }
      const points = taken * samples
      evaluator.evaluate(this.#rgb.subarray(0, points * 3), this.#inputs.subarray(0, points * 2))
      for (let i = 0; i < taken; i++)
        for (let channel = 0; channel < 3; channel++) {
          let sum = 0
          for (let s = 0; s < samples; s++) sum += Math.min(1, Math.max(0, this.#rgb[3 * (i * samples + s) + channel]))
          const error = sum / samples - data[3 * pixels[i] + channel]
          squares += error * error
        }
    }
    return psnrOfMeanSquare(squares / (3 * count))
  }
}

function spreadPixel(index: number, width: number, height: number): number {
  const column = Math.floor(((0.5 + index * R2[0]) % 1) * width)
  const row = Math.floor(((0.5 + index * R2[1]) % 1) * height)
  return row * width + column
}
