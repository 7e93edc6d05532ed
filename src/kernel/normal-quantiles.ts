// The standard normal distribution as a table: drawing an entry at random draws a normal number, at the cost of one load.

/** Entries of equal probability, standardised so that their mean is 0 and their variance 1. */
export function normalQuantiles(count: number): Float32Array {
  const half = count / 2
  const quantiles = new Float32Array(count)
  let squares = 0
  for (let i = 0; i < half; i++) {
    const value = normalQuantile((i + 0.5) / count)
    quantiles[i] = value
    quantiles[count - 1 - i] = -value
    squares += 2 * value * value
  }
  const scale = Math.sqrt(count / squares)
  return quantiles.map(value => value * scale)
}

// Acklam's rational approximation of the inverse normal distribution, relative error 1.2e-9
// (https://www.johndcook.com/blog/normal_deviates/ and Peter Acklam's note of 2003), for p in (0, 0.5].
const CENTRAL = [
  [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239],
  [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1],
]
const TAIL = [
  [
    -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ],
  [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1],
]
const TAIL_BELOW = 0.02425

function normalQuantile(p: number): number {
  const horner = (coefficients: readonly number[], x: number) => coefficients.reduce((sum, c) => sum * x + c, 0)
  if (p < TAIL_BELOW) {
    const q = Math.sqrt(-2 * Math.log(p))
    return horner(TAIL[0], q) / horner(TAIL[1], q)
  }
  const q = p - 0.5
  return (horner(CENTRAL[0], q * q) * q) / horner(CENTRAL[1], q * q)
}
