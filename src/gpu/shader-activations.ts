// The activations of a network as GLSL functions of all lanes. Exact GELU has a file of its own (shaders/gelu.glsl); the others are what their
// kinds say, each once for each set of its numbers.

import { UnsupportedError } from '../model/errors.js'
import { type Activation, activationKindOf } from '../model/layers/kinds.js'

/** Names the functions of activations, and writes their text. */
export class ShaderActivations {
  readonly #names = new Map<string, string>()
  readonly #texts: string[] = []

  /** The function's name. @throws UnsupportedError for a kind that says none */
  nameOf(activation: Activation | null): string {
    if (activation?.kind === 'gelu') return 'gelu'
    const key = JSON.stringify(activation)
    const known = this.#names.get(key)
    if (known !== undefined) return known
    const name = `activation${this.#names.size}`
    this.#names.set(key, name)
    this.#texts.push(functionText(name, bodyOf(activation)))
    return name
  }

  /** All functions that were named; '' for none. */
  get text(): string {
    return this.#texts.join('')
  }
}

function bodyOf(activation: Activation | null): string {
  if (!activation) return 'return x;'
  const body = activationKindOf(activation).shader?.(activation)
  if (body === undefined) throw new UnsupportedError(`the shader does not know ${activation.kind}`)
  return body
}

/** A function of a quad, and of two or four of them. */
function functionText(name: string, body: string): string {
  return `
vec4 ${name}(vec4 x) { ${body} }
mat2x4 ${name}(mat2x4 x) { return mat2x4(${name}(x[0]), ${name}(x[1])); }
mat4 ${name}(mat4 x) { return mat4(${name}(x[0]), ${name}(x[1]), ${name}(x[2]), ${name}(x[3])); }
`
}
