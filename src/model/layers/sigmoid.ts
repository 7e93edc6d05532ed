// The logistic function.

import { activation } from './activation.js'

const value = (x: number) => 1 / (1 + Math.exp(-x))

export const sigmoid = activation<'sigmoid'>({
  label: 'sigmoid',
  options: {},
  shader: () => 'return 1.0 / (1.0 + exp(-clamp(x, -80.0, 80.0)));',
  value,
  derivative(x) {
    const y = value(x)
    return y * (1 - y)
  },
})
