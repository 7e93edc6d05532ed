// Where training begins: PyTorch's own initialisation of Linear and BatchNorm1d, and a wide first layer.

import { type Architecture, parameterSpecs } from '../model/architecture.js'
import type { Tensors } from '../kernel/training.js'
import type { Recipe } from './recipe.js'
import { SplitMix64 } from './random.js'

/**
 * Draws a network: weights and biases of linear layers uniform in +-1 / sqrt(inDim), as PyTorch's reset_parameters does;
 * batch norms at the identity.
 * @param firstLayer 'default', or the length of the first layer's weight vectors: directions are uniform then, and each
 *   unit's zero crossing goes through a point drawn evenly from the frame [-1, 1] x [-1, 1]
 */
export function initialTensors(architecture: Architecture, seed: number, firstLayer: Recipe['firstLayer']): Tensors {
  const random = new SplitMix64(seed)
  const tensors = new Map<string, Float32Array>()
  architecture.layers.forEach((layer, index) => {
    const [weight, bias] = parameterSpecs(layer).map(({ name, shape, initial }) => {
      const zeros = new Float32Array(shape.reduce((product, dim) => product * dim, 1))
      const values = zeros.map(() =>
        typeof initial === 'number' ? initial : (random.uniform() * 2 - 1) * initial.within,
      )
      tensors.set(name, values)
      return values
    })
    if (index === 0 && layer.kind === 'linear' && firstLayer !== 'default') drawWide(weight, bias, firstLayer, random)
  })
  return tensors
}

function drawWide(weight: Float32Array, bias: Float32Array, length: number, random: SplitMix64): void {
  for (let o = 0; o < bias.length; o++) {
    const angle = random.uniform() * 2 * Math.PI
    const x = length * Math.cos(angle)
    const y = length * Math.sin(angle)
    weight[2 * o] = x
    weight[2 * o + 1] = y
    bias[o] = -(x * (random.uniform() * 2 - 1) + y * (random.uniform() * 2 - 1))
  }
}
