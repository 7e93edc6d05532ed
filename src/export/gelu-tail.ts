// The polynomial of shaders/gelu.glsl, for languages that have GELU in another way: it stands there, fitted, and nowhere else.

import geluSource from '../../shaders/gelu.glsl?raw'

/** GELU as x Phi(x) = max(x, 0) - |x| Phi(-|x|), Phi(-a) = exp2(Q(a)). */
export interface GeluTail {
  /** Of Q, by falling powers of a. */
  readonly coefficients: readonly number[]
  /** Where a is clamped. */
  readonly clamp: number
}

export function geluTail(): GeluTail {
  const clamp = /TAIL_CLAMP = (\d+\.\d+);/.exec(geluSource)?.[1]
  const polynomial = [...geluSource.matchAll(/^ {2}(?:vec4 )?q = (.*);$/gm)].map(([, line]) => line).join(' ')
  const coefficients = [...polynomial.matchAll(/([+-]?) ?(\d+\.\d+)/g)].map(([, sign, digits]) => Number(sign + digits))
  if (clamp === undefined || coefficients.length < 2)
    throw new Error('shaders/gelu.glsl: expected TAIL_CLAMP and a polynomial q')
  return { coefficients, clamp: Number(clamp) }
}

/** A polynomial in Horner's form, as most languages write it. */
export function hornerText([first, ...rest]: readonly number[], variable: string): string {
  return rest.reduce(
    (text, value) => `(${text}) * ${variable} ${value < 0 ? '-' : '+'} ${Math.abs(value)}`,
    String(first),
  )
}

/** The functions gelu(vec4) of shaders/gelu.glsl alone: GLSL ES 1.00 does not know the matrices of the rest. */
export function geluGlsl(): string {
  const text = /^const float TAIL_CLAMP[^]*?^\}/m.exec(geluSource)?.[0]
  if (text === undefined) throw new Error('shaders/gelu.glsl: expected TAIL_CLAMP and gelu(vec4)')
  return text
}
