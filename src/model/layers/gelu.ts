// Exact (erf) GELU; its GLSL is shaders/gelu.glsl.

import { gelu as value, geluDerivative } from '../erf.js'
import { activation, heBound } from './activation.js'

export const gelu = activation<'gelu'>({
  label: 'GELU',
  options: {},
  value,
  derivative: geluDerivative,
  oddPart: () => 1,
  initialBound: heBound,
})
