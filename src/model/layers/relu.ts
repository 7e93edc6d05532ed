// ReLU: what is above zero.

import { activation, heBound } from './activation.js'

export const relu = activation<'relu'>({
  label: 'ReLU',
  options: {},
  oddPart: () => 1,
  initialBound: heBound,
  shader: () => 'return max(x, 0.0);',
  value: x => (x > 0 ? x : 0),
  derivative: x => (x > 0 ? 1 : 0),
})
