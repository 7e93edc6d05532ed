// The training step in jax-js, driven by the architecture table: forward with batch statistics, mean squared error, its
// gradient by automatic differentiation, Adam, running statistics. Parameters are one flat vector, as are the gradients
// and what Adam keeps: updating 26 tensors one by one is slower. n is the batch.

import { type Array as JaxArray, jit, numpy as np, scipySpecial, valueAndGrad } from '@jax-js/jax'
import { type Architecture, parameterSpecs } from '../src/model/architecture.js'
import type { Layer } from '../src/model/layers/kinds.js'
import type { ParameterSpec } from '../src/model/layers/layer.js'

/** Names and shapes in the order in which a flat vector holds them. */
export interface FlatLayout {
  readonly specs: readonly ParameterSpec[]
  readonly size: number
}

/** Flat vectors: learnable parameters, Adam's two moments, running mean and variance of the batch norms in turn. */
export type JaxState = readonly [parameters: JaxArray, moment1: JaxArray, moment2: JaxArray, running: JaxArray]

type Tensors = Readonly<Record<string, JaxArray>>

const LEARNING_RATE = 1e-3
const BETA1 = 0.9
const BETA2 = 0.999
const EPS = 1e-8
/** PyTorch's default of BatchNorm1d. */
const MOMENTUM = 0.1

/** Lists the learnable tensors, or the running statistics. */
export function flatLayout({ layers }: Architecture, learnable: boolean): FlatLayout {
  const specs = layers.flatMap(parameterSpecs).filter(spec => spec.learnable === learnable)
  return { specs, size: specs.reduce((sum, { shape }) => sum + product(shape), 0) }
}

/** Cuts a flat vector into values by name. */
export function cutFlat<T>({ specs }: FlatLayout, cut: (begin: number, end: number, shape: readonly number[]) => T) {
  let end = 0
  return new Map(
    specs.map(({ name, shape }): [string, T] => {
      const begin = end
      end += product(shape)
      return [name, cut(begin, end, shape)]
    }),
  )
}

/** Compiles the gradient and the step. Both use up their arguments; inputs are [n, 2], targets [n, 3]. */
export function createJaxModel(architecture: Architecture) {
  const layout = flatLayout(architecture, true)
  const lossAndGradient = valueAndGrad(
    (tensors: Tensors, inputs: JaxArray, targets: JaxArray) => {
      const [outputs, statistics] = forward(architecture.layers, tensors, inputs)
      return [np.mean(np.square(outputs.sub(targets))), statistics]
    },
    { hasAux: true },
  )
  const flatGradient = (parameters: JaxArray, inputs: JaxArray, targets: JaxArray) => {
    const tensors = cutFlat(layout, (begin, end, shape) => parameters.ref.slice([begin, end]).reshape(shape))
    parameters.dispose()
    const [[loss, statistics], gradients] = lossAndGradient(Object.fromEntries(tensors), inputs, targets)
    return [loss, flatten(layout.specs.map(({ name }) => gradients[name])), flatten(statistics)] as const
  }
  return {
    /** [loss, gradient, batch statistics] */
    gradient: jit(flatGradient),
    /** [loss, ...state]; `corrections` are those that `adamCorrections` tells for this step. */
    step: jit(
      (
        [parameters, moment1, moment2, running]: JaxState,
        [correction1, correction2]: readonly [JaxArray, JaxArray],
        inputs: JaxArray,
        targets: JaxArray,
      ) => {
        const [loss, gradient, statistics] = flatGradient(parameters.ref, inputs, targets)
        const m = moment1.mul(BETA1).add(gradient.ref.mul(1 - BETA1))
        const v = moment2.mul(BETA2).add(np.square(gradient).mul(1 - BETA2))
        const update = m.ref.mul(correction1).div(np.sqrt(v.ref.mul(correction2)).add(EPS))
        return [loss, parameters.sub(update), m, v, running.mul(1 - MOMENTUM).add(statistics.mul(MOMENTUM))] as const
      },
    ),
  }
}

/** What Adam multiplies its moments by at a step, counted from 1: the first with the learning rate. */
export function adamCorrections(step: number): readonly [JaxArray, JaxArray] {
  return [np.array(LEARNING_RATE / (1 - BETA1 ** step)), np.array(1 / (1 - BETA2 ** step))]
}

/** The net's outputs [n, 3], and mean and unbiased variance of every batch norm's inputs, which running ones are made of. */
function forward(layers: readonly Layer[], tensors: Tensors, inputs: JaxArray): readonly [JaxArray, JaxArray[]] {
  const [n] = inputs.shape
  const statistics: JaxArray[] = []
  let x = inputs
  for (const layer of layers) {
    const weight = tensors[`${layer.name}.weight`]
    const bias = tensors[`${layer.name}.bias`]
    if (layer.kind === 'linear') {
      x = np.matmul(x, np.transpose(weight)).add(bias)
    } else if (layer.kind === 'gelu') {
      // By erf a tenth faster here than nn.gelu(x, { approximate: false }), which goes by erfc.
      x = x.ref.mul(0.5).mul(scipySpecial.erf(x.mul(Math.SQRT1_2)).add(1))
    } else if (layer.kind === 'batchNorm') {
      const mean = np.mean(x.ref, 0)
      const centred = x.sub(mean.ref)
      const variance = np.mean(np.square(centred.ref), 0)
      statistics.push(mean, variance.ref.mul(n / (n - 1)))
      x = centred.mul(weight.div(np.sqrt(variance.add(layer.eps)))).add(bias)
    }
  }
  return [x, statistics]
}

function flatten(arrays: readonly JaxArray[]): JaxArray {
  return np.concatenate(arrays.map(array => array.reshape([product(array.shape)])))
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1)
}
