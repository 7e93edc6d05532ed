// Looks at a network in training as it will be seen: in inference mode, batch norm folded, over the whole picture.

import type { Architecture } from '../model/architecture.js'
import { FormatError, UnsupportedError } from '../model/errors.js'
import { foldNetwork } from '../model/fold.js'
import { DEFAULT_FRAME } from '../model/frame.js'
import type { Network, NetworkLayer } from '../model/network.js'
import { inputsOfPixels, samplingOf, wholeFrame } from '../model/view.js'
import { Evaluator } from '../kernel/evaluator.js'
import type { Tensors } from '../kernel/training.js'
import { psnrOfMeanSquare } from './metrics.js'
import type { RgbImage } from './rgb-image.js'

export class Inspector {
  readonly #architecture: Architecture
  readonly #image: RgbImage
  readonly #inputs: Float64Array
  readonly #rgb: Float32Array
  #evaluator: Evaluator | null = null

  constructor(architecture: Architecture, image: RgbImage) {
    this.#architecture = architecture
    this.#image = image
    const { width, height } = image
    const sampling = samplingOf(DEFAULT_FRAME, wholeFrame(DEFAULT_FRAME), width, height)
    const rect = { x: 0, y: 0, width, height }
    this.#inputs = inputsOfPixels(new Float64Array(width * height * 2), sampling, DEFAULT_FRAME.order, image, rect)
    this.#rgb = new Float32Array(width * height * 3)
  }

  /**
   * Evaluates the network at every pixel of the picture: raw outputs [height, width, 3], valid until the next call; null
   * when a weight, batch norm folded, is no finite float32.
   */
  evaluate(tensors: Tensors): Float32Array | null {
    try {
      const folded = foldNetwork(networkFromTensors(this.#architecture, tensors))
      if (this.#evaluator) this.#evaluator.setNetwork(folded)
      else this.#evaluator = new Evaluator(folded)
    } catch (error) {
      // Beyond float64 when folded, or beyond float32; that the kernel runs here, the training has shown.
      if (error instanceof FormatError || error instanceof UnsupportedError) return null
      throw error
    }
    return this.#evaluator.evaluate(this.#rgb, this.#inputs)
  }

  /** PSNR against the picture, in dB; NaN when a weight or an output is no finite number. */
  psnrOf(tensors: Tensors): number {
    const { data } = this.#image
    const rgb = this.evaluate(tensors)
    if (!rgb) return Number.NaN
    let squares = 0
    for (let i = 0; i < rgb.length; i++) {
      const error = Math.min(1, Math.max(0, rgb[i])) - data[i]
      squares += error * error
    }
    return psnrOfMeanSquare(squares / rgb.length)
  }
}

/** A Network from tensors as the kernel gives them, in float64. */
export function networkFromTensors(architecture: Architecture, tensors: Tensors): Network {
  const read = (name: string): Float64Array => Float64Array.from(tensors.get(name) ?? [])
  const layers = architecture.layers.map((layer): NetworkLayer => {
    const { kind, name } = layer
    if (kind === 'gelu') return layer
    const [weight, bias] = [read(`${name}.weight`), read(`${name}.bias`)]
    if (kind === 'linear') return { ...layer, weight, bias }
    return {
      ...layer,
      weight,
      bias,
      runningMean: read(`${name}.running_mean`),
      runningVar: read(`${name}.running_var`),
    }
  })
  return { architecture, layers, prefix: '', warnings: [] }
}
