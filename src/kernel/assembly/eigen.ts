// The eigendecomposition of a symmetric matrix in float64: Householder's tridiagonal form, then the QL algorithm with
// implicit shifts. From JAMA (https://math.nist.gov/javanumerics/jama/, public domain), which took it from EISPACK's tred2
// and tql2 (Bowdler, Martin, Reinsch, Wilkinson, Handbook for Automatic Computation, vol. II, Linear Algebra).

const EPS: f64 = 2.220446049250313e-16
// It converges in two or three turns a value; what is no number would turn for ever.
const MAX_TURNS = 60

function get(at: usize, i: i32): f64 {
  return load<f64>(at + ((<usize>i) << 3))
}
function set(at: usize, i: i32, value: f64): void {
  store<f64>(at + ((<usize>i) << 3), value)
}

/**
 * @param v the matrix [n, n] row-major, replaced by its eigenvectors, one a column
 * @param d [n], written: the eigenvalues, in no order
 * @param e [n] of scratch
 */
export function eigendecompose(v: usize, d: usize, e: usize, n: i32): void {
  tridiagonalize(v, d, e, n)
  diagonalize(v, d, e, n)
}

function tridiagonalize(v: usize, d: usize, e: usize, n: i32): void {
  for (let j = 0; j < n; j++) set(d, j, get(v, (n - 1) * n + j))
  for (let i = n - 1; i > 0; i--) {
    let scale: f64 = 0
    let h: f64 = 0
    for (let k = 0; k < i; k++) scale += Math.abs(get(d, k))
    if (scale === 0) {
      set(e, i, get(d, i - 1))
      for (let j = 0; j < i; j++) {
        set(d, j, get(v, (i - 1) * n + j))
        set(v, i * n + j, 0)
        set(v, j * n + i, 0)
      }
    } else {
      for (let k = 0; k < i; k++) {
        const x = get(d, k) / scale
        set(d, k, x)
        h += x * x
      }
      let f = get(d, i - 1)
      let g = Math.sqrt(h)
      if (f > 0) g = -g
      set(e, i, scale * g)
      h -= f * g
      set(d, i - 1, f - g)
      for (let j = 0; j < i; j++) set(e, j, 0)
      for (let j = 0; j < i; j++) {
        f = get(d, j)
        set(v, j * n + i, f)
        g = get(e, j) + get(v, j * n + j) * f
        for (let k = j + 1; k < i; k++) {
          const value = get(v, k * n + j)
          g += value * get(d, k)
          set(e, k, get(e, k) + value * f)
        }
        set(e, j, g)
      }
      f = 0
      for (let j = 0; j < i; j++) {
        set(e, j, get(e, j) / h)
        f += get(e, j) * get(d, j)
      }
      const hh = f / (h + h)
      for (let j = 0; j < i; j++) set(e, j, get(e, j) - hh * get(d, j))
      for (let j = 0; j < i; j++) {
        f = get(d, j)
        g = get(e, j)
        for (let k = j; k < i; k++) set(v, k * n + j, get(v, k * n + j) - (f * get(e, k) + g * get(d, k)))
        set(d, j, get(v, (i - 1) * n + j))
        set(v, i * n + j, 0)
      }
    }
    set(d, i, h)
  }
  // The transformations, gathered in v.
  for (let i = 0; i < n - 1; i++) {
    set(v, (n - 1) * n + i, get(v, i * n + i))
    set(v, i * n + i, 1)
    const h = get(d, i + 1)
    if (h !== 0) {
      for (let k = 0; k <= i; k++) set(d, k, get(v, k * n + i + 1) / h)
      for (let j = 0; j <= i; j++) {
        let g: f64 = 0
        for (let k = 0; k <= i; k++) g += get(v, k * n + i + 1) * get(v, k * n + j)
        for (let k = 0; k <= i; k++) set(v, k * n + j, get(v, k * n + j) - g * get(d, k))
      }
    }
    for (let k = 0; k <= i; k++) set(v, k * n + i + 1, 0)
  }
  for (let j = 0; j < n; j++) {
    set(d, j, get(v, (n - 1) * n + j))
    set(v, (n - 1) * n + j, 0)
  }
  set(v, n * n - 1, 1)
  set(e, 0, 0)
}

function diagonalize(v: usize, d: usize, e: usize, n: i32): void {
  for (let i = 1; i < n; i++) set(e, i - 1, get(e, i))
  set(e, n - 1, 0)
  let f: f64 = 0
  let largest: f64 = 0
  for (let l = 0; l < n; l++) {
    largest = Math.max(largest, Math.abs(get(d, l)) + Math.abs(get(e, l)))
    let m = l
    while (m < n - 1 && !(Math.abs(get(e, m)) <= EPS * largest)) m++
    for (let turn = m > l ? 0 : MAX_TURNS; turn < MAX_TURNS; turn++) {
      let g = get(d, l)
      let p = (get(d, l + 1) - g) / (2 * get(e, l))
      let r = hypotenuse(p, 1)
      if (p < 0) r = -r
      set(d, l, get(e, l) / (p + r))
      set(d, l + 1, get(e, l) * (p + r))
      const next = get(d, l + 1)
      let h = g - get(d, l)
      for (let i = l + 2; i < n; i++) set(d, i, get(d, i) - h)
      f += h
      p = get(d, m)
      let c: f64 = 1
      let c2 = c
      let c3 = c
      const after = get(e, l + 1)
      let s: f64 = 0
      let s2: f64 = 0
      for (let i = m - 1; i >= l; i--) {
        c3 = c2
        c2 = c
        s2 = s
        g = c * get(e, i)
        h = c * p
        r = hypotenuse(p, get(e, i))
        set(e, i + 1, s * r)
        s = get(e, i) / r
        c = p / r
        p = c * get(d, i) - s * g
        set(d, i + 1, h + s * (c * g + s * get(d, i)))
        for (let k = 0; k < n; k++) {
          const right = get(v, k * n + i + 1)
          const left = get(v, k * n + i)
          set(v, k * n + i + 1, s * left + c * right)
          set(v, k * n + i, c * left - s * right)
        }
      }
      p = (-s * s2 * c3 * after * get(e, l)) / next
      set(e, l, s * p)
      set(d, l, c * p)
      if (!(Math.abs(get(e, l)) > EPS * largest)) break
    }
    set(d, l, get(d, l) + f)
    set(e, l, 0)
  }
}

function hypotenuse(a: f64, b: f64): f64 {
  return Math.sqrt(a * a + b * b)
}
