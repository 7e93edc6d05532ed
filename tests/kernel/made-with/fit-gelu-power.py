# Fits the polynomial of src/kernel/assembly/gelu-power.ts and prints its coefficients, the constant first:
#
#   Phi(-t) = P(t)^8        0 <= t <= 6.8
#
# so that t P(t)^8 is off by 1.2e-8 where t Phi(-t) is large, in proportion where it is small, by 1e-10 at least: a linear program over 4,000
# points, minimax. Then what float32 makes of it, with multiply-adds that round once and with such that round twice.
# usage: python fit-gelu-power.py (numpy, scipy)
import numpy as np
from numpy.polynomial import chebyshev
from scipy.optimize import linprog
from scipy.special import log_ndtr

END, DEGREE, POWER, POINTS = 6.8, 8, 8, 4000
BULK, TAIL = 1.2e-8, 1e-10
f = np.float32

t = END * (1 - np.cos(np.linspace(0, np.pi, POINTS))) / 2
root = np.exp(log_ndtr(-t) / POWER)
allowed = np.maximum(np.minimum(BULK, TAIL + t * np.exp(log_ndtr(-t)) * 3e-7), TAIL)
# Of the polynomial itself, to first order, which holds for small differences only.
width = np.minimum(allowed / np.maximum(POWER * t * root ** (POWER - 1), 1e-30), np.minimum(root / 2 + 1e-3, 1e-2))
basis = chebyshev.chebvander(2 * t / END - 1, DEGREE)
below, above = np.hstack([basis, -width[:, None]]), np.hstack([-basis, -width[:, None]])
fit = linprog(
    np.r_[np.zeros(DEGREE + 1), 1],
    A_ub=np.vstack([below, above]),
    b_ub=np.concatenate([root, -root]),
    bounds=[(None, None)] * (DEGREE + 1) + [(0, None)],
)
series = chebyshev.Chebyshev(fit.x[:-1], domain=[0, END]).convert(kind=np.polynomial.Polynomial, domain=[0, END], window=[0, END])
coefficients = series.coef.astype(f)
print([float(c) for c in coefficients])

x = np.linspace(-END, END, 800_001).astype(f)
t = np.abs(x)
true = np.maximum(x.astype(float), 0) - np.abs(x.astype(float)) * np.exp(log_ndtr(-np.abs(x.astype(float))))
for once in (True, False):
    p = np.full_like(t, coefficients[-1])
    for c in coefficients[-2::-1]:
        p = (p.astype(float) * t + c).astype(f) if once else p * t + c
    for _ in range(3):
        p = p * p
    y = (np.maximum(x, 0) - t.astype(float) * p).astype(f) if once else np.maximum(x, f(0)) - t * p
    error = np.abs(y - true)
    print('rounding', 'once' if once else 'twice', f'{(error / np.maximum(1, t)).max():.2e}, below -4 {error[x < -4].max():.1e}')
