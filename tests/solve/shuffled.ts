// A net that has everything of a trained one but its order.

import type { Network } from '../../src/model/network.js'
import { SplitMix64 } from '../../src/train/random.js'

/** Permutes the values of a role in every layer. */
export function shuffled(network: Network, role: 'weight' | 'runningMean', seed = 4): Network {
  const random = new SplitMix64(seed)
  const mixed = (values: Float64Array) => {
    const copy = values.slice()
    for (let i = copy.length - 1; i > 0; i--) {
      const j = Math.floor(random.uniform() * (i + 1))
      ;[copy[i], copy[j]] = [copy[j], copy[i]]
    }
    return copy
  }
  const layers = network.layers.map(layer => {
    if (layer.kind === 'batchNorm') return { ...layer, [role]: mixed(layer[role]) }
    return layer.kind === 'linear' && role === 'weight' ? { ...layer, weight: mixed(layer.weight) } : layer
  })
  return { ...network, layers }
}
