// What stands between the layers of a network, in the words of people.

import { type Activation, activationKindOf } from './layers/kinds.js'
import { hasOneEach, type Wiring } from './wiring.js'

/** An activation with its numbers: `sine 30`. */
export function activationWords(activation: Activation): string {
  const { label, options } = activationKindOf(activation)
  return [label, ...Object.keys(options).map(option => activation[option])].join(' ')
}

/** A wiring: `sine 30`, `octaves, ReLU, sigmoid out`. */
export function wiringWords({ encoding, activation, output }: Wiring): string {
  const front = { octaves: 'octaves', inputs: 'x, y, radius', fourier: 'frequencies', none: null }[
    encoding?.kind ?? 'none'
  ]
  const between = hasOneEach(activation) ? activation.map(activationWords).join(', ') : activationWords(activation)
  return [front, between, output ? `${activationWords(output)} out` : null].filter(part => part !== null).join(', ')
}
