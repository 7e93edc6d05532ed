// A sine of a frequency: SIREN's layers.

import { activation } from './activation.js'

export const sine = activation<'sine', { frequency: number }>({
  label: 'sine',
  options: { frequency: 1 },
  gain: 'frequency',
  // Sitzmann et al. 2020 (arXiv:2006.09661), 3.2: arguments are then spread as a standard normal.
  initialBound: ({ inDim, isFirst }, { frequency }) => (isFirst ? 1 / inDim : Math.sqrt(6 / inDim) / Number(frequency)),
  // x = n pi + r with pi in three parts, an odd polynomial of r, turned over for odd n: GPUs' own sine is 5e-7 wrong, and more far out.
  shader: () =>
    'vec4 n = floor(x * 0.31830988618379067 + 0.5); vec4 r = ((x - n * 3.140625) - n * 9.67502593994140625e-4) - n * 1.50995799097837643e-7;' +
    ' vec4 z = r * r; vec4 y = r + r * z * (((2.60004938e-6 * z - 1.98066124e-4) * z + 8.33301725e-3) * z - 1.66666571e-1);' +
    ' return y * (1.0 - 2.0 * (n - 2.0 * floor(n * 0.5)));',
  value: (x, { frequency }) => Math.sin(frequency * x),
  derivative: (x, { frequency }) => frequency * Math.cos(frequency * x),
})
