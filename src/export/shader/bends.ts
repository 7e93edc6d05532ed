// The activations of a network as functions of the text, each once for each set of its numbers.

import { type Activation, activationKindOf } from '../../model/layers/kinds.js'
import { UnsupportedError } from '../../model/errors.js'
import type { Dialect } from './dialect.js'

export class Bends {
  readonly #names = new Map<string, string>()
  readonly #texts: string[] = []

  constructor(private readonly dialect: Dialect) {}

  /** The name of the function. @throws UnsupportedError for a kind that says none */
  nameOf(activation: Activation): string {
    const key = JSON.stringify(activation)
    const known = this.#names.get(key)
    if (known !== undefined) return known
    const { kind } = activation
    const isGelu = kind === 'gelu'
    // Languages have functions that are called tanh.
    const name = isGelu ? kind : `${kind}${this.#names.size > 0 ? this.#names.size : ''}Of`
    this.#names.set(key, name)
    this.#texts.push(isGelu ? `${GELU_NOTE}\n${this.dialect.gelu()}` : this.dialect.bend(name, bodyOf(activation)))
    return name
  }

  /** All functions that were named. */
  get text(): string {
    return this.#texts.join('\n\n')
  }
}

const GELU_NOTE = '// Exact (erf) GELU: x Phi(x) = max(x, 0) - |x| Phi(-|x|), and the logarithm of Phi as a polynomial.'

function bodyOf(activation: Activation): string {
  const body = activationKindOf(activation).shader?.(activation)
  if (body === undefined) throw new UnsupportedError(`no shader is known of ${activation.kind}`)
  return body
}
