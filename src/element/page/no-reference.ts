// Nothing in a page of its own is held against the float64 reference: what that evaluates GELU with, and what asks the renderers for their values, is left
// out. In place of src/model/erf.ts, src/gpu/parity.ts and src/draw/kernel-subject.ts.

/** Twin: gelu() in src/model/erf.ts. */
export function gelu(): never {
  throw new Error('there is no reference in this page')
}

/** Twin: geluDerivative() in src/model/erf.ts. */
export function geluDerivative(): never {
  return gelu()
}

/** Twin: shaderSubject() in src/gpu/parity.ts. */
export function shaderSubject(): null {
  return null
}

/** Twin: kernelSubject() in src/draw/kernel-subject.ts. */
export function kernelSubject(): null {
  return null
}
