// Fits the polynomial of shaders/gelu.glsl: Phi(-x) = erfc(z) / 2 = exp(-z^2) * t * P(t) with z = x / sqrt 2 and
// t = 1 / (1 + p z), in the form of Abramowitz and Stegun 7.1.26 with one more coefficient. It minimises the largest
// absolute error of GELU, |x| * |error of Phi|, over x >= 0 by Lawson's iteratively reweighted least squares.
// usage: node tests/gpu/made-with/fit-phi-tail.js [degree]

const degree = Number(process.argv[2] ?? 6)

/** exp(z^2) erfc(z): erfc's series below 2, Lentz's continued fraction above (both to 1e-15). */
function erfcx(z) {
  if (z < 2) {
    let term = z
    let sum = z
    for (let n = 1; n < 200; n++) {
      term *= (2 * z * z) / (2 * n + 1)
      sum += term
    }
    return Math.exp(z * z) - (2 / Math.sqrt(Math.PI)) * sum
  }
  let fraction = z
  for (let n = 200; n >= 1; n--) fraction = z + n / 2 / fraction
  return 1 / (Math.sqrt(Math.PI) * fraction)
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

function fit(p) {
  const count = 600
  const points = Array.from({ length: count }, (_, i) => {
    const z = 4.2 * ((1 - Math.cos((Math.PI * (i + 0.5)) / count)) / 2)
    const t = 1 / (1 + p * z)
    // Chebyshev polynomials of the shifted variable keep the normal equations well conditioned.
    const u = 2 * t - 1
    const basis = [1, u]
    for (let k = 2; k <= degree; k++) basis.push(2 * u * basis[k - 1] - basis[k - 2])
    const weight = t * Math.exp(-z * z) * Math.max(z * Math.SQRT2, 0.02)
    return { basis, target: erfcx(z) / 2 / t, weight, lawson: 1 / count }
  })
  let best = { error: Number.POSITIVE_INFINITY, coefficients: [] }
  for (let round = 0; round < 300; round++) {
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
    for (const point of points) point.lawson /= total
  }
  return best
}

/** Chebyshev coefficients in u = 2 t - 1 to powers of t, highest first. */
function powersOf(chebyshev) {
  const add = (a, b, k) => b.map((v, i) => (a[i] ?? 0) + k * v).concat(a.slice(b.length))
  const timesU = a => [0, ...a].map((v, i) => 2 * v - (a[i] ?? 0))
  let previous = [1]
  let current = [-1, 2]
  let sum = add([chebyshev[0]], current, chebyshev[1])
  for (let k = 2; k < chebyshev.length; k++) {
    const next = add(
      timesU(current).map(v => 2 * v),
      previous,
      -1,
    )
    previous = current
    current = next
    sum = add(sum, current, chebyshev[k])
  }
  return sum.reverse()
}

let best = { error: Number.POSITIVE_INFINITY }
for (let p = 0.2; p <= 0.7; p += 0.01) {
  const candidate = fit(p)
  if (candidate.error < best.error) best = { p, ...candidate }
}
console.log(`p = ${best.p.toFixed(2)}, largest error of GELU in exact arithmetic ${best.error.toExponential(2)}`)
for (const c of powersOf(best.coefficients)) console.log(c.toPrecision(10))
