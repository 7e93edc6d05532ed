// Where a net is wrong, and how likely a pixel is therefore drawn: p_i proportional to (1 - share) + share e_i / mean(e), e_i the
// root of the pixel's displayed squared error in inference mode, smoothed over the times it was taken. Losses are weighted by
// 1 / (N p_i), so that what is minimised stays the mean over the picture. A team takes the map in parts.
//
// For runs that see a picture a few times only the map is coarser: one value for `group` pixels that follow each other in the
// cover order, taken at one of them, another one each time.

import type { Architecture } from '../model/architecture.js'
import type { Evaluator } from '../kernel/evaluator.js'
import type { Tensors } from '../kernel/training.js'
import { TrainingEvaluator } from './inference.js'
import type { ImageSize, RgbImage } from './rgb-image.js'
import type { Schedule } from './schedule.js'

/** When the map is taken, and how fine it is. */
export interface ErrorSchedule {
  /** Steps from one time to the next. */
  readonly everySteps: number
  /** Pixels that share a value. */
  readonly group: number
  /** From this step on the probabilities stay as they are. */
  readonly frozenFrom: number
}

// An evaluation costs a third of a pixel's training: once in two passes is a sixth of the time.
const PASSES = 2
const LEAST_TIMES = 8
/** The last part of a run has fixed probabilities: its running statistics are then those of one distribution. */
const FROZEN_SHARE = 0.15

/** @param batch pixels a step, all replicas together */
export function errorSchedule({ width, height }: ImageSize, steps: number, batch: number): ErrorSchedule {
  const pixels = width * height
  const frozenFrom = Math.ceil(steps * (1 - FROZEN_SHARE))
  const wanted = Math.round((PASSES * pixels) / batch)
  const everySteps = Math.max(1, Math.min(wanted, Math.floor(frozenFrom / LEAST_TIMES)))
  return { everySteps, group: Math.ceil((PASSES * pixels) / (everySteps * batch)), frozenFrom }
}

/** Whether the map is due before a step. A landing is the last part of the run that it ends: nothing moves in it. */
export function isErrorMapDue(
  { everySteps, frozenFrom }: ErrorSchedule,
  { landing }: Pick<Schedule, 'landing'>,
  step: number,
): boolean {
  return step > 0 && step % everySteps === 0 && step < Math.min(frozenFrom, landing?.from ?? frozenFrom)
}

/** Values of one replica's part: all parts are equally long, the last one's end is filled with zeros. */
export function partLength({ width, height }: ImageSize, group: number, threads: number): number {
  return Math.ceil(Math.ceil((width * height) / group) / threads)
}

// What is left of the map before when a new one comes.
const SMOOTHING = 0.7
const CHUNK = 4096

export class ErrorMap {
  readonly #evaluator: TrainingEvaluator
  readonly #image: RgbImage
  readonly #places: Uint32Array
  readonly #schedule: ErrorSchedule
  readonly #inputs = new Float64Array(CHUNK * 2)
  readonly #rgb = new Float32Array(CHUNK * 3)
  #values: Float32Array

  /** @param values the map so far, empty before the first */
  constructor(
    architecture: Architecture,
    image: RgbImage,
    places: Uint32Array,
    schedule: ErrorSchedule,
    values: Float32Array,
  ) {
    this.#evaluator = new TrainingEvaluator(architecture)
    this.#image = image
    this.#places = places
    this.#schedule = schedule
    this.#values = values.slice()
  }

  /** [ceil(pixels / group)], in the cover order; empty before the first. */
  get values(): Float32Array {
    return this.#values
  }

  /**
   * Takes one replica's part of the map.
   * @param step at which it is due
   * @returns roots of squared errors, summed over the channels; no numbers where the network gives none
   */
  measure(tensors: Tensors, step: number, index: number, threads: number): Float32Array {
    const { group, everySteps } = this.#schedule
    const length = partLength(this.#image, group, threads)
    const part = new Float32Array(length)
    const evaluator = this.#evaluator.load(tensors)
    if (!evaluator) return part.fill(Number.NaN)
    const count = Math.max(0, Math.min(length, Math.ceil(this.#places.length / group) - index * length))
    const turn = Math.round(step / everySteps) % group
    for (let start = 0; start < count; start += CHUNK)
      this.#measureChunk(evaluator, part, start, Math.min(CHUNK, count - start), index * length, turn)
    return part
  }

  #measureChunk(
    evaluator: Evaluator,
    part: Float32Array,
    start: number,
    count: number,
    offset: number,
    turn: number,
  ): void {
    const { width, height, data } = this.#image
    const { group } = this.#schedule
    const pixelAt = (i: number) => this.#places[Math.min(this.#places.length - 1, (offset + start + i) * group + turn)]
    for (let i = 0; i < count; i++) {
      const place = pixelAt(i)
      this.#inputs[2 * i] = (((place & 0xffff) + 0.5) / width) * 2 - 1
      this.#inputs[2 * i + 1] = (((place >>> 16) + 0.5) / height) * 2 - 1
    }
    evaluator.evaluate(this.#rgb.subarray(0, count * 3), this.#inputs.subarray(0, count * 2))
    for (let i = 0; i < count; i++) {
      const place = pixelAt(i)
      const at = 3 * ((place >>> 16) * width + (place & 0xffff))
      let squares = 0
      for (let channel = 0; channel < 3; channel++) {
        const error = Math.min(1, Math.max(0, this.#rgb[3 * i + channel])) - data[at + channel]
        squares += error * error
      }
      part[start + i] = Math.sqrt(squares)
    }
  }

  /** Joins the parts of all replicas, in their order, to what is known. */
  take(parts: readonly Float32Array[]): void {
    const length = parts[0].length
    const taken = new Float32Array(Math.ceil(this.#places.length / this.#schedule.group))
    const isFirst = this.#values.length === 0
    for (let i = 0; i < taken.length; i++) {
      const value = parts[Math.floor(i / length)][i % length]
      taken[i] = isFirst ? value : SMOOTHING * this.#values[i] + (1 - SMOOTHING) * value
    }
    this.#values = taken
  }

  /**
   * The probability of each pixel, in the cover order, not normalised.
   * @param share that follows the errors, the rest is even
   */
  probabilities(share: number): (pixel: number) => number {
    const { group } = this.#schedule
    const values = this.#values
    let sum = 0
    for (const value of values) sum += value
    const mean = sum / values.length
    // Exact everywhere, or no numbers: drawn evenly.
    if (!(mean > 0 && Number.isFinite(mean))) return () => 1
    return pixel => 1 - share + (share * values[Math.floor(pixel / group)]) / mean
  }
}
