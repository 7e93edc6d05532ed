// Training mode in float64, as plain as it can be: the loss of a batch with batch statistics, its gradients by the chain
// rule, and central differences of the loss. What the kernel is held against; itself held against PyTorch and against its
// own central differences (float64-training.test.ts). Letters: n pixels, d units.

import { type Architecture, parameterSpecs } from '../../src/model/architecture.js'
import { gelu, geluDerivative } from '../../src/model/erf.js'
import { kindOf, type Layer, layerWithValues, type NetworkLayer } from '../../src/model/layers/kinds.js'

/** Named tensors, flat row-major. */
export type Float64Tensors = ReadonlyMap<string, ArrayLike<number>>

/** inputs: [n, 2], targets: [n, 3], flat; weights: [n] of the pixels' squared errors, all 1 where there are none. */
export interface TrainingBatch {
  readonly inputs: ArrayLike<number>
  readonly targets: ArrayLike<number>
  readonly weights?: ArrayLike<number>
}

export type LossKind = 'plain' | 'displayed'

export interface TrainingStep {
  readonly loss: number
  readonly gradients: ReadonlyMap<string, Float64Array>
  /** Mean and unbiased variance of the batch by batch norm, under the names of the running statistics. */
  readonly statistics: ReadonlyMap<string, Float64Array>
}

/** One forward pass: what each layer was given, and what came out. */
interface Pass {
  readonly inputs: readonly Float64Array[]
  readonly outputs: Float64Array
  readonly moments: ReadonlyMap<string, { readonly mean: Float64Array; readonly variance: Float64Array }>
}

function forward(architecture: Architecture, tensors: Float64Tensors, batch: TrainingBatch): Pass {
  const count = batch.inputs.length / 2
  const inputs: Float64Array[] = []
  const moments = new Map<string, { mean: Float64Array; variance: Float64Array }>()
  let values: Float64Array = Float64Array.from(batch.inputs)
  for (const layer of architecture.layers) {
    inputs.push(values)
    if (layer.kind === 'gelu') values = values.map(gelu)
    else if (layer.kind === 'linear') {
      const { inDim, outDim } = layer
      const [weight, bias] = linearTensors(layer, tensors)
      const next = new Float64Array(count * outDim)
      for (let n = 0; n < count; n++)
        for (let o = 0; o < outDim; o++) {
          let sum = bias[o]
          for (let i = 0; i < inDim; i++) sum += weight[o * inDim + i] * values[n * inDim + i]
          next[n * outDim + o] = sum
        }
      values = next
    } else if (layer.kind === 'batchNorm') {
      const { dim, name, eps } = layer
      const [gamma, beta] = affineTensors(layer, tensors)
      const { mean, variance } = momentsOf(values, dim)
      moments.set(name, { mean, variance })
      values = values.map((x, at) => {
        const u = at % dim
        return ((x - mean[u]) / Math.sqrt(variance[u] + eps)) * gamma[u] + beta[u]
      })
    } else values = otherForward(layer, tensors, values, count)
  }
  return { inputs, outputs: values, moments }
}

function linearTensors(layer: Extract<Layer, { kind: 'linear' }>, tensors: Float64Tensors): ArrayLike<number>[] {
  const [weight, bias] = parameterSpecs(layer).map(({ name }) => read(tensors, name))
  return [weight, bias ?? new Float64Array(layer.outDim)]
}

function affineTensors(
  { name, dim, isAffine }: Extract<Layer, { kind: 'batchNorm' }>,
  tensors: Float64Tensors,
): ArrayLike<number>[] {
  if (isAffine === false) return [new Float64Array(dim).fill(1), new Float64Array(dim)]
  return [read(tensors, `${name}.weight`), read(tensors, `${name}.bias`)]
}

/** What the model does at inference is what is trained, of all layers that know no batch: one point after another. */
function otherForward(layer: Layer, tensors: Float64Tensors, values: Float64Array, count: number): Float64Array {
  const own = withValues(layer, tensors)
  const [inDim, outDim] = [kindOf(layer).inDim(layer), kindOf(layer).outDim(layer)]
  const next = new Float64Array(count * outDim)
  for (let n = 0; n < count; n++)
    kindOf(layer).forward(next.subarray(n * outDim), values.subarray(n * inDim, (n + 1) * inDim), own, 1, 1)
  return next
}

function withValues(layer: Layer, tensors: Float64Tensors): NetworkLayer {
  return layerWithValues(layer, ({ name }) => Float64Array.from(read(tensors, name)))
}

/** The gradient by what such a layer takes, and those of its parts' tensors, where it has any. */
function otherBackward(
  layer: Layer,
  tensors: Float64Tensors,
  x: Float64Array,
  delta: Float64Array,
  count: number,
  gradients: Map<string, Float64Array>,
): Float64Array {
  const own = withValues(layer, tensors)
  const [inDim, outDim] = [kindOf(layer).inDim(layer), kindOf(layer).outDim(layer)]
  const before = new Float64Array(count * inDim)
  for (let n = 0; n < count; n++) {
    const [input, given] = [x.subarray(n * inDim, (n + 1) * inDim), delta.subarray(n * outDim, (n + 1) * outDim)]
    kindOf(layer).backward(before.subarray(n * inDim, (n + 1) * inDim), given, own, input)
  }
  if (layer.kind !== 'blocks') return before
  let [from, to] = [0, 0]
  for (const part of layer.parts) {
    const [weight, bias] = parameterSpecs(part).map(({ name }) => name)
    const weightGradient = new Float64Array(part.outDim * part.inDim)
    const biasGradient = new Float64Array(part.outDim)
    for (let n = 0; n < count; n++)
      for (let o = 0; o < part.outDim; o++) {
        const d = delta[n * outDim + to + o]
        biasGradient[o] += d
        for (let i = 0; i < part.inDim; i++) weightGradient[o * part.inDim + i] += d * x[n * inDim + from + i]
      }
    gradients.set(weight, weightGradient)
    if (bias !== undefined) gradients.set(bias, biasGradient)
    if (layer.takes === 'own') from += part.inDim
    if (layer.gives === 'all') to += part.outDim
  }
  return before
}

/** Mean and biased variance of every unit. */
function momentsOf(values: Float64Array, dim: number) {
  const count = values.length / dim
  const mean = new Float64Array(dim)
  const variance = new Float64Array(dim)
  for (let at = 0; at < values.length; at++) mean[at % dim] += values[at] / count
  for (let at = 0; at < values.length; at++) variance[at % dim] += (values[at] - mean[at % dim]) ** 2 / count
  return { mean, variance }
}

/** What each output is off by: nothing where the picture is clamped to the target and the loss is that of the display. */
function errorsOf(outputs: Float64Array, { targets }: TrainingBatch, kind: LossKind): Float64Array {
  return outputs.map((output, at) => {
    const target = targets[at]
    const isClamped = (target >= 1 && output > 1) || (target <= 0 && output < 0)
    return kind === 'displayed' && isClamped ? 0 : output - target
  })
}

/** Mean squared error over pixels and channels. */
function trainingLoss(
  architecture: Architecture,
  tensors: Float64Tensors,
  batch: TrainingBatch,
  kind: LossKind = 'plain',
): number {
  return meanSquare(errorsOf(forward(architecture, tensors, batch).outputs, batch, kind), batch)
}

function meanSquare(errors: Float64Array, { weights }: TrainingBatch): number {
  return errors.reduce((sum, error, at) => sum + weightOf(weights, at) * error * error, 0) / errors.length
}

function weightOf(weights: TrainingBatch['weights'], at: number): number {
  return weights ? weights[Math.floor(at / 3)] : 1
}

/** What every linear layer is given, by its name: [n, inDim]. */
export function linearInputs(
  architecture: Architecture,
  tensors: Float64Tensors,
  batch: TrainingBatch,
): ReadonlyMap<string, Float64Array> {
  const { inputs } = forward(architecture, tensors, batch)
  return new Map(
    architecture.layers.flatMap((layer, k): [string, Float64Array][] =>
      layer.kind === 'linear' ? [[layer.name, inputs[k]]] : [],
    ),
  )
}

/** The loss, its gradients by every learnable tensor, and the batch's statistics. */
export function trainingStep(
  architecture: Architecture,
  tensors: Float64Tensors,
  batch: TrainingBatch,
  kind: LossKind = 'plain',
): TrainingStep {
  const { inputs, outputs, moments } = forward(architecture, tensors, batch)
  const count = batch.inputs.length / 2
  const errors = errorsOf(outputs, batch, kind)
  const gradients = new Map<string, Float64Array>()
  let delta: Float64Array = errors.map((error, at) => (2 * weightOf(batch.weights, at) * error) / errors.length)
  for (let k = architecture.layers.length - 1; k >= 0; k--) {
    const layer = architecture.layers[k]
    const x = inputs[k]
    if (layer.kind === 'gelu') delta = delta.map((d, at) => d * geluDerivative(x[at]))
    else if (layer.kind === 'linear') {
      const { inDim, outDim } = layer
      const [weight] = linearTensors(layer, tensors)
      const weightGradient = new Float64Array(outDim * inDim)
      const biasGradient = new Float64Array(outDim)
      const before = new Float64Array(count * inDim)
      for (let n = 0; n < count; n++)
        for (let o = 0; o < outDim; o++) {
          const d = delta[n * outDim + o]
          biasGradient[o] += d
          for (let i = 0; i < inDim; i++) {
            weightGradient[o * inDim + i] += d * x[n * inDim + i]
            before[n * inDim + i] += d * weight[o * inDim + i]
          }
        }
      const [weightName, biasName] = parameterSpecs(layer).map(({ name }) => name)
      if (!layer.isStored) gradients.set(weightName, weightGradient)
      if (biasName !== undefined) gradients.set(biasName, biasGradient)
      delta = before
    } else if (layer.kind === 'batchNorm') {
      const { dim, name, eps } = layer
      const [gamma] = affineTensors(layer, tensors)
      const { mean, variance } = moments.get(name)!
      const normalised = x.map((value, at) => (value - mean[at % dim]) / Math.sqrt(variance[at % dim] + eps))
      const gammaGradient = new Float64Array(dim)
      const betaGradient = new Float64Array(dim)
      delta.forEach((d, at) => {
        gammaGradient[at % dim] += d * normalised[at]
        betaGradient[at % dim] += d
      })
      if (layer.isAffine !== false) gradients.set(`${name}.weight`, gammaGradient).set(`${name}.bias`, betaGradient)
      delta = delta.map((d, at) => {
        const u = at % dim
        return (
          (gamma[u] / Math.sqrt(variance[u] + eps)) *
          (d - betaGradient[u] / count - (normalised[at] * gammaGradient[u]) / count)
        )
      })
    } else delta = otherBackward(layer, tensors, x, delta, count, gradients)
  }
  const statistics = new Map<string, Float64Array>()
  for (const [name, { mean, variance }] of moments) {
    statistics.set(`${name}.running_mean`, mean)
    statistics.set(
      `${name}.running_var`,
      variance.map(value => (value * count) / (count - 1)),
    )
  }
  return { loss: meanSquare(errors, batch), gradients, statistics }
}

/** The central difference of the loss by one number of one tensor. */
export function centralDifference(
  architecture: Architecture,
  tensors: Float64Tensors,
  batch: TrainingBatch,
  name: string,
  index: number,
  h: number,
  kind: LossKind = 'plain',
): number {
  const moved = (by: number) => {
    const values = Float64Array.from(read(tensors, name))
    values[index] += by
    return trainingLoss(architecture, new Map([...tensors, [name, values]]), batch, kind)
  }
  return (moved(h) - moved(-h)) / (2 * h)
}

/** Names and sizes of the learnable tensors. */
export function learnableTensors({ layers }: Architecture): { name: string; length: number }[] {
  return layers
    .flatMap(parameterSpecs)
    .filter(({ learnable }) => learnable)
    .map(({ name, shape }) => ({ name, length: shape.reduce((a, b) => a * b, 1) }))
}

function read(tensors: Float64Tensors, name: string): ArrayLike<number> {
  const values = tensors.get(name)
  if (!values) throw new Error(`no tensor ${name}`)
  return values
}
