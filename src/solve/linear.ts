// Small dense linear algebra for the fits: systems of four unknowns, and Cholesky's factor of a covariance.

/** Solves a small system by Gaussian elimination with pivots; zeros where it is singular. */
export function solveLinear(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]])
  const n = rows.length
  for (let k = 0; k < n; k++) {
    let pivot = k
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[pivot][k])) pivot = i
    ;[rows[k], rows[pivot]] = [rows[pivot], rows[k]]
    if (!(Math.abs(rows[k][k]) > 0)) return new Array<number>(n).fill(0)
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i][k] / rows[k][k]
      for (let j = k; j <= n; j++) rows[i][j] -= factor * rows[k][j]
    }
  }
  const solution = new Array<number>(n).fill(0)
  for (let k = n - 1; k >= 0; k--) {
    let value = rows[k][n]
    for (let j = k + 1; j < n; j++) value -= rows[k][j] * solution[j]
    solution[k] = value / rows[k][k]
  }
  return solution
}

/** The lower factor L of a positive definite matrix, L L' = A, in place of A's lower triangle. */
export function factorize(matrix: readonly Float64Array[]): readonly Float64Array[] {
  for (let j = 0; j < matrix.length; j++)
    for (let i = j; i < matrix.length; i++) {
      let sum = matrix[i][j]
      for (let k = 0; k < j; k++) sum -= matrix[i][k] * matrix[j][k]
      matrix[i][j] = i === j ? Math.sqrt(Math.max(sum, 1e-300)) : sum / matrix[j][j]
    }
  return matrix
}

/** Solves L x = b. */
export function substitute(factor: readonly Float64Array[], right: Float64Array): Float64Array {
  const solution = right.slice()
  for (let i = 0; i < solution.length; i++) {
    let sum = solution[i]
    for (let k = 0; k < i; k++) sum -= factor[i][k] * solution[k]
    solution[i] = sum / factor[i][i]
  }
  return solution
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}
