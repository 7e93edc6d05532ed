// In place of src/gpu/over-ground.ts: what is given away or embedded shows transparent networks over white, and counts its bytes.

/** Twin: OVER_GROUND in src/gpu/over-ground.ts. */
export const OVER_GROUND = 'overGround(sum)'

/** Twin: overGroundText() in src/gpu/over-ground.ts. */
export function overGroundText(head: string): string {
  return `
vec4 overGround(vec4 x) { vec4 y = ${head}(x); return vec4(1.0 + (y.rgb - 1.0) * clamp(y.a, 0.0, 1.0), 1.0); }
mat2x4 overGround(mat2x4 x) { return mat2x4(overGround(x[0]), overGround(x[1])); }
mat4 overGround(mat4 x) { return mat4(overGround(x[0]), overGround(x[1]), overGround(x[2]), overGround(x[3])); }
`
}
