// The hyperbolic tangent.

import { activation } from './activation.js'

export const tanh = activation<'tanh'>({
  label: 'tanh',
  options: {},
  value: Math.tanh,
  derivative(x) {
    const y = Math.tanh(x)
    return 1 - y * y
  },
})
