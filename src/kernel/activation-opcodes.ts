// How the kernel is told which activation follows a layer (assembly/activations.ts); one that is not here the float64 reference evaluates.

import type { Activation } from '../model/layers/kinds.js'

const OPCODES: Partial<Record<Activation['kind'], number>> = {
  gelu: 1,
  geluTanh: 2,
  relu: 3,
  leakyRelu: 4,
  silu: 5,
  tanh: 6,
  sigmoid: 7,
  sine: 8,
}

/** The opcode of an activation: 0 for none, null for one that the kernel does not know. */
export function opcodeOf(activation: Activation | null): number | null {
  if (!activation) return 0
  // A sine's frequency has gone into the layer in front of it.
  if (activation.kind === 'sine' && activation.frequency !== 1) return null
  return OPCODES[activation.kind] ?? null
}

/** The number that goes with an opcode. */
export function parameterOf(activation: Activation | null): number {
  return activation?.kind === 'leakyRelu' ? Number(activation.slope) : 0
}
