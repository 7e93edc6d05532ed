// A transparent head over its ground, in GLSL. Twins: src/model/layers/alpha.ts, src/model/checks.ts.

import { DARK_CHECK } from '../model/checks.js'

/** What `sum` is seen as, of all lanes. */
export const OVER_GROUND = 'overGround(sum, position, laneStep)'

/**
 * The functions that it takes: the ground is white, or checks, of which uChecks has a corner, in pixels from uCentre, and the edge.
 * @param head the function behind the head's own sums
 */
export function overGroundText(head: string): string {
  return `
uniform vec3 uChecks;
vec4 overGround(vec4 x, vec2 at, float laneStep) {
  vec4 y = ${head}(x);
  vec2 check = floor((at - uChecks.xy) / max(uChecks.z, 1.0));
  float ground = 1.0 - step(0.5, uChecks.z) * mod(check.x + check.y, 2.0) * ${(1 - DARK_CHECK).toFixed(9)};
  return vec4(ground + (y.rgb - ground) * clamp(y.a, 0.0, 1.0), 1.0);
}
mat2x4 overGround(mat2x4 x, vec2 at, float laneStep) {
  return mat2x4(overGround(x[0], at, 0.0), overGround(x[1], at + vec2(laneStep, 0.0), 0.0));
}
mat4 overGround(mat4 x, vec2 at, float laneStep) {
  mat2x4 left = overGround(mat2x4(x[0], x[1]), at, laneStep);
  mat2x4 right = overGround(mat2x4(x[2], x[3]), at + vec2(2.0 * laneStep, 0.0), laneStep);
  return mat4(left[0], left[1], right[0], right[1]);
}
`
}
