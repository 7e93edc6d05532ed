// A bell: exp(-(x / width)^2 / 2).

import { activation } from './activation.js'

const bell = (x: number, width: number) => Math.exp((-x * x) / (2 * width * width))

export const gaussian = activation<'gaussian', { width: number }>({
  label: 'Gaussian',
  options: { width: 1 },
  value: (x, { width }) => bell(x, width),
  derivative: (x, { width }) => (-x / (width * width)) * bell(x, width),
  shader: ({ width }) => `vec4 t = min(abs(x) / (${Number(width).toExponential(9)}), 13.0); return exp(-0.5 * t * t);`,
})
