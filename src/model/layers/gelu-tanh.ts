// GELU by its tanh approximation, as PyTorch's approximate='tanh' and JAX's default.

import { activation, heBound } from './activation.js'

const SLOPE = Math.sqrt(2 / Math.PI)
const CUBE = 0.044715

export const geluTanh = activation<'geluTanh'>({
  label: 'GELU (tanh)',
  options: {},
  oddPart: () => 1,
  initialBound: heBound,
  shader: () =>
    'vec4 t = clamp(x, -30.0, 30.0); return x / (1.0 + exp(-1.5957691216057308 * (t + 0.044715 * t * t * t)));',
  value: x => 0.5 * x * (1 + Math.tanh(SLOPE * (x + CUBE * x * x * x))),
  derivative(x) {
    const bend = Math.tanh(SLOPE * (x + CUBE * x * x * x))
    return 0.5 * (1 + bend) + 0.5 * x * (1 - bend * bend) * SLOPE * (1 + 3 * CUBE * x * x)
  },
})
