// Edits of networks that are built otherwise than MysteryNet: what holds of every activation is exact, what only GELU has is refused.

import { describe, expect, test } from 'vitest'
import { checkEffect, type Effect } from '../../src/edit/effect.js'
import { applyEffect } from '../../src/edit/apply-effect.js'
import { listParameters, readParameters, withParameters } from '../../src/edit/parameters.js'
import { isPlainChain } from '../../src/model/architecture.js'
import { kindOf } from '../../src/model/layers/kinds.js'
import type { Network } from '../../src/model/network.js'
import { traceNetwork } from '../../src/model/reference.js'
import { FAMILY_NAMES, familyNetwork } from '../model/family-files.js'

const PLAIN = ['siren', 'sequential-gelu', 'gelu-tanh', 'norm-before-relu', 'grey-silu'] as const

test('plain chains of one activation are scrubbed and looked into', () => {
  expect(FAMILY_NAMES.filter(name => isPlainChain(familyNetwork(name).architecture))).toEqual(PLAIN)
})

/** A network's outputs at a point, what one unit of a linear layer's activation gives multiplied on the way. */
function outputsWith({ layers }: Network, hidden: number, unit: number, gain: number): Float64Array {
  let values = Float64Array.of(0.2, -0.4)
  let bent = -1
  for (const layer of layers) {
    const out = new Float64Array(kindOf(layer).outDim(layer))
    kindOf(layer).forward(out, values, layer, 1, 1)
    if (kindOf(layer).isActivation && ++bent === hidden) out[unit] *= gain
    values = out
  }
  return values
}

function edited(network: Network, effect: Effect): Network {
  const list = listParameters(network.architecture)
  checkEffect(effect, list)
  const values = readParameters(network)
  applyEffect(values, effect, { list, original: network, targets: new Map() } as never)
  return withParameters(network, values)
}

describe.each(PLAIN)('%s', name => {
  const network = familyNetwork(name)

  test.each([0, -1.5])('a unit times %d is exactly that', gain => {
    for (const [layer, unit] of [
      [0, 3],
      [2, 7],
    ]) {
      const changed = edited(network, { kind: 'unitGain', layer, unit, gain })
      const actual = traceNetwork(changed, 0.2, -0.4).at(-1)?.values ?? []
      outputsWith(network, layer, unit, gain).forEach((value, c) => expect(actual[c]).toBeCloseTo(value, 11))
    }
  })

  test('has a temperature where its activation is GELU', () => {
    const effect: Effect = { kind: 'temperature', layer: null, temperature: 2 }
    if (name === 'sequential-gelu') expect(() => edited(network, effect)).not.toThrow()
    else expect(() => edited(network, effect)).toThrow('temperature: only GELU has one')
  })
})
