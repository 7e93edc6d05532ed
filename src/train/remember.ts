// A net that was trained on pixels drawn by importance has batch norms that remember the sample. Its file must remember the
// picture, as PyTorch's own training would have left it: the solver, and whoever else reads running statistics, lives on that.
// Batch norm is affine at inference, so its statistics may be exchanged for any others if weight and bias follow:
//
//   weight' = weight sqrt(var' + eps) / sqrt(var + eps),  bias' = bias + weight (mean' - mean) / sqrt(var + eps)

import type { Architecture } from '../model/architecture.js'
import { DEFAULT_FRAME } from '../model/frame.js'
import { inputsOfPixels, samplingOf, wholeFrame } from '../model/view.js'
import type { FoldedNetwork } from '../model/fold.js'
import { isActivationName, type Layer } from '../model/layers/kinds.js'
import { Evaluator } from '../kernel/evaluator.js'
import type { Tensors } from '../kernel/training.js'
import { foldTensors } from './inference.js'
import type { ImageSize } from './rgb-image.js'

/** What the inputs of a batch norm are like over a picture, [dim] each; the variance is unbiased, as PyTorch's. */
export interface InputStatistics {
  readonly name: string
  readonly mean: Float64Array
  readonly variance: Float64Array
}

const UNBENT = { kind: 'leakyRelu', slope: 1 } as const
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
  const norms = architecture.layers.filter(layer => layer.kind === 'batchNorm')
  if (!foldTensors(architecture, tensors)) return null
  const taken = isPlainFolding(architecture)
    ? momentsInOnePass(architecture, tensors, size)
    : norms.map(({ name }) => momentsInFrontOf(architecture, tensors, size, name))
  const isFinite = taken.every(({ mean, variance }) => [...mean, ...variance].every(Number.isFinite))
  return isFinite ? taken : null
}

/** Whether each folded layer is a linear one with a function behind it, and batch norm stands behind that. */
function isPlainFolding({ layers }: Architecture): boolean {
  const words = layers.map(({ kind }) => (isActivationName(kind) ? 'activation' : kind))
  return /^(linear activation (batchNorm )?)*linear $/.test(words.map(word => `${word} `).join(''))
}

function momentsInOnePass(architecture: Architecture, tensors: Tensors, size: ImageSize): InputStatistics[] {
  const evaluator = evaluatedOver(architecture, tensors, size)
  const statistics: InputStatistics[] = []
  let linears = 0
  for (const layer of architecture.layers) {
    if (layer.kind === 'linear') linears++
    if (layer.kind === 'batchNorm')
      statistics.push({ name: layer.name, ...evaluator.momentsOf(linears - 1, layer.dim) })
  }
  return statistics
}

/** What the layers in front of a batch norm give is the last folded layer of these. */
function momentsInFrontOf(
  { name, layers }: Architecture,
  tensors: Tensors,
  size: ImageSize,
  norm: string,
): InputStatistics {
  const at = layers.findIndex(layer => layer.name === norm)
  const inputs = layers[at] as Extract<Layer, { kind: 'batchNorm' }>
  // What folds into nothing, as a batch norm of the coordinates has it in front, is given a function that changes nothing.
  const front = { name, layers: [...layers.slice(0, at), { ...UNBENT, name: `${norm}.input`, dim: inputs.dim }] }
  const evaluator = evaluatedOver(front, tensors, size)
  const count = (foldTensors(front, tensors) as FoldedNetwork).layers.length
  return { name: norm, ...evaluator.momentsOf(count - 1, inputs.dim) }
}

function evaluatedOver(architecture: Architecture, tensors: Tensors, size: ImageSize): Evaluator {
  const evaluator = new Evaluator(foldTensors(architecture, tensors) as FoldedNetwork)
  const sampling = samplingOf(DEFAULT_FRAME, wholeFrame(DEFAULT_FRAME), size.width, size.height)
  const rows = Math.max(1, Math.floor(CHUNK / size.width))
  for (let y = 0; y < size.height; y += rows) {
    const rect = { x: 0, y, width: size.width, height: Math.min(rows, size.height - y) }
    const inputs = new Float64Array(rect.width * rect.height * 2)
    evaluator.addMoments(inputsOfPixels(inputs, sampling, DEFAULT_FRAME.order, size, rect))
  }
  return evaluator
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
  for (const [name, values] of exchangeStatistics(architecture, tensors, statistics))
    remembered.set(name, Float32Array.from(values))
  return remembered
}

/**
 * Exchanges the running statistics of batch norms, and their weights and biases with them.
 * @returns these tensors in float64; mean and variance are float32 numbers, as a file holds them, so that weight and bias follow what
 *   will be read and not what was meant
 */
export function exchangeStatistics(
  { layers }: Architecture,
  tensors: Tensors,
  statistics: readonly InputStatistics[],
): Map<string, Float64Array> {
  const exchanged = new Map<string, Float64Array>()
  for (const layer of layers) {
    // What has no weight and no bias cannot make up for other statistics.
    if (layer.kind !== 'batchNorm' || layer.isAffine === false) continue
    const { name, eps } = layer
    const taken = statistics.find(own => own.name === name)
    if (!taken) throw new RangeError(`${name}: no statistics of it`)
    const [mean, variance] = [taken.mean, taken.variance].map(values => values.map(Math.fround))
    const read = (role: string) => Float64Array.from(tensors.get(`${name}.${role}`) ?? [])
    const [weight, bias, oldMean, oldVariance] = ['weight', 'bias', 'running_mean', 'running_var'].map(read)
    const scale = weight.map((value, i) => value / Math.sqrt(oldVariance[i] + eps))
    exchanged.set(
      `${name}.weight`,
      scale.map((value, i) => value * Math.sqrt(variance[i] + eps)),
    )
    exchanged.set(
      `${name}.bias`,
      bias.map((value, i) => value + scale[i] * (mean[i] - oldMean[i])),
    )
    exchanged.set(`${name}.running_mean`, mean)
    exchanged.set(`${name}.running_var`, variance)
  }
  return exchanged
}
