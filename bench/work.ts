// What a pixel costs, in multiply-adds, counted off the architecture. Activations, batch norm, the loss and the update
// are not counted: the share of the peak is what remains for the multiply-adds after them.

import type { Architecture } from '../src/model/architecture.js'

/** Multiply-adds of one evaluation of the net: 6,224 for MysteryNet. */
export function evaluationMultiplyAdds({ layers }: Architecture): number {
  return layers.reduce((sum, layer) => sum + (layer.kind === 'linear' ? layer.inDim * layer.outDim : 0), 0)
}

/**
 * Multiply-adds of one pixel of a training step: forward, the gradient of the weights and that of the inputs, which the
 * first layer needs not. 18,640 for MysteryNet.
 */
export function trainStepMultiplyAdds(architecture: Architecture): number {
  const first = architecture.layers.find(layer => layer.kind === 'linear')
  return 3 * evaluationMultiplyAdds(architecture) - (first ? first.inDim * first.outDim : 0)
}
