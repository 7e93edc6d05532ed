// How the kernel is told which activation follows a layer (assembly/activations.ts, and assembly/activation-slopes.ts where it trains); one
// that is not here the float64 reference evaluates, and nobody trains.

import { type Activation, activationKindOf } from '../model/layers/kinds.js'

/** With the name of the number that goes with the opcode, where there is one. */
const CODES: Partial<Record<Activation['kind'], { readonly opcode: number; readonly parameter?: string }>> = {
  gelu: { opcode: 1 },
  geluTanh: { opcode: 2 },
  relu: { opcode: 3 },
  leakyRelu: { opcode: 4, parameter: 'slope' },
  silu: { opcode: 5 },
  tanh: { opcode: 6 },
  sigmoid: { opcode: 7 },
  sine: { opcode: 8, parameter: 'frequency' },
  gaussian: { opcode: 9, parameter: 'width' },
}

/** The opcode of an activation of a folded layer: 0 for none, null for one that the kernel does not know. */
export function opcodeOf(activation: Activation | null): number | null {
  // What it is multiplied by has gone into the layer in front of it.
  if (activation && gainOf(activation) !== 1) return null
  return trainingOpcodeOf(activation)
}

/** The opcode of an activation with all its numbers, as the kernel trains it; likewise. */
export function trainingOpcodeOf(activation: Activation | null): number | null {
  return activation ? (CODES[activation.kind]?.opcode ?? null) : 0
}

/** The number that goes with an opcode. */
export function parameterOf(activation: Activation | null): number {
  const parameter = activation && CODES[activation.kind]?.parameter
  return parameter ? Number(activation[parameter]) : 0
}

/** What the argument of an activation is multiplied by first: a sine's frequency; 1 for most. */
export function gainOf(activation: Activation): number {
  const { gain } = activationKindOf(activation)
  return gain ? Number(activation[gain]) : 1
}
