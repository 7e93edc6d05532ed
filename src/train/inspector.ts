// A network in training as it will be seen: in inference mode.

import type { Architecture } from '../model/architecture.js'
import type { Network, NetworkLayer } from '../model/network.js'
import type { Tensors } from '../kernel/training.js'

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
