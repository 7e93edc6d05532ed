// How much every parameter matters for what is seen: over the pixels of a view, the mean change of the picture per unit change of
// the parameter, by exact derivatives. A change of the picture is the mean over pixels and channels of |d colour / d parameter|, in
// displayed channels of which [0, 1] is the whole range.
//
// The colour is taken before it is clamped to [0, 1]. Behind the clamp every derivative of a pixel that is shown as full white, black
// or red is 0 or not by a hair's breadth: a net that has learned a flag well gives 1 + 1e-3 and 1 - 1e-3 by turns over a white field.
// That would say that nothing matters where a small step the one way does show. So this is how far the colour is *moved*.

import { listParameters } from '../edit/parameters.js'
import { OUTPUT_DIM } from '../model/architecture.js'
import type { Frame } from '../model/frame.js'
import type { Network } from '../model/network.js'
import { createTape, runBackward, runForward, type Tape } from '../model/tape.js'
import { type Tone, toneOf, toneSlope } from '../model/tone.js'
import type { Sampling } from '../model/view.js'
import { parameterFactors, type TapedTensor, tapedTensors } from './backward.js'

/** The pixels that are looked at: pixel centres of a width x height picture, as `samplingOf` or `itemSampling` has it. */
export interface SensitivityView {
  readonly frame: Frame
  readonly sampling: Sampling
  readonly width: number
  readonly height: number
}

// Pixels in turns by the golden ratio: the first hundred lie all over the picture, so that what is known early is a fair sample.
const GOLDEN = (Math.sqrt(5) - 1) / 2

/**
 * A measurement under way. It is advanced by as many pixels at a time as there is time for, and thrown away when nobody wants it
 * any more; nothing is allocated on the way.
 */
export class SensitivityPass {
  readonly pixelCount: number
  readonly #view: SensitivityView
  readonly #tone: Tone
  readonly #tape: Tape
  readonly #tensors: readonly TapedTensor[]
  readonly #factors: Float64Array
  /** [widest]: per value of a stage, the sum over channels of |d colour / d value|. */
  readonly #pull: Float64Array
  /** [count] by parameter: sums over pixels and channels. */
  readonly #sums: Float64Array
  readonly #stride: number
  #done = 0

  constructor(network: Network, view: SensitivityView) {
    this.#view = view
    this.#tone = toneOf(view.frame)
    this.#tape = createTape(network.layers)
    this.#tensors = tapedTensors(network.architecture, this.#tape)
    const widest = Math.max(...this.#tape.stages.map(({ input, values }) => Math.max(input.length, values.length)))
    this.#factors = new Float64Array(widest)
    this.#pull = new Float64Array(widest)
    this.#sums = new Float64Array(listParameters(network.architecture).count)
    this.pixelCount = view.width * view.height
    this.#stride = coprimeNear(Math.round(this.pixelCount * GOLDEN), this.pixelCount)
  }

  /** Pixels that are in the means so far. */
  get pixelsDone(): number {
    return this.#done
  }

  get isDone(): boolean {
    return this.#done >= this.pixelCount
  }

  /** Takes the next pixels in. @returns whether all are */
  advance(pixels: number): boolean {
    const end = Math.min(this.pixelCount, this.#done + pixels)
    for (; this.#done < end; this.#done++) this.#addPixel((this.#done * this.#stride) % this.pixelCount)
    return this.isDone
  }

  /**
   * The sensitivities over the pixels so far: [count] by the flat index of `listParameters`, each >= 0, in displayed channels per
   * unit of the parameter. Zeros before the first pixel.
   */
  read(): Float64Array<ArrayBuffer> {
    const count = Math.max(1, this.#done) * OUTPUT_DIM
    return this.#sums.map(sum => sum / count)
  }

  #addPixel(index: number): void {
    const { frame, sampling, width, height } = this.#view
    const column = index % width
    const row = (index - column) / width
    const x = sampling.x + (column + 0.5 - width / 2) * sampling.stepX
    const y = sampling.y + (row + 0.5 - height / 2) * sampling.stepY
    if (frame.order === 'xy') runForward(this.#tape, x, y)
    else runForward(this.#tape, y, x)
    runBackward(this.#tape)
    this.#addMagnitudes()
  }

  #addMagnitudes(): void {
    const tone = this.#tone
    const { raw } = this.#tape
    // Which of the channels is called red changes no sum over all three.
    const s0 = toneSlope(raw[0], tone)
    const s1 = toneSlope(raw[1], tone)
    const s2 = toneSlope(raw[2], tone)
    const sums = this.#sums
    const pull = this.#pull
    const factors = this.#factors
    for (const taped of this.#tensors) {
      const { tensor, stage } = taped
      const { gradients } = stage
      for (let unit = 0, g = 0; unit < stage.values.length; unit++, g += OUTPUT_DIM)
        pull[unit] = Math.abs(gradients[g] * s0) + Math.abs(gradients[g + 1] * s1) + Math.abs(gradients[g + 2] * s2)
      parameterFactors(factors, taped)
      if (tensor.shape.length === 2) {
        const inDim = tensor.shape[1]
        for (let o = 0, p = tensor.start; o < stage.values.length; o++)
          for (let i = 0; i < inDim; i++, p++) sums[p] += pull[o] * Math.abs(factors[i])
      } else for (let u = 0; u < tensor.count; u++) sums[tensor.start + u] += pull[u] * Math.abs(factors[u])
    }
  }
}

/** The first whole number from `start` on that shares no factor with `count`. */
function coprimeNear(start: number, count: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))
  let stride = Math.max(1, start)
  while (divisor(stride, count) !== 1) stride++
  return stride
}

/** Measures all pixels of a view at once. @returns [count], as {@link SensitivityPass.read} */
export function measureSensitivities(network: Network, view: SensitivityView): Float64Array {
  const pass = new SensitivityPass(network, view)
  pass.advance(pass.pixelCount)
  return pass.read()
}
