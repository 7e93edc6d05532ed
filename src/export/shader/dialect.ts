// What the shading languages call the same things: a network is the same lines in each of them.

import { geluGlsl, geluTail, hornerText } from '../gelu-tail.js'
import { constantText } from './constants.js'

export interface Dialect {
  /** Constructors, mat4 column after column. */
  readonly vec2: string
  readonly vec3: string
  readonly vec4: string
  readonly mat4: string
  /** The head of a function of one vec2. */
  readonly head: (name: string, argument: string, result: 'vec3') => string
  /** What stands left of the = of a constant. */
  readonly declared: (type: 'vec2' | 'vec3' | 'vec4', name: string) => string
  /** The functions that are GELU of four values. */
  readonly gelu: () => string
  /** A function of four values x. @param body in GLSL, as activations have it */
  readonly bend: (name: string, body: string) => string
}

export const GLSL: Dialect = {
  vec2: 'vec2',
  vec3: 'vec3',
  vec4: 'vec4',
  mat4: 'mat4',
  head: (name, argument, result) => `${result} ${name}(vec2 ${argument})`,
  declared: (type, name) => `${type} ${name}`,
  gelu: geluGlsl,
  bend: (name, body) => `vec4 ${name}(vec4 x) { ${body} }`,
}

export const WGSL: Dialect = {
  vec2: 'vec2f',
  vec3: 'vec3f',
  vec4: 'vec4f',
  mat4: 'mat4x4f',
  head: (name, argument, result) => `fn ${name}(${argument}: vec2f) -> ${result}f`,
  declared: (_, name) => `let ${name}`,
  gelu: geluWgsl,
  bend: (name, body) => `fn ${name}(x: vec4f) -> vec4f { ${wgslBody(body)} }`,
}

/** The body of an activation, GLSL, in WGSL: that has no functions of a vector and a number, and other words for a few things. */
function wgslBody(body: string): string {
  return body
    .replace(/\bvec4 (\w+) =/g, 'let $1 =')
    .replace(/lessThan\((\w+), (vec4\([^)]*\))\)/g, '$1 < $2')
    .replace(/\bvec4\(/g, 'vec4f(')
    .replace(/, (-?\d+\.\d+)(?=[,)])/g, ', vec4f($1)')
}

/** Twin: gelu(vec4) in shaders/gelu.glsl. */
function geluWgsl(): string {
  const { coefficients, clamp } = geluTail()
  return [
    'fn gelu(x: vec4f) -> vec4f {',
    `  let a = min(abs(x), vec4f(${constantText(clamp)}));`,
    `  return max(x, vec4f(0.0)) - abs(x) * exp2(${hornerText(coefficients, 'a')});`,
    '}',
  ].join('\n')
}
