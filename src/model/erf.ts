// The error function and exact GELU in float64.
//
// erf is a port of FreeBSD's /usr/src/lib/msun/src/s_erf.c (fdlibm), error below 1 ulp there:
//   Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
//   Developed at SunPro, a Sun Microsystems, Inc. business.
//   Permission to use, copy, modify, and distribute this software is freely granted,
//   provided that this notice is preserved.
// PyTorch's GELU (approximate='none') is x * 0.5 * (1 + erf(x / sqrt 2)): Hendrycks and Gimpel, arXiv:1606.08415.

// The name of a coefficient is its name in s_erf.c: p/q on [0, 0.84375], pa/qa on [0.84375, 1.25],
// ra/sa on [1.25, 1/0.35], rb/sb on [1/0.35, 6].
const ERX = 8.45062911510467529297e-1
const EFX = 1.28379167095512586316e-1
const PP0 = 1.28379167095512558561e-1
const PP1 = -3.2504210724700149937e-1
const PP2 = -2.84817495755985104766e-2
const PP3 = -5.77027029648944159157e-3
const PP4 = -2.37630166566501626084e-5
const QQ1 = 3.97917223959155352819e-1
const QQ2 = 6.50222499887672944485e-2
const QQ3 = 5.08130628187576562776e-3
const QQ4 = 1.32494738004321644526e-4
const QQ5 = -3.9602282787753681232e-6
const PA0 = -2.36211856075265944077e-3
const PA1 = 4.14856118683748331666e-1
const PA2 = -3.72207876035701323847e-1
const PA3 = 3.18346619901161753674e-1
const PA4 = -1.10894694282396677476e-1
const PA5 = 3.54783043256182359371e-2
const PA6 = -2.166375594868790843e-3
const QA1 = 1.06420880400844228286e-1
const QA2 = 5.40397917702171048937e-1
const QA3 = 7.18286544141962662868e-2
const QA4 = 1.26171219808761642112e-1
const QA5 = 1.36370839120290507362e-2
const QA6 = 1.1984499846799107417e-2
const RA0 = -9.86494403484714822705e-3
const RA1 = -6.93858572707181764372e-1
const RA2 = -1.05586262253232909814e1
const RA3 = -6.23753324503260060396e1
const RA4 = -1.62396669462573470355e2
const RA5 = -1.84605092906711035994e2
const RA6 = -8.12874355063065934246e1
const RA7 = -9.81432934416914548592
const SA1 = 1.96512716674392571292e1
const SA2 = 1.376577541435190426e2
const SA3 = 4.34565877475229228821e2
const SA4 = 6.45387271733267880336e2
const SA5 = 4.29008140027567833386e2
const SA6 = 1.08635005541779435134e2
const SA7 = 6.57024977031928170135
const SA8 = -6.04244152148580987438e-2
const RB0 = -9.86494292470009928597e-3
const RB1 = -7.99283237680523006574e-1
const RB2 = -1.77579549177547519889e1
const RB3 = -1.60636384855821916062e2
const RB4 = -6.37566443368389627722e2
const RB5 = -1.02509513161107724954e3
const RB6 = -4.83519191608651397019e2
const SB1 = 3.03380607434824582924e1
const SB2 = 3.25792512996573918826e2
const SB3 = 1.53672958608443695994e3
const SB4 = 3.19985821950859553908e3
const SB5 = 2.55305040643316442583e3
const SB6 = 4.74528541206955367215e2
const SB7 = -2.24409524465858183362e1

/** erf(z) for any float64 z, within 1e-15; NaN gives NaN. */
export function erf(z: number): number {
  const x = Math.abs(z)
  if (x < 0.84375) {
    if (x < 3.7252902984e-9) return z + EFX * z
    const s = z * z
    const r = PP0 + s * (PP1 + s * (PP2 + s * (PP3 + s * PP4)))
    const q = 1 + s * (QQ1 + s * (QQ2 + s * (QQ3 + s * (QQ4 + s * QQ5))))
    return z + z * (r / q)
  }
  let y: number
  if (x < 1.25) {
    const s = x - 1
    const p = PA0 + s * (PA1 + s * (PA2 + s * (PA3 + s * (PA4 + s * (PA5 + s * PA6)))))
    const q = 1 + s * (QA1 + s * (QA2 + s * (QA3 + s * (QA4 + s * (QA5 + s * QA6)))))
    y = ERX + p / q
  } else if (x < 6) {
    const s = 1 / (x * x)
    let r: number
    let t: number
    if (x < 1 / 0.35) {
      r = RA0 + s * (RA1 + s * (RA2 + s * (RA3 + s * (RA4 + s * (RA5 + s * (RA6 + s * RA7))))))
      t = 1 + s * (SA1 + s * (SA2 + s * (SA3 + s * (SA4 + s * (SA5 + s * (SA6 + s * (SA7 + s * SA8)))))))
    } else {
      r = RB0 + s * (RB1 + s * (RB2 + s * (RB3 + s * (RB4 + s * (RB5 + s * RB6)))))
      t = 1 + s * (SB1 + s * (SB2 + s * (SB3 + s * (SB4 + s * (SB5 + s * (SB6 + s * SB7))))))
    }
    // s_erf.c splits x to square its high half exactly: that keeps erfc's *relative* error small. For erf itself
    // exp(-x*x) is off by at most x*x ulp where it is below 0.21, so the plain square costs less than 1e-16.
    y = 1 - Math.exp(-x * x - 0.5625 + r / t) / x
  } else if (x >= 6) {
    y = 1
  } else {
    return Number.NaN
  }
  return z < 0 ? -y : y
}

/** Exact (erf) GELU of x, as PyTorch computes it. */
export function gelu(x: number): number {
  return x * 0.5 * (1 + erf(x * Math.SQRT1_2))
}

/** Derivative of {@link gelu}: Phi(x) + x * phi(x). */
export function geluDerivative(x: number): number {
  return 0.5 * (1 + erf(x * Math.SQRT1_2)) + (x * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI)
}
