// Where training begins. Where batch norm sets the scale, PyTorch's own initialisation of Linear and BatchNorm1d; elsewhere what fits the
// function behind a layer; and a wide first layer.

import { type Architecture, INPUT_DIM, parameterSpecs } from '../model/architecture.js'
import { type Activation, activationKindOf, isActivationName, type Layer } from '../model/layers/kinds.js'
import type { ParameterSpec } from '../model/layers/layer.js'
import type { Tensors } from '../kernel/training.js'
import type { Recipe } from './recipe.js'
import { SplitMix64 } from './random.js'

/**
 * Draws a network: weights and biases of linear layers uniform in +-1 / sqrt(inDim), as PyTorch's reset_parameters does, or weights as the
 * function behind them asks for where there is no batch norm; batch norms at the identity.
 * @param firstLayer 'default', or the length of the first layer's weight vectors: directions are uniform then, and each
 *   unit's zero crossing goes through a point drawn evenly from the frame [-1, 1] x [-1, 1]. Behind an encoding, and in front of a function
 *   with a frequency of its own, there is no such layer.
 */
export function initialTensors(architecture: Architecture, seed: number, firstLayer: Recipe['firstLayer']): Tensors {
  const random = new SplitMix64(seed)
  const tensors = new Map<string, Float32Array>()
  const { layers } = architecture
  const hasNorm = layers.some(({ kind }) => kind === 'batchNorm')
  layers.forEach((layer, index) => {
    const isFirst = index === 0
    const activation = isAffine(layer) && !hasNorm ? activationBeside(layers, index) : null
    const own = activation && activationKindOf(activation).initialBound
    for (const part of layer.kind === 'blocks' ? layer.parts : [layer]) {
      const [weight, bias] = parameterSpecs(part).map(spec => {
        const isDrawn = own && spec.role === 'weight' && typeof spec.initial === 'object' && 'within' in spec.initial
        const within = isDrawn ? own({ inDim: spec.shape[1], isFirst }, activation) : null
        const values = drawn(within === null ? spec : { ...spec, initial: { within } }, random)
        tensors.set(spec.name, values)
        return values
      })
      const isWide = isFirst && part.kind === 'linear' && part.inDim === INPUT_DIM && firstLayer !== 'default'
      if (isWide && !part.isStored && !hasGain(layers[1])) drawWide(weight, bias ?? null, firstLayer, random)
    }
  })
  return tensors
}

function drawn({ shape, initial }: Pick<ParameterSpec, 'shape' | 'initial'>, random: SplitMix64): Float32Array {
  const zeros = new Float32Array(shape.reduce((product, dim) => product * dim, 1))
  if (typeof initial === 'number') return zeros.fill(initial)
  if ('within' in initial) return zeros.map(() => (random.uniform() * 2 - 1) * initial.within)
  // Box and Muller's; 1 - u is never 0.
  return zeros.map(
    () => initial.deviation * Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform()),
  )
}

/** The function behind a linear layer; of the last one that in front of it, where that has a frequency: its values are small then. */
function activationBeside(layers: readonly Layer[], index: number): Activation | null {
  const behind = layers[index + 1]
  const isLast = !layers.slice(index + 1).some(isAffine)
  if (!isLast) return activationOf(behind)
  const before = index > 0 ? layers[index - 1] : undefined
  return hasGain(before) ? activationOf(before) : null
}

function isAffine({ kind }: Layer): boolean {
  return kind === 'linear' || kind === 'blocks'
}

function activationOf(layer: Layer | undefined): Activation | null {
  return layer && isActivationName(layer.kind) ? (layer as unknown as Activation) : null
}

/** Whether a layer is a function whose argument is multiplied by a number of its own. */
function hasGain(layer: Layer | undefined): boolean {
  const activation = activationOf(layer)
  return activation !== null && activationKindOf(activation).gain !== undefined
}

function drawWide(weight: Float32Array, bias: Float32Array | null, length: number, random: SplitMix64): void {
  for (let o = 0; o < weight.length / 2; o++) {
    const angle = random.uniform() * 2 * Math.PI
    const x = length * Math.cos(angle)
    const y = length * Math.sin(angle)
    weight[2 * o] = x
    weight[2 * o + 1] = y
    if (bias) bias[o] = -(x * (random.uniform() * 2 - 1) + y * (random.uniform() * 2 - 1))
  }
}
