// Fits the polynomial of shaders/gelu.glsl: log2 Phi(-a) = Q(a), so that GELU's tail a Phi(-a) is a exp2(Q(a)). It minimises the
// largest absolute error of that tail over 0 <= a <= 8 by Lawson's iteratively reweighted least squares, and prints what
// lies beyond: Q must go on falling up to the clamp, and stay above the exponents that float32 has.
// usage: node tests/gpu/made-with/fit-phi-tail.js [degree]

const degree = Number(process.argv[2] ?? 8)
const END = 8

/** log2 of Phi(-a): erfc's series below 2, Lentz's continued fraction above (both to 1e-15 of it). */
function log2Tail(a) {
  const z = a * Math.SQRT1_2
  if (z < 2) {
    let term = z
    let sum = z
    for (let n = 1; n < 200; n++) {
      term *= (2 * z * z) / (2 * n + 1)
      sum += term
    }
    return Math.log2(0.5 - (Math.exp(-z * z) * sum) / Math.sqrt(Math.PI))
  }
  let fraction = z
  for (let n = 200; n >= 1; n--) fraction = z + n / 2 / fraction
  return -z * z * Math.LOG2E - Math.log2(2 * Math.sqrt(Math.PI) * fraction)
}

function solve(matrix, right) {
  const n = right.length
  const rows = matrix.map((row, i) => [...row, right[i]])
  for (let k = 0; k < n; k++) {
    const pivot = rows.reduce((best, row, i) => (i >= k && Math.abs(row[k]) > Math.abs(rows[best][k]) ? i : best), k)
    ;[rows[k], rows[pivot]] = [rows[pivot], rows[k]]
    for (let i = k + 1; i < n; i++) {
      const f = rows[i][k] / rows[k][k]
      for (let j = k; j <= n; j++) rows[i][j] -= f * rows[k][j]
    }
  }
  const x = new Array(n)
  for (let k = n - 1; k >= 0; k--) {
    x[k] = rows[k][n]
    for (let j = k + 1; j < n; j++) x[k] -= rows[k][j] * x[j]
    x[k] /= rows[k][k]
  }
  return x
}

function fit() {
  const count = 1200
  const points = Array.from({ length: count }, (_, i) => {
    const a = END * ((1 - Math.cos((Math.PI * (i + 0.5)) / count)) / 2)
    // Chebyshev polynomials keep the normal equations well conditioned.
    const u = (2 * a) / END - 1
    const basis = [1, u]
    for (let k = 2; k <= degree; k++) basis.push(2 * u * basis[k - 1] - basis[k - 2])
    const target = log2Tail(a)
    // What an error of the exponent makes of the tail; never nothing, or the far end would be anywhere.
    const weight = Math.max(a * 2 ** target, 1e-10) * Math.LN2
    return { basis, target, weight, lawson: 1 / count }
  })
  let best = { error: Number.POSITIVE_INFINITY, coefficients: [] }
  for (let round = 0; round < 600; round++) {
    const matrix = Array.from({ length: degree + 1 }, () => new Array(degree + 1).fill(0))
    const right = new Array(degree + 1).fill(0)
    for (const { basis, target, weight, lawson } of points)
      for (let i = 0; i <= degree; i++) {
        right[i] += lawson * weight * weight * basis[i] * target
        for (let j = 0; j <= degree; j++) matrix[i][j] += lawson * weight * weight * basis[i] * basis[j]
      }
    const coefficients = solve(matrix, right)
    let error = 0
    let total = 0
    for (const point of points) {
      const value = point.basis.reduce((sum, b, i) => sum + b * coefficients[i], 0)
      point.error = Math.abs(point.weight * (value - point.target))
      error = Math.max(error, point.error)
    }
    if (error < best.error) best = { error, coefficients }
    for (const point of points) total += point.lawson *= point.error
    for (const point of points) point.lawson = Math.max(point.lawson / total, 1e-18)
  }
  return best
}

/** Chebyshev coefficients in u = 2 a / END - 1 to powers of a, highest first. */
function powersOf(chebyshev) {
  const multiply = (p, q) => {
    const out = new Array(p.length + q.length - 1).fill(0)
    p.forEach((a, i) => q.forEach((b, j) => (out[i + j] += a * b)))
    return out
  }
  const add = (p, q, k) => Array.from({ length: Math.max(p.length, q.length) }, (_, i) => (p[i] ?? 0) + k * (q[i] ?? 0))
  const u = [-1, 2 / END]
  let [previous, current] = [[1], u]
  let sum = add([chebyshev[0]], u, chebyshev[1])
  for (let k = 2; k < chebyshev.length; k++) {
    ;[previous, current] = [current, add(multiply([-2, 4 / END], current), previous, -1)]
    sum = add(sum, current, chebyshev[k])
  }
  return sum.reverse()
}

const { error, coefficients } = fit()
const powers = powersOf(coefficients)
console.log(`largest error of GELU in exact arithmetic ${error.toExponential(2)}`)
for (const c of powers) console.log(Math.fround(c).toPrecision(9))
for (const a of [6, 8, 9, 10, 11]) {
  const value = powers.reduce((sum, c) => sum * a + c, 0)
  console.log(`Q(${a}) = ${value.toFixed(2)}, log2 Phi(-${a}) = ${log2Tail(a).toFixed(2)}`)
}
