// Small symmetric matrices with positive eigenvalues, row-major in float64.

/** The lower L of A = L L^T. @param matrix [n, n] @returns [n, n], zero above the diagonal */
export function choleskyOf(matrix: Float64Array, size: number): Float64Array {
  const out = new Float64Array(size * size)
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]
      for (let k = 0; k < j; k++) sum -= out[i * size + k] * out[j * size + k]
      // What rounding left of a zero is one.
      out[i * size + j] = i === j ? Math.sqrt(Math.max(sum, Number.MIN_VALUE)) : sum / out[j * size + j]
    }
  return out
}

/** @param matrix [n, n] @returns [n, n] */
export function inverseOf(matrix: Float64Array, size: number): Float64Array {
  const lower = choleskyOf(matrix, size)
  const out = new Float64Array(size * size)
  for (let column = 0; column < size; column++) {
    const x = new Float64Array(size)
    for (let i = 0; i < size; i++) {
      let sum = i === column ? 1 : 0
      for (let k = 0; k < i; k++) sum -= lower[i * size + k] * x[k]
      x[i] = sum / lower[i * size + i]
    }
    for (let i = size - 1; i >= 0; i--) {
      let sum = x[i]
      for (let k = i + 1; k < size; k++) sum -= lower[k * size + i] * x[k]
      x[i] = sum / lower[i * size + i]
      out[i * size + column] = x[i]
    }
  }
  return out
}
