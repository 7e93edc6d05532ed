// Fits the rational functions of src/kernel/assembly/gelu.ts and prints their coefficients in its order. With t = |x| and
// u = x^2:
//
//   evaluation   Phi(-t)      = (6.25 - t)^4 P(t) / Q(t)                          0 <= t <= 6.25
//   training     Phi(x) - 1/2 = x P(u) / Q(u),  GELU'(x) - 1/2 = x D(u) / Q(u)              |x| <= 5.64
//
// Each minimises its largest error by Lawson's iteratively reweighted least squares, the denominator taken from the
// iteration before. The training's clamp is one where P/Q is exactly 1/2 in float32 (found by trying), so its coefficients
// in gelu.ts stay as they were found: another run's differ in the eighth digit.
// usage: node tests/kernel/made-with/fit-gelu.mjs

/** Phi(-t), by erfc's series below 2 and Lentz's continued fraction above: both to 1e-15 of it. */
function tail(t) {
  const z = t * Math.SQRT1_2
  if (z < 2) {
    let term = z
    let sum = z
    for (let n = 1; n < 200; n++) {
      term *= (2 * z * z) / (2 * n + 1)
      sum += term
    }
    return 0.5 - (sum * Math.exp(-z * z)) / Math.sqrt(Math.PI)
  }
  let fraction = z
  for (let n = 200; n >= 1; n--) fraction = z + n / 2 / fraction
  return (0.5 * Math.exp(-z * z)) / (Math.sqrt(Math.PI) * fraction)
}

const phi = x => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)

/** Least squares by Householder reflections: normal equations would lose the digits that this is about. */
function solve(rows, right) {
  const columns = rows[0].length
  for (let k = 0; k < columns; k++) {
    const norm = Math.hypot(...rows.slice(k).map(row => row[k]))
    const v = rows.map((row, i) => (i < k ? 0 : row[k]))
    v[k] += rows[k][k] > 0 ? norm : -norm
    const square = v.reduce((sum, value) => sum + value * value, 0)
    if (square === 0) continue
    const reflect = (read, write) => {
      let dot = 0
      for (let i = k; i < rows.length; i++) dot += v[i] * read(i)
      for (let i = k; i < rows.length; i++) write(i, read(i) - ((2 * dot) / square) * v[i])
    }
    for (let j = k; j < columns; j++)
      reflect(
        i => rows[i][j],
        (i, value) => (rows[i][j] = value),
      )
    reflect(
      i => right[i],
      (i, value) => (right[i] = value),
    )
  }
  const solution = new Array(columns)
  for (let k = columns - 1; k >= 0; k--) {
    solution[k] = right[k]
    for (let j = k + 1; j < columns; j++) solution[k] -= rows[k][j] * solution[j]
    solution[k] /= rows[k][k]
  }
  return solution
}

/**
 * Fits functions that share a denominator: f(s) = factor(s) N_f(s) / (1 + Q(s)).
 * @param points of s in [0, 1]
 * @param functions {values, factors, weights} at the points, and the degree of N_f
 * @returns coefficients of each N_f, of Q from degree 1 on, and the largest weighted error of each
 */
function fit(points, functions, denominatorDegree, rounds) {
  const offsets = functions.map((_, f) => functions.slice(0, f).reduce((sum, { degree }) => sum + degree + 1, 0))
  const first = functions.reduce((sum, { degree }) => sum + degree + 1, 0)
  const lawson = functions.map(() => points.map(() => 1))
  const denominators = points.map(() => 1)
  let best = { largest: Infinity }
  for (let round = 0; round < rounds; round++) {
    const rows = []
    const right = []
    functions.forEach(({ values, factors, weights, degree }, f) =>
      points.forEach((s, i) => {
        const weight = (Math.sqrt(lawson[f][i]) * weights[i]) / denominators[i]
        const row = new Array(first + denominatorDegree).fill(0)
        for (let k = 0; k <= degree; k++) row[offsets[f] + k] = weight * factors[i] * s ** k
        for (let k = 1; k <= denominatorDegree; k++) row[first + k - 1] = -weight * values[i] * s ** k
        rows.push(row)
        right.push(weight * values[i])
      }),
    )
    const z = solve(rows, right)
    const errors = functions.map(() => 0)
    let total = 0
    functions.forEach(({ values, factors, weights, degree }, f) =>
      points.forEach((s, i) => {
        let numerator = 0
        for (let k = degree; k >= 0; k--) numerator = numerator * s + z[offsets[f] + k]
        let denominator = 1
        for (let k = 1; k <= denominatorDegree; k++) denominator += z[first + k - 1] * s ** k
        denominators[i] = Math.abs(denominator)
        const error = Math.abs((factors[i] * numerator) / denominator - values[i]) * weights[i]
        errors[f] = Math.max(errors[f], error)
        lawson[f][i] *= error + 1e-16
        total += lawson[f][i]
      }),
    )
    for (const weights of lawson)
      weights.forEach(
        (weight, i) => (weights[i] = Math.max((weight * functions.length * points.length) / total, 1e-12)),
      )
    const largest = Math.max(...errors)
    if (round > 3 && largest < best.largest)
      best = {
        largest,
        errors,
        numerators: functions.map(({ degree }, f) => z.slice(offsets[f], offsets[f] + degree + 1)),
        denominator: z.slice(first),
      }
  }
  return best
}

const print = (name, coefficients) => console.log(`  ${name}: ${coefficients.map(Math.fround).join(', ')}`)
/** Coefficients in a variable that is `scale` times as large. */
const rescale = (coefficients, scale, power = 0) => coefficients.map((value, k) => value / scale ** (k + power))

{
  const [clamp, exponent, count] = [6.25, 4, 500]
  const ts = Array.from({ length: count }, (_, i) => clamp * (0.5 - 0.49999 * Math.cos((Math.PI * (i + 0.5)) / count)))
  const phiTail = {
    values: ts.map(tail),
    factors: ts.map(t => (1 - t / clamp) ** exponent),
    // GELU's error is t times Phi's.
    weights: ts.map(t => Math.max(t, 0.1)),
    degree: 4,
  }
  const { errors, numerators, denominator } = fit(
    ts.map(t => t / clamp),
    [phiTail],
    6,
    120,
  )
  console.log(`evaluation, exact to ${errors[0].toExponential(1)}`)
  print('P', rescale(numerators[0], clamp, exponent))
  print('Q', rescale(denominator, clamp, 1))
}
{
  const [clamp, count] = [5.64, 300]
  const xs = Array.from(
    { length: count },
    (_, i) => clamp * Math.max(Math.cos((Math.PI * (i + 0.5)) / count / 2), 1e-3),
  )
  const half = x => 0.5 - tail(x)
  const odd = values => ({ values: xs.map(values), factors: xs, weights: xs.map(() => 1) })
  const { errors, numerators, denominator } = fit(
    xs.map(x => (x / clamp) ** 2),
    [
      { ...odd(half), degree: 6 },
      { ...odd(x => half(x) + x * phi(x)), degree: 7 },
    ],
    6,
    50,
  )
  console.log(`training, exact to ${errors.map(error => error.toExponential(1)).join(' and ')}`)
  print('P', rescale(numerators[0], clamp ** 2))
  print('D', rescale(numerators[1], clamp ** 2))
  print('Q', rescale(denominator, clamp ** 2, 1))
}
