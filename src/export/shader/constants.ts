// Numbers as GLSL writes them.

/** Beyond these float32 tells nothing apart. */
const MOST_DIGITS = 9

/** A float: its shortest decimal, with a point or an exponent, without which it would be an integer. */
export function constantText(value: number): string {
  const text = String(Number(value.toPrecision(MOST_DIGITS)))
  return /[.e]/.test(text) ? text.replace(/^(-?)0\./, '$1.') : `${text}.`
}

/** The arguments of a vector or matrix. */
export function constantList(values: readonly number[]): string {
  return values.map(constantText).join(', ')
}
