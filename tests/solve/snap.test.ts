import { expect, test } from 'vitest'
import { likelyBoxes, toleranceOf } from '../../src/solve/snap.js'

const tolerance = toleranceOf(1e-4)

test.each([
  { measured: [-1.004, 0.997, -0.996, 1.003], aspects: [1.5], written: [-1, 1, -1, 1] },
  { measured: [0.003, 1.002, -0.002, 0.998], aspects: [], written: [0, 1, 0, 1] },
  { measured: [-3.15, 3.13, -3.14, 3.145], aspects: [2], written: [-Math.PI, Math.PI, -Math.PI, Math.PI] },
  { measured: [-1.496, 1.505, -1.001, 1], aspects: [1.5], written: [-1.5, 1.5, -1, 1] },
  { measured: [-1.001, 1, -0.668, 0.665], aspects: [1.5], written: [-1, 1, -1 / 1.5, 1 / 1.5] },
  { measured: [0.001, 0.999, 0.002, 0.502], aspects: [2], written: [0, 1, 0, 0.5] },
  { measured: [-0.6, 319.9, -0.4, 212.9], aspects: [1.5], written: [-0.5, 319.5, -0.5, 212.5] },
  { measured: [0.3, 160.4, 0.1, 319.2], aspects: [2], written: [0, 160, 0, 320] },
])('$measured is taken for $written', ({ measured, aspects, written }) => {
  const [box] = likelyBoxes(measured as [number, number, number, number], aspects, tolerance)
  expect(box).toEqual(written.map(end => expect.closeTo(end, 9)))
})

test('what nobody would write stays as it was measured', () => {
  expect(likelyBoxes([-2.9853, 2.0071, 0.4937, 4.0004], [1.5], tolerance)).toEqual([[-2.985, 2.007, 0.494, 4]])
})

test('a noisy measurement is moved farther, never beyond an eighth', () => {
  expect(toleranceOf(0)).toBe(0.012)
  expect(toleranceOf(1e-3)).toBeCloseTo(0.047, 3)
  expect(toleranceOf(1)).toBe(0.13)
})
