// Where training begins: PyTorch's own initialisation of Linear and BatchNorm1d, and a wide first layer.

import type { Architecture } from '../model/architecture.js'
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
    if (layer.kind === 'linear') {
      const { name, inDim, outDim } = layer
      const bound = 1 / Math.sqrt(inDim)
      const draw = (count: number) => Float32Array.from({ length: count }, () => (random.uniform() * 2 - 1) * bound)
      const weight = draw(outDim * inDim)
      const bias = draw(outDim)
      if (index === 0 && firstLayer !== 'default') drawWide(weight, bias, firstLayer, random)
      tensors.set(`${name}.weight`, weight)
      tensors.set(`${name}.bias`, bias)
    } else if (layer.kind === 'batchNorm') {
      const { name, dim } = layer
      tensors.set(`${name}.weight`, new Float32Array(dim).fill(1))
      tensors.set(`${name}.bias`, new Float32Array(dim))
      tensors.set(`${name}.running_mean`, new Float32Array(dim))
      tensors.set(`${name}.running_var`, new Float32Array(dim).fill(1))
    }
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
