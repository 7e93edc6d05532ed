// The part of @jax-js/jax that the bench uses. Declared here because the package is installed only for the bench:
// `npm run types` must do without it.

declare module '@jax-js/jax' {
  /** Counts its references: whoever takes one as an argument has used it up, unless given `.ref`. */
  export class Array {
    readonly ref: this
    readonly shape: readonly number[]
    add(other: Array | number): Array
    sub(other: Array | number): Array
    mul(other: Array | number): Array
    div(other: Array | number): Array
    reshape(shape: readonly number[]): Array
    slice(range: readonly [begin: number, end: number]): Array
    data(): Promise<Float32Array>
    dispose(): void
  }

  type Tree = Array | readonly Tree[] | { readonly [key: string]: Tree }

  export const numpy: {
    array(values: Float32Array | number): Array
    zeros(shape: readonly number[]): Array
    concatenate(arrays: readonly Array[]): Array
    matmul(a: Array, b: Array): Array
    transpose(a: Array): Array
    mean(a: Array, axis?: number): Array
    square(a: Array): Array
    sqrt(a: Array): Array
  }

  export const scipySpecial: { erf(a: Array): Array }

  export function jit<A extends readonly Tree[], R extends Tree>(
    f: (...args: A) => R,
  ): ((...args: A) => R) & { dispose(): void }

  /** Of the first argument; `f` returns [value, something else]. */
  export function valueAndGrad<T extends Tree, A extends readonly Tree[], X extends Tree>(
    f: (at: T, ...args: A) => readonly [Array, X],
    options: { hasAux: true },
  ): (at: T, ...args: A) => readonly [readonly [Array, X], T]
}
