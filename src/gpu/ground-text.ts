// The ground of transparent networks in GLSL. Twin: src/model/checks.ts.

import { DARK_CHECK } from '../model/checks.js'

/**
 * float groundAt(vec2 at), at in pixels from uCentre: white, or checks, of which uChecks has a corner, in the same pixels, and the edge.
 */
export const GROUND_TEXT = `
uniform vec3 uChecks;
float groundAt(vec2 at) {
  vec2 check = floor((at - uChecks.xy) / max(uChecks.z, 1.0));
  return 1.0 - step(0.5, uChecks.z) * mod(check.x + check.y, 2.0) * ${(1 - DARK_CHECK).toFixed(9)};
}
`
