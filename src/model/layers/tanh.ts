// The hyperbolic tangent.

import { activation } from './activation.js'

export const tanh = activation<'tanh'>({
  label: 'tanh',
  options: {},
  // Glorot and Bengio 2010, for layers that take as many units as they give.
  initialBound: ({ inDim }) => Math.sqrt(3 / inDim),
  // An odd polynomial near zero (Cephes' tanhf): the other form cancels there. Some GPUs' own tanh overflows.
  shader: () =>
    'vec4 a = min(abs(x), 20.0); vec4 e = exp(-2.0 * a); vec4 z = a * a;' +
    ' vec4 near = ((((-0.00570498872745 * z + 0.0206390887954) * z - 0.0537397155531) * z + 0.133314422036) * z - 0.333332819422) * z * a + a;' +
    ' return sign(x) * mix((1.0 - e) / (1.0 + e), near, vec4(lessThan(a, vec4(0.625))));',
  value: Math.tanh,
  derivative(x) {
    const y = Math.tanh(x)
    return 1 - y * y
  },
})
