import { expect, test } from 'vitest'
import { erf, gelu, geluDerivative } from '../../src/model/erf.js'
import expected from './erf.expected.json' with { type: 'json' }

// Both libraries promise below 1 ulp of erf; ours squares x in one rounding (see erf.ts).
const ERF_ATOL = 4e-16

test('erf agrees with the C library over its whole range', () => {
  for (const [x, y] of expected.pairs) expect(Math.abs(erf(x) - y), `erf(${x})`).toBeLessThanOrEqual(ERF_ATOL)
})

test('erf of NaN is NaN, of the infinities the signs', () => {
  expect(erf(Number.NaN)).toBeNaN()
  expect([erf(Number.POSITIVE_INFINITY), erf(Number.NEGATIVE_INFINITY)]).toEqual([1, -1])
})

test('GELU is the identity far right and zero far left', () => {
  expect(gelu(1e4)).toBe(1e4)
  expect(Math.abs(gelu(-1e4))).toBe(0)
})

test('the derivative of GELU is its central difference', () => {
  const h = 1e-5
  for (let x = -6; x <= 6; x += 0.37)
    expect(Math.abs(geluDerivative(x) - (gelu(x + h) - gelu(x - h)) / (2 * h)), `x = ${x}`).toBeLessThan(1e-9)
})
