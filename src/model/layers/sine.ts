// A sine of a frequency: SIREN's layers.

import { activation } from './activation.js'

export const sine = activation<'sine', { frequency: number }>({
  label: 'sine',
  options: { frequency: 1 },
  gain: 'frequency',
  value: (x, { frequency }) => Math.sin(frequency * x),
  derivative: (x, { frequency }) => frequency * Math.cos(frequency * x),
})
