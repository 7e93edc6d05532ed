// SiLU, also called swish: x times its own sigmoid.

import { activation, heBound } from './activation.js'

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))

export const silu = activation<'silu'>({
  label: 'SiLU',
  options: {},
  oddPart: () => 1,
  initialBound: heBound,
  // What exp gives beyond 80 some GPUs do not hold.
  shader: () => 'return x / (1.0 + exp(-clamp(x, -80.0, 80.0)));',
  value: x => x * sigmoid(x),
  derivative(x) {
    const s = sigmoid(x)
    return s * (1 + x * (1 - s))
  },
})
