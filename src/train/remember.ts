// A net that was trained on pixels drawn by importance has batch norms that remember the sample. Its file must remember the
// picture, as PyTorch's own training would have left it: the solver, and whoever else reads running statistics, lives on that.
// Batch norm is affine at inference, so its statistics may be exchanged for any others if weight and bias follow:
//
//   weight' = weight sqrt(var' + eps) / sqrt(var + eps),  bias' = bias + weight (mean' - mean) / sqrt(var + eps)

import type { Architecture } from '../model/architecture.js'
import { FormatError, UnsupportedError } from '../model/errors.js'
import { foldNetwork } from '../model/fold.js'
import { DEFAULT_FRAME } from '../model/frame.js'
import { inputsOfPixels, samplingOf, wholeFrame } from '../model/view.js'
import { Evaluator } from '../kernel/evaluator.js'
import type { Tensors } from '../kernel/training.js'
import { networkFromTensors } from './inspector.js'
import type { ImageSize } from './rgb-image.js'

/** What the inputs of a batch norm are like over a picture, [dim] each; the variance is unbiased, as PyTorch's. */
export interface InputStatistics {
  readonly name: string
  readonly mean: Float64Array
  readonly variance: Float64Array
}

// Points that are evaluated at a time, at least a row.
const CHUNK = 4096

/**
 * Takes the statistics of all batch norms' inputs over a picture, in inference mode, at each pixel's centre.
 * @param size of the picture in pixels
 * @returns null when a weight, folded, or a statistic is no finite number
 */
export function pictureStatistics(
  architecture: Architecture,
  tensors: Tensors,
  size: ImageSize,
): InputStatistics[] | null {
  const evaluator = evaluatorOf(architecture, tensors)
  if (!evaluator) return null
  const sampling = samplingOf(DEFAULT_FRAME, wholeFrame(DEFAULT_FRAME), size.width, size.height)
  const rows = Math.max(1, Math.floor(CHUNK / size.width))
  for (let y = 0; y < size.height; y += rows) {
    const rect = { x: 0, y, width: size.width, height: Math.min(rows, size.height - y) }
    const inputs = new Float64Array(rect.width * rect.height * 2)
    evaluator.addMoments(inputsOfPixels(inputs, sampling, DEFAULT_FRAME.order, size, rect))
  }
  const statistics: InputStatistics[] = []
  let linears = 0
  for (const layer of architecture.layers) {
    if (layer.kind === 'linear') linears++
    if (layer.kind === 'batchNorm')
      statistics.push({ name: layer.name, ...evaluator.momentsOf(linears - 1, layer.dim) })
  }
  const isFinite = statistics.every(({ mean, variance }) => [...mean, ...variance].every(Number.isFinite))
  return isFinite ? statistics : null
}

function evaluatorOf(architecture: Architecture, tensors: Tensors): Evaluator | null {
  try {
    return new Evaluator(foldNetwork(networkFromTensors(architecture, tensors)))
  } catch (error) {
    // Beyond float64 when folded, or beyond float32.
    if (error instanceof FormatError || error instanceof UnsupportedError) return null
    throw error
  }
}

/**
 * Gives every batch norm the statistics of a picture; the function stays the same.
 * @param size of the picture in pixels
 * @returns new tensors; the same where the network gives no finite numbers
 */
export function rememberPicture(architecture: Architecture, tensors: Tensors, size: ImageSize): Tensors {
  const statistics = pictureStatistics(architecture, tensors, size)
  if (!statistics) return tensors
  const remembered = new Map(tensors)
  for (const layer of architecture.layers)
    if (layer.kind === 'batchNorm') {
      const { mean, variance } = statistics.find(({ name }) => name === layer.name) as InputStatistics
      exchangeStatistics(remembered, layer, mean, variance)
    }
  return remembered
}

function exchangeStatistics(
  tensors: Map<string, Float32Array>,
  { name, eps }: { readonly name: string; readonly eps: number },
  mean: Float64Array,
  variance: Float64Array,
): void {
  const read = (role: string) => tensors.get(`${name}.${role}`) as Float32Array
  const [weight, bias, oldMean, oldVariance] = ['weight', 'bias', 'running_mean', 'running_var'].map(read)
  // As the file will hold them, so that weight and bias follow what is read and not what was meant.
  const [newMean, newVariance] = [mean, variance].map(values => Float32Array.from(values))
  const scales = Float64Array.from(weight, (value, i) => value / Math.sqrt(oldVariance[i] + eps))
  tensors.set(`${name}.running_mean`, newMean)
  tensors.set(`${name}.running_var`, newVariance)
  tensors.set(
    `${name}.weight`,
    weight.map((value, i) => (value * Math.sqrt(newVariance[i] + eps)) / Math.sqrt(oldVariance[i] + eps)),
  )
  tensors.set(
    `${name}.bias`,
    bias.map((value, i) => value + scales[i] * (newMean[i] - oldMean[i])),
  )
}
