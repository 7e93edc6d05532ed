// Leaky ReLU: below zero a slope of its own.

import { activation, heBound } from './activation.js'

export const leakyRelu = activation<'leakyRelu', { slope: number }>({
  label: 'leaky ReLU',
  // PyTorch's default.
  options: { slope: 0.01 },
  oddPart: ({ slope }) => 1 + Number(slope),
  initialBound: (place, { slope }) => heBound(place) / Math.sqrt(1 + Number(slope) ** 2),
  shader: ({ slope }) => `return max(x, 0.0) + (${Number(slope).toExponential(9)}) * min(x, 0.0);`,
  value: (x, { slope }) => (x > 0 ? x : slope * x),
  derivative: (x, { slope }) => (x > 0 ? 1 : slope),
})
