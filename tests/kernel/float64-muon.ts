// Muon in float64, from its page (https://kellerjordan.github.io/posts/muon/): what the kernel's is held against.

/** A matrix, row-major. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly values: ArrayLike<number>
}

/** Five Newton-Schulz steps from M / (|M| + 1e-7). */
export function orthogonalized({ rows, columns, values }: Matrix): Float64Array {
  const norm = Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0)) + 1e-7
  let x: Float64Array = Float64Array.from(values, value => value / norm)
  const isTall = rows > columns
  if (isTall) x = transposed(x, rows, columns)
  const [r, c] = isTall ? [columns, rows] : [rows, columns]
  for (let k = 0; k < 5; k++) {
    const gram = product(x, transposed(x, r, c), r, c, r)
    const square = product(gram, gram, r, r, r)
    const polynomial = gram.map((value, i) => -4.775 * value + 2.0315 * square[i])
    const moved = product(polynomial, x, r, r, c)
    x = x.map((value, i) => 3.4445 * value + moved[i])
  }
  return isTall ? transposed(x, r, c) : x
}

export class Float64Muon {
  readonly #beta: number
  #momentum: Float64Array | null = null

  constructor(beta: number) {
    this.#beta = beta
  }

  /** What a weight matrix moves by, to be subtracted. */
  update(gradient: Matrix, rate: number): Float64Array {
    const { rows, columns, values } = gradient
    const before = this.#momentum ?? new Float64Array(values.length)
    const momentum = before.map((m, i) => this.#beta * m + (1 - this.#beta) * values[i])
    this.#momentum = momentum
    const nesterov = momentum.map((m, i) => this.#beta * m + (1 - this.#beta) * values[i])
    const scale = rate * Math.sqrt(Math.max(1, rows / columns))
    return orthogonalized({ rows, columns, values: nesterov }).map(value => scale * value)
  }
}

export function transposed(values: Float64Array, rows: number, columns: number): Float64Array {
  return values.map((_, at) => values[(at % rows) * columns + Math.floor(at / rows)])
}

/** [m, k] x [k, n] */
export function product(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array {
  const out = new Float64Array(m * n)
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) for (let t = 0; t < k; t++) out[i * n + j] += a[i * k + t] * b[t * n + j]
  return out
}
