// A transparent network: colours and an opacity that go through their whole range.

import { createNetwork, type Network } from '../../src/model/network.js'
import { parseBlueprint } from '../../src/model/blueprint.js'
import { StateDict } from '../../src/model/state-dict.js'
import { wiringMetadata } from '../../src/model/wiring.js'
import { initialTensors } from '../../src/train/initial-weights.js'
import { networkTensors } from '../../src/train/network-tensors.js'

/**
 * Its file, which says what it is.
 * @param isBlack whether its colours are black everywhere: over white it shows how much is seen of what is behind
 */
export function transparentFile(isBlack = false): Uint8Array {
  const architecture = parseBlueprint({ activation: 'tanh', widths: [12, 12], outputs: 4, output: 'sigmoid' })
  const tensors = initialTensors(architecture, 5, 4)
  // The opacity from a corner to the other, whatever the colours do.
  const head = tensors.get('net.4.weight') as Float32Array
  for (let i = 0; i < head.length; i++) head[i] *= 6
  if (isBlack) {
    head.fill(0, 0, 3 * 12)
    // Of which the sigmoid is 0.
    tensors.get('net.4.bias')?.fill(-1000, 0, 3)
  }
  return StateDict.create(
    networkTensors(architecture, tensors, 0),
    new Map(wiringMetadata(architecture.wiring)),
  ).serialize()
}

/** @param isBlack as of {@link transparentFile} */
export function transparentNetwork(isBlack = false): Network {
  return createNetwork(StateDict.parse(transparentFile(isBlack)))
}
